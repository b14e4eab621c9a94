//! Exit codes: the only place that knows numbers. They follow sysexits where it has a word for it, so that a
//! shell script can say "run again on 75".

use backend::ErrorKind;

/// Done, or nothing to do.
pub const DONE: u8 = 0;
/// A check failed: `--require` unmet, unhealthy, against policy.
pub const CHECK_FAILED: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// A bug: a panic, or an invariant that does not hold.
pub const BUG: u8 = 70;

/// The exit code of a failure.
pub fn code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Rejected | ErrorKind::Conflict => 65,
        ErrorKind::NotFound => 66,
        ErrorKind::Unsupported => 69,
        ErrorKind::Ambiguous => 74,
        ErrorKind::RateLimited | ErrorKind::Unavailable => 75,
        ErrorKind::Protocol => 76,
        ErrorKind::Auth | ErrorKind::Forbidden => 77,
        ErrorKind::Config => 78,
    }
}

/// The failure that decides the exit code when a run met several: what needs a person comes before what
/// passes by itself, and an unknown outcome before everything.
pub fn gravest(kinds: impl IntoIterator<Item = ErrorKind>) -> Option<ErrorKind> {
    const ORDER: [ErrorKind; 11] = [
        ErrorKind::Ambiguous,
        ErrorKind::Auth,
        ErrorKind::Forbidden,
        ErrorKind::Config,
        ErrorKind::Protocol,
        ErrorKind::Unavailable,
        ErrorKind::RateLimited,
        ErrorKind::Conflict,
        ErrorKind::Rejected,
        ErrorKind::NotFound,
        ErrorKind::Unsupported,
    ];
    kinds.into_iter().min_by_key(|kind| ORDER.iter().position(|known| known == kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_outcome_decides_before_anything_else() {
        let met = [ErrorKind::NotFound, ErrorKind::Unavailable, ErrorKind::Ambiguous];
        assert_eq!(gravest(met), Some(ErrorKind::Ambiguous));
        assert_eq!(gravest([ErrorKind::NotFound, ErrorKind::Unavailable]).map(code), Some(75));
        assert_eq!(gravest([]), None);
    }
}
