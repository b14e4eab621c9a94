//! How requests are authorized.

use crate::{
    error::{Error, ErrorKind, Result},
    secret::{Redactor, Secret},
};
use base64::Engine as _;
use http::HeaderValue;

/// How requests are authorized. The token travels in the `Authorization` header and nowhere else.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// No credentials.
    None,
    /// `Basic base64(user:password)`.
    Basic(String, Secret),
    /// `Bearer token`.
    Bearer(Secret),
    /// The bare token, as Linear wants it.
    Raw(Secret),
}

impl Authorization {
    /// The header's value, marked so that no log of headers shows it.
    pub(super) fn header(&self) -> Result<Option<HeaderValue>> {
        let Some(secret) = self.secret() else { return Ok(None) };
        let token = token(secret);
        if token.is_empty() {
            return Err(unusable("it is empty"));
        }
        let text = match self {
            Self::Basic(user, _) => {
                let pair = format!("{}:{token}", user.trim());
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
            }
            Self::Bearer(_) => format!("Bearer {token}"),
            Self::None | Self::Raw(_) => token.to_owned(),
        };
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| unusable("it holds a line break or another control character"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// Knows the credentials in every form in which a tracker could send them back.
    pub(super) fn redactor(&self) -> Redactor {
        let mut redactor = Redactor::default();
        let user = if let Self::Basic(user, _) = self { Some(user.trim()) } else { None };
        if let Some(secret) = self.secret() {
            redactor.learn(&Secret::new(token(secret)), user);
        }
        redactor
    }

    fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Basic(_, secret) | Self::Bearer(secret) | Self::Raw(secret) => Some(secret),
        }
    }
}

/// The token without the line break that a file or a pasted variable ends with.
fn token(secret: &Secret) -> &str {
    secret.expose().trim_end_matches(['\r', '\n'])
}

fn unusable(reason: &str) -> Error {
    Error::new(ErrorKind::Config, format!("use the token: {reason}"))
        .with_hint("copy the token again, without quotes and line breaks")
}
