//! What both trackers are asked for.

use super::*;
use crate::{error::ErrorKind, health::Quota, platform};
use jiff::Timestamp;

/// A tracker that tells what its token may do, and does not take it where it is `wrong`.
#[derive(Debug)]
struct Telling {
    metadata: Metadata,
    access: Access,
    wrong: bool,
}

#[async_trait]
impl Tracker for Telling {
    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn authenticate(&self) -> Result<Identity> {
        if self.wrong {
            return Err(Error::new(ErrorKind::Auth, "the token is wrong"));
        }
        Ok(Identity { id: "1".to_owned(), name: "Robin".to_owned(), email: None })
    }

    async fn access(&self) -> Result<Access> {
        Ok(self.access.clone())
    }
}

fn telling(scope: &str, expires: i64, remaining: Option<u64>, wrong: bool) -> Box<dyn Tracker> {
    let access = Access {
        missing_scopes: vec![format!("{scope}:write")],
        excessive_scopes: vec![format!("{scope}:admin")],
        expires_at: Timestamp::from_second(expires).ok(),
        quota: remaining.map(|remaining| Quota { remaining, limit: None }),
    };
    let metadata = platform::find("local").unwrap().metadata();
    Box::new(Telling { metadata, access, wrong })
}

#[tokio::test]
async fn what_either_token_lacks_is_told_and_what_expires_first() {
    for (code, items) in [(100, 200), (200, 100)] {
        let both = Delegated::new(
            telling("code", code, Some(1), false),
            telling("items", items, Some(2), false),
        );
        let access = both.access().await.unwrap();
        assert_eq!(access.missing_scopes, ["code:write", "items:write"]);
        assert_eq!(access.excessive_scopes, ["code:admin", "items:admin"]);
        assert_eq!(access.expires_at.map(Timestamp::as_second), Some(100));
        assert_eq!(access.quota.map(|quota| quota.remaining), Some(2), "that of the work items");
    }
    let both = Delegated::new(telling("a", 1, Some(1), false), telling("b", 1, None, false));
    assert_eq!(both.access().await.unwrap().quota.map(|quota| quota.remaining), Some(1));
}

#[tokio::test]
async fn both_have_to_take_their_tokens() {
    let wrong = Delegated::new(telling("a", 1, None, false), telling("b", 1, None, true));
    let error = wrong.authenticate().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.to_string().contains("sign in where the work items are"), "{error}");
    let wrong = Delegated::new(telling("a", 1, None, true), telling("b", 1, None, false));
    assert_eq!(wrong.authenticate().await.unwrap_err().kind, ErrorKind::Auth);
}
