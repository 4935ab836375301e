//! What goes with the requests for a feed: header fields, a login, a proxy.
//!
//! Secrets are read from files when a request begins, so that one that is changed holds from then on, and
//! are shown nowhere: not in a record, a log line, an error or a debugger's output. Only files below one
//! folder are read, which the operator names: whoever can write a feed could otherwise have any file of
//! this machine sent to an address of his own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use article::{Access, Feed, HeaderField, Login};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::{Origin, Url};

use crate::outcome::Trouble;

/// The largest file that holds a secret, in bytes.
const LARGEST: u64 = 16 << 10;

/// Fields that the request itself decides, or the connection.
const OWN: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "proxy-authorization",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // Who asks is said honestly, and with the operator's contact.
    "user-agent",
];
/// Parts of the names of fields whose values are secrets.
const SECRET: [&str; 9] = [
    "auth",
    "cookie",
    "credential",
    "key",
    "pass",
    "secret",
    "session",
    "signature",
    "token",
];

/// Why a feed cannot be asked for as it should be. Tells where a secret lies, never what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// What the feed's record says cannot be used.
    #[error("{0}")]
    Wrong(String),
    /// No folder of secrets is configured.
    #[error("{file:?} is not read: fetcher.credentials_dir names no folder for it to lie in")]
    NoFolder {
        /// The file.
        file: String,
    },
    /// The file lies elsewhere.
    #[error("{file:?} is not read: it does not lie in {folder:?}, fetcher.credentials_dir")]
    Outside {
        /// The file.
        file: String,
        /// Where it should be.
        folder: PathBuf,
    },
    /// The file cannot be read.
    #[error("{file:?} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system says.
        why: String,
    },
    /// The file holds something that cannot be sent.
    #[error("{file:?} holds no secret that can be sent: {why}")]
    Unfit {
        /// The file.
        file: String,
        /// What is wrong.
        why: &'static str,
    },
}

/// Checks what can be checked without reading a file.
///
/// # Errors
/// [`AccessError::Wrong`] for the first thing that cannot be used.
pub fn check_access(access: &Access) -> Result<(), AccessError> {
    for field in &access.headers {
        check_field(field)?;
    }
    if let Some(login) = &access.login {
        check_login(login)?;
        if access
            .headers
            .iter()
            .any(|field| field.name == "authorization")
        {
            return Err(wrong(
                "a user and a header authorization are two logins; leave one out",
            ));
        }
    }
    if let Some(proxy) = &access.proxy {
        proxy_url(&proxy.url)?;
        proxy.login.as_ref().map_or(Ok(()), check_login)?;
    }
    match access
        .files()
        .find(|file| file.trim().is_empty() || file.contains('\0'))
    {
        Some(file) => Err(wrong(format!("{file:?} is no path of a file"))),
        None => Ok(()),
    }
}

fn check_field(field: &HeaderField) -> Result<(), AccessError> {
    let name = field.name.as_str();
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if name.is_empty() || !name.bytes().all(fits) {
        return Err(wrong(format!(
            "{name:?} is no name of a header field; letters in lower case, digits, - and _ make one"
        )));
    }
    if OWN.contains(&name) || name.starts_with("if-") || name.starts_with("sec-") {
        return Err(wrong(format!(
            "the header {name} is the fetcher's own to send"
        )));
    }
    let is_secret = SECRET.iter().any(|part| name.contains(part));
    match (&field.value, &field.value_file) {
        (Some(_), None) if is_secret => Err(wrong(format!(
            "the header {name} sounds like a secret, and records are read by many; name a file that holds its value"
        ))),
        (Some(value), None) if HeaderValue::from_str(value).is_err() || value.trim().is_empty() => {
            Err(wrong(format!(
                "the value of the header {name} cannot be sent"
            )))
        }
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(wrong(format!(
            "the header {name} needs a value or a file that holds it"
        ))),
    }
}

fn check_login(login: &Login) -> Result<(), AccessError> {
    let user = &login.user;
    if user.is_empty() || user.contains(':') || user.chars().any(char::is_control) {
        return Err(wrong(format!(
            "{user:?} is no user's name for basic authentication; it has no colon and is not empty"
        )));
    }
    Ok(())
}

fn proxy_url(text: &str) -> Result<Url, AccessError> {
    let refused = || {
        wrong(
            "a proxy's address is such as http://proxy.example:3128, without path, user or password",
        )
    };
    let url = Url::parse(text.trim()).map_err(|_| refused())?;
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && is_bare {
        Ok(url)
    } else {
        Err(refused())
    }
}

fn wrong(why: impl Into<String>) -> AccessError {
    AccessError::Wrong(why.into())
}

/// What goes with requests to where a feed is.
#[derive(Clone, Debug)]
pub(crate) struct Guarded {
    access: Box<Access>,
    /// The feed's address as somebody has said it: what a redirect or a server makes of it is a stranger's
    /// word, and gets no secret.
    home: String,
}

impl Guarded {
    /// Nothing for most feeds.
    pub(crate) fn of(feed: &Feed) -> Option<Self> {
        let access = feed.access.clone()?;
        Some(Self {
            access,
            home: feed.url.clone(),
        })
    }
}

/// Where secrets lie.
#[derive(Clone, Debug)]
pub(crate) struct Vault(Option<Arc<Path>>);

impl Vault {
    /// `folder` is empty where there is none.
    pub(crate) fn new(folder: &Path) -> Self {
        let is_some = !folder.as_os_str().is_empty();
        Self(is_some.then(|| folder.into()))
    }

    /// What goes with requests to where the feed is, and to nobody else.
    pub(crate) async fn open(&self, guarded: &Guarded) -> Result<Keys, Trouble> {
        let home = Url::parse(guarded.home.trim());
        let origin = home
            .map_err(|_| Trouble::Address(guarded.home.clone()))?
            .origin();
        let (vault, access) = (self.clone(), guarded.access.clone());
        let opened = tokio::task::spawn_blocking(move || vault.read(&access, origin)).await;
        let opened = opened.map_err(|error| Trouble::Broken(error.to_string()))?;
        Ok(opened?)
    }

    fn read(&self, access: &Access, origin: Origin) -> Result<Keys, AccessError> {
        check_access(access)?;
        let mut headers = HeaderMap::new();
        for field in &access.headers {
            let (value, file) = match (&field.value, &field.value_file) {
                (Some(value), _) => (value.clone(), None),
                (None, Some(file)) => (self.secret(file)?, Some(file)),
                (None, None) => continue,
            };
            let value = sensitive(&value, file)?;
            let name = HeaderName::from_bytes(field.name.as_bytes());
            headers.append(name.map_err(|error| wrong(error.to_string()))?, value);
        }
        if let Some(login) = &access.login {
            let file = &login.password_file;
            let pair = format!("{}:{}", login.user, self.secret(file)?);
            let value = format!("Basic {}", STANDARD.encode(pair));
            headers.insert(AUTHORIZATION, sensitive(&value, Some(file))?);
        }
        let proxy = access.proxy.as_ref().map(|proxy| {
            let login = proxy.login.as_ref().map(|login| {
                let password = self.secret(&login.password_file)?;
                Ok::<_, AccessError>((login.user.clone(), password))
            });
            Ok::<_, AccessError>(ProxyKey {
                url: proxy_url(&proxy.url)?,
                login: login.transpose()?,
            })
        });
        Ok(Keys {
            headers,
            origin,
            proxy: proxy.transpose()?,
        })
    }

    /// What a file holds, without the white space around it.
    fn secret(&self, file: &str) -> Result<String, AccessError> {
        let named = || file.to_owned();
        let folder = self.0.as_deref();
        let folder = folder.ok_or_else(|| AccessError::NoFolder { file: named() })?;
        let unreadable = |error: std::io::Error| AccessError::Unreadable {
            file: named(),
            why: error.to_string(),
        };
        // Both as they are behind links: a folder of secrets may be one, and its files lead about in it.
        let real = folder.join(file).canonicalize().map_err(unreadable)?;
        if !real.starts_with(folder.canonicalize().map_err(unreadable)?) {
            return Err(AccessError::Outside {
                file: named(),
                folder: folder.to_owned(),
            });
        }
        let unfit = |why| AccessError::Unfit { file: named(), why };
        let about = real.metadata().map_err(unreadable)?;
        if !about.is_file() || about.len() > LARGEST {
            return Err(unfit("it is no file of 16 KiB or less"));
        }
        let bytes = std::fs::read(&real).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| unfit("it is not UTF-8"))?;
        let text = text.trim();
        if text.is_empty() {
            return Err(unfit("it is empty"));
        }
        if text.chars().any(char::is_control) {
            return Err(unfit("it has more than one line, or control characters"));
        }
        Ok(text.to_owned())
    }
}

fn sensitive(value: &str, file: Option<&String>) -> Result<HeaderValue, AccessError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| AccessError::Unfit {
        file: file.cloned().unwrap_or_default(),
        why: "it has characters that no header may have",
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// What goes with a request, secrets and all.
#[derive(Clone)]
pub(crate) struct Keys {
    headers: HeaderMap,
    origin: Origin,
    pub(crate) proxy: Option<ProxyKey>,
}

impl Keys {
    /// The header fields for a request to `url`: nothing elsewhere than where the feed is, or a redirect
    /// would tell the secrets to whom it leads to.
    pub(crate) fn headers(&self, url: &Url) -> HeaderMap {
        if self.is_for(url) {
            self.headers.clone()
        } else {
            HeaderMap::new()
        }
    }

    fn is_for(&self, url: &Url) -> bool {
        url.origin() == self.origin
    }

    /// Whether `url` has the feed's own host, be it at another port or by another scheme.
    pub(crate) fn has_host_of(&self, url: &Url) -> bool {
        let Origin::Tuple(_, host, _) = &self.origin else {
            return false;
        };
        url.host().is_some_and(|other| other.to_owned() == *host)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        f.debug_struct("Keys")
            .field("headers", &names)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

/// A proxy with its password.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProxyKey {
    pub(crate) url: Url,
    pub(crate) login: Option<(String, String)>,
}

impl fmt::Debug for ProxyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.login.as_ref().map(|(user, _)| user);
        f.debug_struct("ProxyKey")
            .field("url", &self.url.as_str())
            .field("user", &user)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
