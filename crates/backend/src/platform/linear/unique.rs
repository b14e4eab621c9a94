//! Ids of our own choice for what is made: by its id a thing is found when the answer to its creation was lost.

use super::{
    Linear,
    document::{ADD_COMMENT, Document, FIND_COMMENT},
    wire,
};
use crate::{
    digest,
    error::{ErrorKind, Result},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

/// Pauses before each look for what was perhaps made; a request may still be on its way.
const LOOKS: [Duration; 3] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_millis(1500)];

/// A UUID of version 4, the only one that Linear takes. It depends on what is made, so that nothing else can have it,
/// and on a random number of its own, so that two equal things that were both asked for are two.
pub(super) fn id_for(made: &impl Serialize) -> String {
    let random = || RandomState::new().hash_one(());
    let seed = json!([made, random(), random()]).to_string();
    let hex = digest::sha256_hex(seed.as_bytes());
    let variant = match hex.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    let (first, second, third) = (&hex[..8], &hex[8..12], &hex[13..16]);
    format!("{first}-{second}-4{third}-{variant}{}-{}", &hex[17..20], &hex[20..32])
}

impl Linear {
    /// Whether what was sent under `id`, and not answered, was made; `None` when it was not, or nobody knows.
    pub(super) async fn look_for<T: DeserializeOwned>(
        &self,
        document: &Document,
        id: &str,
    ) -> Option<T> {
        for pause in LOOKS {
            tokio::time::sleep(pause).await;
            match self.ask(document, &json!({"id": id})).await {
                Ok(found) => return Some(found),
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(_) => return None,
            }
        }
        None
    }

    /// Adds a comment, once: where the answer was lost, it is looked up.
    pub(super) async fn comment(&self, issue: &str, text: &str) -> Result<()> {
        let id = id_for(&(issue, text));
        let input = json!({"input": {"id": id, "issueId": issue, "body": text}});
        match self.add(&ADD_COMMENT, &input).await {
            Ok(wire::Nothing {}) => Ok(()),
            Err(error) if error.kind == ErrorKind::Ambiguous => {
                let found: Option<Value> = self.look_for(&FIND_COMMENT, &id).await;
                found.map(drop).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_4_and_never_the_same() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| id_for(&"draft")).collect();
        assert_eq!(ids.len(), 1000);
        for id in ids {
            assert!(super::super::is_uuid(&id), "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
        }
    }
}
