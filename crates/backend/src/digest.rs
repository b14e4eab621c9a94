//! Bytes as text: digests for ids that must be the same at every run, and base64 for bytes inside JSON.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Bytes in JSON as a base64 string, by `#[serde(with = "digest::base64_text")]`: a list of numbers would be four times
/// as long.
pub(crate) mod base64_text {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vector_holds() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), abc);
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }

    #[test]
    fn bytes_travel_in_json_as_base64() {
        let received_at = jiff::Timestamp::UNIX_EPOCH;
        let delivery =
            crate::webhook::Delivery { headers: Vec::new(), body: vec![0, 255, 16], received_at };
        let json = serde_json::to_value(&delivery).unwrap();
        assert_eq!(json["body"], "AP8Q");
        assert_eq!(serde_json::from_value::<crate::webhook::Delivery>(json).unwrap(), delivery);
    }
}
