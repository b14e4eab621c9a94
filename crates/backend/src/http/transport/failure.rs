//! reqwest's errors in words for people: what happened, whether bytes left, whether it may pass.

use super::{Sent, TransportError};
use rustls::CertificateError;
use std::{
    error::Error,
    io::{self, ErrorKind},
    time::Duration,
};

/// The client could not be made, or the request cannot be sent by any client.
pub(super) fn unusable(error: &reqwest::Error) -> TransportError {
    let message = format!("the connection cannot be set up ({})", innermost(error));
    TransportError { sent: Sent::Never, permanent: true, message }
}

/// The time for the attempt is over.
pub(super) fn timeout(limit: Duration) -> TransportError {
    passing(Sent::Maybe, format!("no answer within {} s", limit.as_secs_f64().ceil()))
}

/// The body is larger than the limit, in bytes.
pub(super) fn oversize(limit: usize) -> TransportError {
    let message = format!("the answer is larger than {} MiB", limit / 1024 / 1024);
    TransportError { sent: Sent::Maybe, permanent: true, message }
}

/// A failure of a request. reqwest prints the address with its query, so its text is never used whole.
pub(super) fn describe(error: &reqwest::Error) -> TransportError {
    let sent = if error.is_connect() { Sent::Never } else { Sent::Maybe };
    if let Some(error) = find::<rustls::Error>(error) {
        return untrusted(sent, error);
    }
    if error.is_dns() {
        return passing(sent, "the host name does not resolve");
    }
    let io = find::<io::Error>(error);
    if let Some(message) = io.and_then(|error| broken(error.kind(), sent)) {
        return passing(sent, message);
    }
    if sent == Sent::Never && error.is_timeout() {
        return passing(sent, "no connection in time");
    }
    unusual(sent, &innermost(error))
}

/// What a broken connection is called.
fn broken(kind: ErrorKind, sent: Sent) -> Option<&'static str> {
    match kind {
        ErrorKind::ConnectionRefused => Some("the connection was refused"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            Some("the host cannot be reached")
        }
        ErrorKind::TimedOut if sent == Sent::Never => Some("no connection in time"),
        ErrorKind::TimedOut => Some("the connection went silent"),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => Some("the connection was cut"),
        _ => None,
    }
}

/// TLS does not get better by asking again.
fn untrusted(sent: Sent, error: &rustls::Error) -> TransportError {
    let message = match error {
        rustls::Error::InvalidCertificate(reason) => {
            format!("the certificate is not trusted ({})", distrust(reason))
        }
        other => format!("the encrypted connection failed ({other})"),
    };
    TransportError { sent, permanent: true, message }
}

/// Why a certificate is not trusted, in the words of those who have to repair it.
fn distrust(reason: &CertificateError) -> String {
    match reason {
        CertificateError::UnknownIssuer => "its authority is unknown".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".to_owned()
        }
        other => other.to_string(),
    }
}

/// What only hyper's own words tell apart: its error type has no public kind for an answer cut short.
fn unusual(sent: Sent, reason: &str) -> TransportError {
    let cut = ["closed", "end of file", "eof", "incomplete", "canceled"];
    let lower = reason.to_ascii_lowercase();
    if cut.iter().any(|word| lower.contains(word)) {
        return passing(sent, "the connection was cut");
    }
    if lower.contains("proxy authorization") {
        let message = "the proxy wants credentials".to_owned();
        return TransportError { sent, permanent: true, message };
    }
    if lower.contains("tunnel") {
        return passing(sent, "the proxy did not connect");
    }
    if sent == Sent::Never {
        return passing(sent, format!("no connection ({reason})"));
    }
    let message = format!("the answer is not HTTP ({reason})");
    TransportError { sent, permanent: true, message }
}

fn passing(sent: Sent, message: impl Into<String>) -> TransportError {
    TransportError { sent, permanent: false, message: message.into() }
}

/// Everything that an error was caused by, from the outside in.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// An `io::Error` gives away the source of what it wraps, and not what it wraps.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn find<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).filter_map(|cause| cause.downcast_ref()).last()
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).skip(1).last().map_or_else(|| "reason unknown".to_owned(), ToString::to_string)
}
