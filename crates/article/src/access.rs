//! What goes with the requests for a feed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What goes with the requests for a feed, beyond what every request has. Secrets stand in files, of
/// which only the paths are here: whoever asks reads them each time anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Access {
    /// Header fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HeaderField>,
    /// Who asks, by HTTP's basic authentication (RFC 7617).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// The proxy that is asked instead of the feed's own host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
}

/// A header field whose value stands here, or in a file where it is a secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct HeaderField {
    /// Its name, in lower case.
    pub name: String,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The file that holds its value, white space around it left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_file: Option<String>,
}

/// A user's name, and where the password is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The file that holds the password, white space around it left out.
    pub password_file: String,
}

/// An HTTP proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Proxy {
    /// Its address: http or https, without a path.
    pub url: String,
    /// Who asks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
}

impl Access {
    /// Whether nothing goes with the requests.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The files that hold secrets.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter();
        let headers = headers.filter_map(|field| field.value_file.as_deref());
        let proxy = self.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
        let logins = self.login.iter().chain(proxy);
        headers.chain(logins.map(|login| login.password_file.as_str()))
    }
}

/// Without the value: somebody will have put a secret there after all.
impl fmt::Debug for HeaderField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderField")
            .field("name", &self.name)
            .field("value", &self.value.as_ref().map(|_| "..."))
            .field("value_file", &self.value_file)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_for_debugging_has_no_values() {
        let access = Access {
            headers: vec![HeaderField {
                name: "x-desk".into(),
                value: Some("hunter2".into()),
                value_file: None,
            }],
            ..Access::default()
        };
        let shown = format!("{access:?}");
        assert!(
            shown.contains("x-desk") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    #[test]
    fn every_file_is_named() {
        let login = |file: &str| Login {
            user: "ann".into(),
            password_file: file.into(),
        };
        let access = Access {
            headers: vec![
                HeaderField {
                    name: "accept-language".into(),
                    value: Some("fo".into()),
                    value_file: None,
                },
                HeaderField {
                    name: "x-api-key".into(),
                    value: None,
                    value_file: Some("key".into()),
                },
            ],
            login: Some(login("password")),
            proxy: Some(Proxy {
                url: "http://proxy.example:3128".into(),
                login: Some(login("proxy")),
            }),
        };
        let files: Vec<&str> = access.files().collect();
        assert_eq!(files, ["key", "password", "proxy"]);
    }
}
