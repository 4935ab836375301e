//! Which trouble an error of reqwest's is.

use std::error::Error;

use crate::outcome::Trouble;
use crate::resolve::Refusal;

pub(super) fn trouble(error: &reqwest::Error) -> Trouble {
    let mut insecure = false;
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refusal) = cause.downcast_ref::<Refusal>() {
            return refusal.trouble();
        }
        insecure |= cause.downcast_ref().is_some_and(is_invalid);
        source = cause.source();
    }
    let why = chain(error);
    if error.is_connect() && error.is_timeout() {
        Trouble::Timeout("connection")
    } else if error.is_dns() {
        Trouble::Dns(why)
    } else if error.is_connect() && insecure {
        Trouble::Tls(why)
    } else if error.is_connect() {
        Trouble::Connect(why)
    } else if error.is_timeout() {
        Trouble::Timeout("answer")
    } else {
        Trouble::Broken(why)
    }
}

/// Whether an error tells of invalid data, as which the TLS library's own errors arrive. It may lie in
/// another error of its type, which passes it by when asked for its source.
fn is_invalid(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    error.kind() == std::io::ErrorKind::InvalidData || inner.is_some_and(is_invalid)
}

/// The causes of an error without the first, which only repeats the address.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.dedup();
    if causes.is_empty() {
        return error.to_string();
    }
    causes.join(": ")
}
