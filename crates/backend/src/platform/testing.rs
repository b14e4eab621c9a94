//! What the tests of several platforms need.

use crate::http::Reply;
use bytes::Bytes;

/// An answer.
pub(super) fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let headers = headers
        .iter()
        .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
        .collect();
    let status = http::StatusCode::from_u16(status).unwrap();
    Reply { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) }
}

/// Every text of up to four of these characters.
pub(super) fn texts(alphabet: &[char]) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..4 {
        let longer =
            |text: &String| alphabet.iter().map(|c| format!("{text}{c}")).collect::<Vec<_>>();
        last = last.iter().flat_map(longer).collect();
        all.extend(last.iter().cloned());
    }
    all
}
