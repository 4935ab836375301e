//! Where a configured override of a host's name leads.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An address for a host's name: `192.0.2.1:8080`, or `http://192.0.2.1:8080` where plain HTTP is
/// spoken there even for https addresses. The latter is for recorded pages served under the names that
/// they were recorded from, which no certificate can vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What is dialled, whatever port the address to fetch names, private or loopback as it may be.
    pub address: SocketAddr,
    /// Whether plain HTTP is spoken whatever the scheme.
    pub plain: bool,
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Self {
        Self {
            address,
            plain: false,
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.strip_prefix("http://");
        let address = bare.unwrap_or(text).parse();
        address
            .map(|address| Self {
                address,
                plain: bare.is_some(),
            })
            .map_err(|_| format!("{text:?} must be IP:PORT or http://IP:PORT"))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.plain { "http://" } else { "" };
        write!(f, "{scheme}{}", self.address)
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_back_what_they_print() {
        for text in ["127.0.0.1:80", "http://127.0.0.1:8088", "http://[::1]:1"] {
            let target: Target = text.parse().expect("a target");
            assert_eq!(target.to_string(), text);
            assert_eq!(target.plain, text.starts_with("http"));
        }
        for text in ["localhost:80", "https://127.0.0.1:80", "127.0.0.1", ""] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
