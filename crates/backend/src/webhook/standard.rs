//! Standard Webhooks (standardwebhooks.com): what is signed is `{id}.{timestamp}.{body}`, with a key that a secret
//! `whsec_{base64}` holds. GitLab signs this way, and several others do.

use super::Delivery;
use crate::secret::Secret;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use sha2::Sha256;

/// How old a delivery may be, or how far ahead its sender's clock.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Whether a delivery carries a good signature under one of the secrets, made at most five minutes before or after it was
/// received. Several signatures, separated by blanks, let the sender rotate its secret. A secret of another form than
/// `whsec_{base64}` never verifies.
pub fn verify_standard_webhook(secrets: &[Secret], delivery: &Delivery) -> bool {
    let (Some(id), Some(timestamp), Some(signatures)) = (
        delivery.header("webhook-id").filter(|id| !id.is_empty()),
        delivery.header("webhook-timestamp"),
        delivery.header("webhook-signature"),
    ) else {
        return false;
    };
    if !is_recent(timestamp, delivery) {
        return false;
    }
    let signatures: Vec<Vec<u8>> = signatures
        .split_ascii_whitespace()
        .filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok())
        .collect();
    let head = format!("{id}.{timestamp}.");
    let verifies = |secret: &&Secret| {
        let Some(mac) = key(secret).and_then(|key| Hmac::<Sha256>::new_from_slice(&key).ok())
        else {
            return false;
        };
        let mac = mac.chain_update(head.as_bytes()).chain_update(&delivery.body);
        signatures.iter().filter(|it| mac.clone().verify_slice(it).is_ok()).count() > 0
    };
    secrets.iter().filter(verifies).count() > 0
}

fn is_recent(timestamp: &str, delivery: &Delivery) -> bool {
    let digits = !timestamp.is_empty() && timestamp.bytes().all(|c| c.is_ascii_digit());
    let seconds = timestamp.parse().ok().filter(|_| digits);
    let sent = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    sent.is_some_and(|sent| delivery.received_at.duration_since(sent).abs() <= TOLERANCE)
}

fn key(secret: &Secret) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.expose().strip_prefix("whsec_")?).ok()?;
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    /// The vector that Standard Webhooks publishes with its libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SENT: i64 = 1_614_265_330;
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn delivery(signature: &str, age: i64) -> Delivery {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![
            header("Webhook-Id", ID),
            header("webhook-timestamp", &SENT.to_string()),
            header("webhook-signature", signature),
        ];
        let received_at = Timestamp::from_second(SENT + age).unwrap();
        Delivery { headers, body: BODY.into(), received_at }
    }

    fn check(secrets: &[&str], delivery: &Delivery, expected: bool) {
        let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
        assert_eq!(verify_standard_webhook(&secrets, delivery), expected, "{delivery:?}");
    }

    #[test]
    fn the_published_vector_verifies() {
        check(&[SECRET], &delivery(SIGNATURE, 0), true);
        check(&["whsec_AAAA", SECRET], &delivery(SIGNATURE, 0), true);
        check(&[SECRET], &delivery(&format!("v1,AAAA v1a,x {SIGNATURE}"), 0), true);
    }

    #[test]
    fn old_and_early_deliveries_do_not() {
        for (age, expected) in [(300, true), (-300, true), (301, false), (-301, false)] {
            check(&[SECRET], &delivery(SIGNATURE, age), expected);
        }
    }

    #[test]
    fn anything_else_does_not() {
        let good = delivery(SIGNATURE, 0);
        let secrets: [&[&str]; 5] = [&[], &[""], &["whsec_"], &["whsec_AAAA"], &[&SECRET[6..]]];
        for secrets in secrets {
            check(secrets, &good, false);
        }
        for signature in [
            "",
            "v1,",
            &SIGNATURE[3..],
            &SIGNATURE.replace("v1", "v2"),
            &SIGNATURE.replace('g', "h"),
        ] {
            check(&[SECRET], &delivery(signature, 0), false);
        }
        let changed = Delivery { body: BODY.replace('4', "5").into(), ..good.clone() };
        check(&[SECRET], &changed, false);
        for missing in 0..3 {
            let mut headers = good.headers.clone();
            headers.remove(missing);
            check(&[SECRET], &Delivery { headers, ..good.clone() }, false);
            for value in ["", "1e9", "-1614265330", "+1614265330", "x"] {
                let mut headers = good.headers.clone();
                headers[missing].1 = value.to_owned();
                check(&[SECRET], &Delivery { headers, ..good.clone() }, false);
            }
        }
    }
}
