//! Webhooks: verify the raw bytes first, then parse.

mod standard;

pub use standard::verify_standard_webhook;

use crate::{model::WorkItemId, secret::Secret};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A delivery as it came in: nothing in it is trusted until [`verify_hmac_sha256`] said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Headers in order; names in any case.
    pub headers: Vec<(String, String)>,
    /// Raw body; base64 in JSON.
    #[serde(with = "crate::digest::base64_text")]
    pub body: Vec<u8>,
    /// When it came in, for platforms that sign a time and refuse what is older than a minute or five.
    pub received_at: Timestamp,
}

impl Delivery {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What a delivery says, in neutral words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The same for every repetition of one delivery: what to deduplicate by.
    pub id: String,
    /// The vendor's own name of the event, such as `jira:issue_updated`.
    pub native_kind: String,
    /// What happened.
    pub kind: EventKind,
    /// The item it is about, where it is about one.
    pub item: Option<WorkItemId>,
    /// The parsed payload.
    pub payload: Value,
}

/// What a delivery is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An item was made.
    Created,
    /// An item was changed.
    Updated,
    /// An item was deleted.
    Deleted,
    /// Somebody commented on an item.
    Commented,
    /// Commits were pushed.
    Pushed,
    /// A pull request was opened or changed.
    PullRequest,
    /// Anything else: counted, not acted upon.
    Other,
}

/// Whether `hex` is the HMAC-SHA256 of the raw body under one of the secrets, in constant time.
///
/// Several secrets let a secret be rotated without losing deliveries: all of them are tried, and how long
/// that takes does not tell which one fitted. No secret, an empty secret or a `hex` that is not 64 hexadecimal
/// digits never verifies.
pub fn verify_hmac_sha256(secrets: &[Secret], body: &[u8], hex: &str) -> bool {
    let Some(signature) = decode_sha256(hex) else { return false };
    let verifies = |secret: &&Secret| {
        !secret.expose().is_empty()
            && Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
                .is_ok_and(|mac| mac.chain_update(body).verify_slice(&signature).is_ok())
    };
    secrets.iter().filter(verifies).count() > 0
}

/// Whether a token that accompanies a delivery is one of the secrets, in constant time. It says who sent the delivery and
/// nothing about its body.
pub fn verify_token(secrets: &[Secret], token: &str) -> bool {
    // Equal digests mean equal texts, and comparing them tells neither a secret's length nor how much of it was right.
    let given = Sha256::digest(token.as_bytes());
    let fits = |secret: &&Secret| {
        !secret.expose().is_empty() && is_same(&Sha256::digest(secret.expose().as_bytes()), &given)
    };
    secrets.iter().filter(fits).count() > 0
}

fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// The 32 bytes that 64 hexadecimal digits of either case stand for.
fn decode_sha256(hex: &str) -> Option<[u8; 32]> {
    let digits = hex.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vector that GitHub publishes for its own webhooks; the algorithm is the same.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const HEX: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn check(secrets: &[&str], body: &[u8], hex: &str, expected: bool) {
        let secrets: Vec<_> = secrets.iter().map(|&secret| Secret::new(secret)).collect();
        assert_eq!(verify_hmac_sha256(&secrets, body, hex), expected, "{hex}");
    }

    #[test]
    fn good_signatures_verify_under_any_active_secret() {
        check(&[SECRET], BODY, HEX, true);
        check(&[SECRET], BODY, &HEX.to_uppercase(), true);
        check(&["next", SECRET], BODY, HEX, true);
        check(&[SECRET, "next"], BODY, HEX, true);
    }

    #[test]
    fn anything_else_does_not() {
        check(&[], BODY, HEX, false);
        check(&[""], BODY, HEX, false);
        check(&["other"], BODY, HEX, false);
        check(&[SECRET], b"Hello, World?", HEX, false);
        check(&[SECRET], BODY, &HEX[..62], false);
        check(&[SECRET], BODY, &format!("{HEX}00"), false);
        check(&[SECRET], BODY, &HEX.replace('e', "f"), false);
        check(&[SECRET], BODY, &HEX.replace("75", "+5"), false);
        check(&[SECRET], BODY, "", false);
    }

    #[test]
    fn only_a_whole_token_is_one() {
        let secrets = ["", "next", SECRET].map(Secret::new);
        assert!(verify_token(&secrets, SECRET) && verify_token(&secrets, "next"));
        for token in ["", "nex", "next ", "other"] {
            assert!(!verify_token(&secrets, token), "{token:?}");
        }
        assert!(!verify_token(&[], "next"));
    }

    #[test]
    fn an_empty_secret_does_not_verify_its_own_signature() {
        let mac = Hmac::<Sha256>::new_from_slice(b"").unwrap().chain_update(BODY).finalize();
        check(&[""], BODY, &crate::digest::hex(&mac.into_bytes()), false);
    }
}
