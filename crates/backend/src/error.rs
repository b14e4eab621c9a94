//! The one error of the workspace: what happened, what to do, and how soon to try again.

use std::{fmt, time::Duration};

/// Result with the workspace's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a failure means for the caller; the exit code is a function of it (`app::exit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The tracker refused the data.
    Rejected,
    /// Somebody else changed the item at the same time.
    Conflict,
    /// No such thing, or it is hidden from this token.
    NotFound,
    /// The platform cannot do this.
    Unsupported,
    /// A write was sent and its outcome is unknown.
    Ambiguous,
    /// Too many requests.
    RateLimited,
    /// Outage, timeout or no connection.
    Unavailable,
    /// A success of the wrong shape.
    Protocol,
    /// The credentials are wrong, expired or missing.
    Auth,
    /// The credentials are good and too weak.
    Forbidden,
    /// The configuration or an input is wrong.
    Config,
}

impl ErrorKind {
    /// True when the same call may succeed later without any change.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable)
    }

    /// The word used in JSON and in the plugin protocol, such as `not_found`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Conflict => "conflict",
            Self::NotFound => "not_found",
            Self::Unsupported => "unsupported",
            Self::Ambiguous => "ambiguous",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Protocol => "protocol",
            Self::Auth => "auth",
            Self::Forbidden => "forbidden",
            Self::Config => "config",
        }
    }

    fn default_hint(self) -> &'static str {
        match self {
            Self::Rejected => "correct the named field and run again",
            Self::Conflict => "run again; the newest state is read first",
            Self::NotFound => "check the id, and that the token may see it",
            Self::Unsupported => "use another operation, or another tracker for this one",
            Self::Ambiguous => "look in the tracker before you run this again",
            Self::RateLimited => "run again later",
            Self::Unavailable => "run again when the tracker answers",
            Self::Protocol => "check that the endpoint is the tracker's API and not a proxy's page",
            Self::Auth => "make a new token and check which account it belongs to",
            Self::Forbidden => "give the token's account the missing permission",
            Self::Config => "correct the setting and run again",
        }
    }
}

/// A failure: kind, one sentence, one hint.
///
/// The message is a fragment without a full stop. What a tracker returns says what went wrong there (`Jira answered
/// 404 Not Found`); whoever asked puts what was being done in front of it with [`Error::during`], so that the whole
/// fits "cannot {message}": `read SHOP-12: Jira answered 404 Not Found`.
#[derive(Debug)]
pub struct Error {
    /// What the failure means.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// How long to wait before trying again, where the tracker said so.
    pub wait: Option<Duration>,
    hint: Option<String>,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes an error; the message fits "cannot {message}", by itself or after [`Error::during`].
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            wait: None,
            hint: None,
            context: Vec::new(),
            source: None,
        }
    }

    /// Sets the one imperative sentence that says what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a fact for the log, such as `("status", "404")`.
    #[must_use]
    pub fn with_context(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.context.push((name, value.into()));
        self
    }

    /// Remembers what the tracker said about when to try again.
    #[must_use]
    pub fn with_wait(mut self, wait: Option<Duration>) -> Self {
        self.wait = wait;
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Puts what was being done in front of the message: `link SHOP-1: {message}`.
    #[must_use]
    pub fn during(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// What to do: one imperative sentence. Every error has one; the kind supplies it where the error does not.
    pub fn hint(&self) -> &str {
        self.hint.as_deref().unwrap_or_else(|| self.kind.default_hint())
    }

    /// The facts gathered on the way, in the order they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.context
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
