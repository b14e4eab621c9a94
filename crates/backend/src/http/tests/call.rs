//! What is sent.

use super::*;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn every_header_is_sent_once_and_the_last_one_counts() {
    let bench = Bench::new([answer(200)]);
    let call = bench.http.patch("item").header("Accept", "text/plain").header("accept", "*/*");
    let call = call.header("x-dialect", "no").header("authorization", "Basic stolen");
    let call = call.json(&json!({})).json_as("application/json-patch+json", &json!([1]));
    assert!(call.send().await.is_ok());
    let seen = bench.recorder.seen.lock().unwrap();
    for (name, value) in [
        ("accept", "*/*"),
        ("x-dialect", "no"),
        ("authorization", "Bearer s3cr3t-token"),
        ("content-type", "application/json-patch+json"),
    ] {
        assert_eq!(seen[0].all(name), [value]);
    }
    assert_eq!(seen[0].body, "[1]");
}
