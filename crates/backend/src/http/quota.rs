//! What trackers say about how much may still be asked.

use super::{Dialect, Reply};
use crate::health::Quota;
use std::sync::{Mutex, PoisonError};

/// What the newest answer that spoke of it said.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<Option<Quota>>);

impl Told {
    /// Remembers what an answer says, if it says anything.
    pub(super) fn note(&self, dialect: &Dialect, reply: &Reply) {
        if let Some(quota) = dialect.told(reply) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(quota);
        }
    }

    pub(super) fn get(&self) -> Option<Quota> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dialect {
    /// What an answer says about how much may still be asked.
    pub(crate) fn told(&self, reply: &Reply) -> Option<Quota> {
        let number = |name: &str| reply.header(name)?.trim().parse().ok();
        let (limit, remaining) = self.quota?;
        Some(Quota { remaining: number(remaining)?, limit: number(limit) })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::reply, *};

    const ACME: Dialect =
        Dialect { quota: Some(("limit", "remaining")), ..Dialect::common("Acme") };

    #[test]
    fn what_is_left_is_read_with_or_without_the_limit() {
        let check = |headers: &[(&'static str, &str)], expected| {
            let quota = ACME.told(&reply(200, headers, ""));
            assert_eq!(quota.map(|quota| (quota.remaining, quota.limit)), expected);
        };
        check(&[("remaining", "7"), ("limit", "60")], Some((7, Some(60))));
        check(&[("remaining", " 0 "), ("limit", "60 per minute")], Some((0, None)));
        check(&[("remaining", "many")], None);
        check(&[("limit", "60")], None);
        check(&[], None);
    }

    #[test]
    fn an_answer_that_says_nothing_forgets_nothing() {
        let told = Told::default();
        told.note(&ACME, &reply(200, &[("remaining", "3")], ""));
        told.note(&ACME, &reply(200, &[], ""));
        assert_eq!(told.get().map(|quota| quota.remaining), Some(3));
    }
}
