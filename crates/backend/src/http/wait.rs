//! How long to wait: what the tracker asks for, else exponential backoff; and the throttle that clones share.

use super::Reply;
use jiff::{Timestamp, civil::DateTime, fmt::rfc2822::DateTimeParser, tz::Offset};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// First wait after a passing failure.
pub(super) const BACKOFF: Duration = Duration::from_millis(500);

/// First wait after a refusal that does not say how long.
pub(super) const REFUSED_BACKOFF: Duration = Duration::from_secs(1);

const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// A wait is not told to be longer than a year.
const LONGEST_ASKED: Duration = Duration::from_hours(365 * 24);

/// The dates of HTTP before RFC 1123, which RFC 9110 still wants to be read.
const OLD_DATES: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// Until when the next call is to wait, as a tracker that throttles softly asks for.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    until: Mutex<Option<Instant>>,
}

impl Throttle {
    /// Delays the next call by `wait` from now; an earlier and longer delay stays.
    pub(super) fn delay(&self, wait: Duration) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(Instant::now().checked_add(wait));
    }

    /// How long the next call has to wait from now on.
    pub(super) fn remaining(&self) -> Duration {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

/// The wait that an answer asks for in `Retry-After`: seconds, also fractional, or one of HTTP's three dates.
///
/// A date counts from the answer's own `Date`, so that neither our clock nor its error matters.
/// `None` where the header is missing or makes no sense, and for zero: Jira Data Center sends `0` all the time
/// and does not mean it.
pub(super) fn asked(reply: &Reply) -> Option<Duration> {
    let values = reply.headers.get_all(http::header::RETRY_AFTER).iter();
    let waits = values.filter_map(|value| {
        let value = value.to_str().ok()?.trim();
        seconds(value).or_else(|| until(reply, date(value)?))
    });
    sane(waits.max())
}

/// A wait that can be waited: zero is none at all, and beyond a year clocks overflow.
pub(super) fn sane(wait: Option<Duration>) -> Option<Duration> {
    wait.filter(|wait| !wait.is_zero()).map(|wait| wait.min(LONGEST_ASKED))
}

/// A number of seconds; one too large for a clock is as long as a clock can tell.
fn seconds(value: &str) -> Option<Duration> {
    if !value.starts_with(|c: char| c.is_ascii_digit())
        || !value.chars().all(|c| c.is_ascii_digit() || c == '.')
    {
        return None;
    }
    let seconds: f64 = value.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// How long it is from the answer's `Date` to `time`; `None` for what is over.
pub(super) fn until(reply: &Reply, time: Timestamp) -> Option<Duration> {
    let now = date(reply.header("date")?)?;
    sane(Duration::try_from(time.duration_since(now)).ok())
}

fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let modern = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok();
    modern.or_else(|| OLD_DATES.iter().find_map(|format| old_date(format, text)))
}

fn old_date(format: &str, text: &str) -> Option<Timestamp> {
    let date = DateTime::strptime(format, text).ok()?;
    Offset::UTC.to_timestamp(date).ok()
}

/// Exponential backoff before the attempt after `attempt` (from 1).
pub(super) fn backoff(first: Duration, attempt: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(LONGEST_BACKOFF)
}

/// Up to a quarter of the wait and at most a second, to be added, so that many jobs do not come back together.
/// Never subtracted: a tracker that says when means not before.
pub(super) fn jitter(wait: Duration) -> Duration {
    let most = (wait / 4).min(Duration::from_secs(1));
    let random = RandomState::new().hash_one(());
    most / 1024 * u32::try_from(random % 1024).unwrap_or_default()
}
