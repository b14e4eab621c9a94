//! Who is calling, and what they may do.

use super::refuse;
use crate::fake::{Request, Response, store::ROBOT};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// A token that may do everything in visible projects.
pub const GOOD_TOKEN: &str = "good-pat-f0e1d2c3b4a5f0e1d2c3b4a5";
/// A token that may read and not write.
pub const WEAK_TOKEN: &str = "weak-pat-f0e1d2c3b4a5f0e1d2c3b4a5";

/// The GUID of the account that both tokens belong to.
pub(super) const ACCOUNT_ID: &str = "22157d54-0000-4000-8000-000000000007";

/// Who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Reader,
    Writer,
}

impl Caller {
    /// Refuses everybody who may not write.
    pub(super) fn must_write(self) -> Result<(), Response> {
        match self {
            Self::Writer => Ok(()),
            Self::Reader => Err(refuse(
                403,
                "TF401027: You need the scope vso.work_write to perform this action.",
            )),
        }
    }
}

/// The account that both tokens belong to, as the connection shows it.
pub(super) fn account() -> Value {
    let properties = json!({"Account": {"$type": "System.String", "$value": ROBOT.email}});
    json!({"id": ACCOUNT_ID, "providerDisplayName": ROBOT.display, "isActive": true,
        "subjectDescriptor": "aad.Um9ib3Q", "properties": properties})
}

/// Who sends a request. Strangers get a page for signing in with the status of a success, and where they send
/// something, a refusal that says that they are nobody.
pub(super) fn caller(request: &Request) -> Result<Caller, Response> {
    match token(request).as_deref() {
        Some(GOOD_TOKEN) => Ok(Caller::Writer),
        Some(WEAK_TOKEN) => Ok(Caller::Reader),
        _ if request.method == "GET" => Err(Response::with_body(
            203,
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><title>Azure DevOps Services | Sign In</title></html>",
        )),
        _ => Err(refuse(
            401,
            "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.",
        )),
    }
}

/// The password of basic authentication, whoever the user is.
fn token(request: &Request) -> Option<String> {
    let header = request.header("authorization")?;
    if let Some(bearer) = header.strip_prefix("Bearer ") {
        return Some(bearer.to_owned());
    }
    let pair = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':').map(|(_, token)| token.to_owned())
}
