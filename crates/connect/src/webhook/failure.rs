//! Why an endpoint did not answer, in words that hold neither its address nor anything it said.

use std::{error::Error, io};

use ringtrue_engine::model::{NoAnswer, Outcome};
use rustls::CertificateError;

use super::resolver::Forbidden;

/// The outcome of an attempt without an answer.
pub(super) fn outcome(why: NoAnswer, detail: impl Into<String>) -> Outcome {
    Outcome::NoAnswer { why, detail: detail.into() }
}

/// The outcome that an error of the HTTP client stands for.
pub(super) fn of(error: &reqwest::Error) -> Outcome {
    if find::<Forbidden>(error).is_some() {
        return outcome(NoAnswer::Forbidden, Forbidden.to_string());
    }
    if error.is_timeout() {
        let detail = if error.is_connect() {
            "no connection within the time limit"
        } else {
            "no complete answer within the time limit"
        };
        return outcome(NoAnswer::TimedOut, detail);
    }
    if error.is_dns() {
        return outcome(NoAnswer::Unresolved, "the host name has no address");
    }
    let why = if error.is_connect() { NoAnswer::Unconnected } else { NoAnswer::Broken };
    outcome(why, cause(error))
}

fn cause(error: &reqwest::Error) -> &'static str {
    if let Some(tls) = find::<rustls::Error>(error) {
        return of_tls(tls);
    }
    if let Some(http) = find::<hyper::Error>(error)
        && (http.is_parse() || http.is_parse_too_large())
    {
        return "the answer is no HTTP/1.1";
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "the connection was refused",
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            "there is no route to the host"
        }
        _ if error.is_connect() => "no connection could be made",
        _ => "the connection was closed before the answer was complete",
    }
}

fn of_tls(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(error) = error else {
        return "TLS could not be agreed on";
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another host"
        }
        CertificateError::UnknownIssuer => "the certificate is of an issuer that is not trusted",
        CertificateError::Revoked => "the certificate was revoked",
        _ => "the certificate is not valid",
    }
}

/// The first cause of a kind. An I/O error may hold another one inside.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
