//! What trackers say about how much may still be asked.

use super::Reply;
use crate::health::Quota;
use std::sync::{Mutex, PoisonError};

/// The headers in which trackers tell a limit and what is left of it: GitHub, Azure DevOps and Jira; GitLab; Linear.
const HEADERS: [(&str, &str); 3] = [
    ("x-ratelimit-limit", "x-ratelimit-remaining"),
    ("ratelimit-limit", "ratelimit-remaining"),
    ("x-ratelimit-requests-limit", "x-ratelimit-requests-remaining"),
];

/// What the newest answer that spoke of it said.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<Option<Quota>>);

impl Told {
    /// Remembers what an answer says, if it says anything.
    pub(super) fn note(&self, reply: &Reply) {
        if let Some(quota) = quota(reply) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(quota);
        }
    }

    pub(super) fn get(&self) -> Option<Quota> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn quota(reply: &Reply) -> Option<Quota> {
    let number = |name: &str| reply.header(name)?.trim().parse().ok();
    HEADERS.iter().find_map(|(limit, remaining)| {
        Some(Quota { remaining: number(remaining)?, limit: number(limit) })
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::reply, *};

    #[test]
    fn every_vendors_way_of_telling_is_understood() {
        let check = |headers: &[(&'static str, &str)], expected| {
            let quota = quota(&reply(200, headers, ""));
            assert_eq!(quota.map(|quota| (quota.remaining, quota.limit)), expected);
        };
        check(&[("x-ratelimit-remaining", "7"), ("x-ratelimit-limit", "60")], Some((7, Some(60))));
        check(&[("ratelimit-remaining", " 0 ")], Some((0, None)));
        check(
            &[("x-ratelimit-requests-remaining", "9"), ("x-ratelimit-limit", "1")],
            Some((9, None)),
        );
        check(&[("x-ratelimit-remaining", "many")], None);
        check(&[], None);
    }

    #[test]
    fn an_answer_that_says_nothing_forgets_nothing() {
        let told = Told::default();
        told.note(&reply(200, &[("ratelimit-remaining", "3")], ""));
        told.note(&reply(200, &[], ""));
        assert_eq!(told.get().map(|quota| quota.remaining), Some(3));
    }
}
