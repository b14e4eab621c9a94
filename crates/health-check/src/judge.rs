//! What the answers of a tracker mean: well or not, and what to know beside it.

use backend::health::{Health, Quota};
use jiff::{SignedDuration, Timestamp};

/// A token that ends within this time is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A tracker, and what is to be said of it.
pub(crate) struct Judged {
    pub(crate) health: Health,
    /// Whether its development panel lets us in; `None` where it has none.
    pub(crate) panel: Option<bool>,
    /// Things to know that are no failure by themselves.
    pub(crate) warnings: Vec<String>,
    /// True when it is well; with `--strict`, without any warning.
    pub(crate) well: bool,
}

/// Judges the health of one tracker at this time.
pub(crate) fn judge(health: Health, panel: Option<bool>, now: Timestamp, strict: bool) -> Judged {
    let warnings = warnings(&health, now);
    let well = health.healthy && (warnings.is_empty() || !strict);
    Judged { health, panel, warnings, well }
}

fn warnings(health: &Health, now: Timestamp) -> Vec<String> {
    let access = &health.access;
    let mut warnings = Vec::new();
    if !access.excessive_scopes.is_empty() {
        let scopes = access.excessive_scopes.join(", ");
        warnings.push(format!("the token may do more than is ever needed: {scopes}"));
    }
    if let Some(end) = access.expires_at.filter(|end| end.duration_since(now) < SOON) {
        warnings.push(match end.duration_since(now).as_hours() / 24 {
            _ if end <= now => "the token has expired".to_owned(),
            0 => "the token ends within a day".to_owned(),
            days => format!("the token ends in {days} days"),
        });
    }
    if let Some(Quota { remaining, limit: Some(limit) }) = access.quota
        && remaining.saturating_mul(10) < limit
    {
        warnings.push(format!("only {remaining} of {limit} requests are left"));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use backend::{Error, ErrorKind, health::Access};

    fn check(access: Access, expected: &[&str]) {
        let broken = Health::broken("it", &Error::new(ErrorKind::Auth, "x"));
        let healthy = Health { healthy: true, error: None, hint: None, access, ..broken };
        let lenient = judge(healthy.clone(), None, Timestamp::UNIX_EPOCH, false);
        assert_eq!(lenient.warnings, expected);
        assert!(lenient.well);
        assert_eq!(judge(healthy, None, Timestamp::UNIX_EPOCH, true).well, expected.is_empty());
    }

    #[test]
    fn warnings_fail_only_when_asked_to() {
        let end = |hours| Access {
            expires_at: Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)),
            ..Access::default()
        };
        let quota = |remaining| Access {
            quota: Some(Quota { remaining, limit: Some(100) }),
            ..Access::default()
        };
        let scopes = Access { excessive_scopes: vec!["sudo".to_owned()], ..Access::default() };
        check(Access::default(), &[]);
        check(scopes, &["the token may do more than is ever needed: sudo"]);
        check(end(15 * 24), &[]);
        check(end(13 * 24), &["the token ends in 13 days"]);
        check(end(3), &["the token ends within a day"]);
        check(end(-1), &["the token has expired"]);
        check(end(-30), &["the token has expired"]);
        check(quota(10), &[]);
        check(quota(9), &["only 9 of 100 requests are left"]);
        check(
            Access { quota: Some(Quota { remaining: 0, limit: None }), ..Access::default() },
            &[],
        );
    }

    #[test]
    fn a_broken_tracker_is_never_well() {
        let broken = Health::broken("it", &Error::new(ErrorKind::Auth, "x"));
        assert!(!judge(broken, None, Timestamp::UNIX_EPOCH, false).well);
    }
}
