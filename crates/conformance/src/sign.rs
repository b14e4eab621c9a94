//! Signatures of deliveries, made here so that the product's verification is not judged by itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt::Write as _;

/// HMAC-SHA256 in hexadecimal.
pub fn hmac_sha256(secret: &str, body: &[u8]) -> String {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The signature of Standard Webhooks under a secret `whsec_{base64}`; `None` for a secret of another form.
pub fn standard_webhook(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    let digest = mac.chain_update(signed).finalize().into_bytes();
    Some(format!("v1,{}", STANDARD.encode(digest)))
}
