//! What a tracker leaves out and what it says is null are the same: its descriptions promise neither, and its servers
//! differ.

use serde::{Deserialize, Deserializer};

/// Reads null as what is left out. It stands beside `default`, which is for that.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
