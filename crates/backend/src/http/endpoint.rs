//! Which addresses may be spoken to: https, or this very machine.

use crate::error::{Error, ErrorKind};
use url::{Host, Url};

/// Why an address is not to be spoken to.
#[derive(Debug)]
pub struct Unfit {
    /// What is wrong, with the address as its subject: `has credentials in it`.
    pub reason: String,
    /// What there is to say beside an example of a right one.
    also: &'static str,
}

impl Unfit {
    fn new(reason: impl Into<String>, also: &'static str) -> Self {
        Self { reason: reason.into(), also }
    }

    /// One imperative sentence that says what to do, with an address in the right form.
    pub fn hint(&self, example: &str) -> String {
        format!("write it like {example}{}", self.also)
    }
}

impl From<Unfit> for Error {
    fn from(unfit: Unfit) -> Self {
        let hint = unfit.hint("https://acme.example/path");
        let reason = unfit.reason;
        Error::new(ErrorKind::Config, format!("use the address of the API: it {reason}"))
            .with_hint(hint)
    }
}

/// Reads the address of an API as a person wrote it, and refuses whatever could send a token astray: no URL, http to
/// anything but this machine, credentials, a query or a fragment in it.
pub fn endpoint(text: &str) -> Result<Url, Unfit> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => Unfit::new("does not begin with https://", ""),
        error => Unfit::new(format!("is not an address ({error})"), ""),
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        let also = ", with the user and the token in settings of their own";
        return Err(Unfit::new("has credentials in it", also));
    }
    secure(&url)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Unfit::new("has a `?` or a `#`, which an API's address has not", ""));
    }
    Ok(url)
}

/// The same address with a trailing slash, so that what is joined to it is below its own path.
pub(crate) fn folder(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

/// True when the address is this very machine: `localhost`, `127.0.0.0/8` or `[::1]`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Refuses every address where a request could be read on the way.
pub(super) fn secure(url: &Url) -> Result<(), Unfit> {
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => {
            let reason = format!("would send the token to {host} over http");
            Err(Unfit::new(reason, "; http is for this machine only"))
        }
        other => Err(Unfit::new(format!("begins with {other}: and not with https://"), "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(endpoint(text).unwrap().as_str(), expected, "{text}");
    }

    fn check_refused(text: &str, says: &str) {
        let error = endpoint(text).unwrap_err();
        assert!(error.reason.contains(says), "{text}: {error:?}");
        let error = Error::from(error);
        assert_eq!(error.kind, ErrorKind::Config, "{text}");
        assert!(error.message.starts_with("use the address of the API: it "), "{text}: {error}");
        assert!(!error.message.contains("hunter2"), "{text}: {error}");
    }

    #[test]
    fn https_and_this_machine_are_spoken_to() {
        check(" https://acme.example/jira \n", "https://acme.example/jira");
        check("HTTPS://ACME.example", "https://acme.example/");
        check("http://localhost:8080", "http://localhost:8080/");
        check("http://LOCALHOST/", "http://localhost/");
        check("http://127.8.9.1/", "http://127.8.9.1/");
        check("http://[::1]:1/x/", "http://[::1]:1/x/");
    }

    #[test]
    fn http_to_anywhere_else_is_refused() {
        for host in [
            "acme.example",
            "10.0.0.1",
            "localhost.acme.example",
            "127.0.0.1.nip.example",
            "[::2]",
            "0.0.0.0",
        ] {
            check_refused(&format!("http://{host}/"), "over http");
        }
    }

    #[test]
    fn addresses_that_could_send_a_token_astray_are_refused() {
        check_refused("https://me:hunter2@acme.example", "credentials");
        check_refused("http://localhost@acme.example", "credentials");
        check_refused("me:hunter2@acme.example", "begins with me:");
        check_refused("https://me:hunter2@[acme", "invalid");
        check_refused("acme.example", "https://");
        check_refused("", "https://");
        check_refused("ftp://acme.example", "begins with ftp:");
        check_refused("https://acme.example/?a=b", "has a `?`");
        check_refused("https://acme.example/#x", "or a `#`");
    }
}
