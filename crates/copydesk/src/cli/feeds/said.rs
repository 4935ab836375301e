//! What a user says of a feed. An empty value takes back what was said before.

use article::{Access, Feed, HeaderField, Login, Proxy};
use clap::Args;

/// What a feed is, and how often it is polled.
#[derive(Clone, Debug, Default, Args)]
pub struct FeedFacts {
    /// A name for people
    #[arg(long)]
    pub title: Option<String>,
    /// The outlet's name
    #[arg(long)]
    pub publisher: Option<String>,
    /// The outlet's country: two letters, as in ISO 3166-1
    #[arg(long, value_parser = country)]
    pub country: Option<String>,
    /// The language that is expected: a BCP 47 tag
    #[arg(long, value_parser = language)]
    pub language: Option<String>,
    /// The kind of outlet: agency, newspaper, broadcaster, magazine, ...
    #[arg(long)]
    pub kind: Option<String>,
    /// Time between polls where it shall differ from the usual: seconds, or such as 15m and 2h
    #[arg(long, value_name = "TIME")]
    pub interval: Option<Every>,
    /// Whether its items carry the full text, so that no pages are asked for
    #[arg(long, value_name = "true|false")]
    pub full_text: Option<bool>,
}

/// What goes with the requests for a feed. Files with secrets lie in `fetcher.credentials_dir`.
#[derive(Clone, Debug, Default, Args)]
pub struct RequestFacts {
    /// A header field to send along; as many as you like
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<Field>,
    /// A header field whose value is a secret, by the file that holds it
    #[arg(long = "header-file", value_name = "NAME: FILE")]
    pub header_files: Vec<Field>,
    /// Who asks, by basic authentication
    #[arg(long)]
    pub user: Option<String>,
    /// The file that holds the user's password
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<String>,
    /// The proxy to ask it by
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Who asks the proxy
    #[arg(long)]
    pub proxy_user: Option<String>,
    /// The file that holds the proxy user's password
    #[arg(long, value_name = "FILE")]
    pub proxy_password_file: Option<String>,
}

/// Seconds between polls; `None` for as many as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub Option<u64>);

/// A header field as it is typed. Without a value it is taken back.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in lower case.
    pub name: String,
    /// Its value, or the file that holds it.
    pub value: Option<String>,
}

/// Without the value, which may be one that the command refuses for being a secret.
impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Field")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl std::str::FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const ALLOWED: &str =
            "expected a number of seconds, or a time such as 15m or 2h, of a second to a year";
        const YEAR: u64 = 365 * 24 * 60 * 60;
        if text.is_empty() {
            return Ok(Self(None));
        }
        let seconds = text.parse::<u64>().ok().or_else(|| {
            let span: jiff::Span = text.parse().ok()?;
            let duration = span
                .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
                .ok()?;
            u64::try_from(duration.as_secs()).ok()
        });
        match seconds {
            Some(seconds @ 1..=YEAR) => Ok(Self(Some(seconds))),
            _ => Err(ALLOWED.to_owned()),
        }
    }
}

impl std::str::FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, value)) = text.split_once(':') else {
            // Not the text itself: it may be a secret.
            return Err("it needs a colon between name and value".to_owned());
        };
        let value = value.trim();
        Ok(Self {
            name: name.trim().to_ascii_lowercase(),
            value: (!value.is_empty()).then(|| value.to_owned()),
        })
    }
}

fn country(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if text.is_empty() || is_code {
        Ok(text.to_ascii_uppercase())
    } else {
        Err("expected two letters, as in ISO 3166-1, such as IS".to_owned())
    }
}

fn language(text: &str) -> Result<String, String> {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_word = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_tag = (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(is_word);
    if text.is_empty() || is_tag {
        Ok(text.to_owned())
    } else {
        Err("expected a BCP 47 tag, such as en or pt-BR".to_owned())
    }
}

impl FeedFacts {
    /// `feed` with what was said now.
    #[must_use]
    pub fn on(&self, feed: Feed) -> Feed {
        Feed {
            title: told(self.title.as_ref(), feed.title),
            publisher: told(self.publisher.as_ref(), feed.publisher),
            country: told(self.country.as_ref(), feed.country),
            language: told(self.language.as_ref(), feed.language),
            kind: told(self.kind.as_ref(), feed.kind),
            interval_seconds: self.interval.map_or(feed.interval_seconds, |every| every.0),
            full_text: self.full_text.unwrap_or(feed.full_text),
            ..feed
        }
    }
}

impl RequestFacts {
    /// Whether any file with a secret is named.
    pub fn names_files(&self) -> bool {
        let named = |file: &Option<String>| file.as_ref().is_some_and(|file| !file.is_empty());
        let by_field = self.header_files.iter().any(|field| field.value.is_some());
        by_field || named(&self.password_file) || named(&self.proxy_password_file)
    }

    /// `access` with what was said now; `None` where nothing is left.
    ///
    /// # Errors
    /// A file without a user to go with, or the other way round.
    pub fn on(&self, access: Option<&Access>) -> Result<Option<Box<Access>>, String> {
        let mut access = access.cloned().unwrap_or_default();
        for (fields, is_file) in [(&self.headers, false), (&self.header_files, true)] {
            for field in fields {
                access.headers.retain(|known| known.name != field.name);
                let Some(value) = field.value.clone() else {
                    continue;
                };
                let (value, value_file) = if is_file {
                    (None, Some(value))
                } else {
                    (Some(value), None)
                };
                access.headers.push(HeaderField {
                    name: field.name.clone(),
                    value,
                    value_file,
                });
            }
        }
        access.headers.sort_by(|a, b| a.name.cmp(&b.name));
        let flags = ("--user", "--password-file");
        access.login = login(
            access.login,
            self.user.as_ref(),
            self.password_file.as_ref(),
            flags,
        )?;
        let (url, before) = match access.proxy {
            Some(proxy) => (Some(proxy.url), proxy.login),
            None => (None, None),
        };
        let flags = ("--proxy-user", "--proxy-password-file");
        let (user, file) = (self.proxy_user.as_ref(), self.proxy_password_file.as_ref());
        let login = login(before, user, file, flags)?;
        access.proxy = match told(self.proxy.as_ref(), url) {
            Some(url) => Some(Proxy { url, login }),
            None if user.is_some_and(|user| !user.is_empty()) => {
                return Err("--proxy-user needs a --proxy".to_owned());
            }
            None => None,
        };
        Ok((!access.is_empty()).then(|| Box::new(access)))
    }
}

fn told(now: Option<&String>, before: Option<String>) -> Option<String> {
    match now {
        Some(now) => Some(now.clone()).filter(|now| !now.is_empty()),
        None => before,
    }
}

fn login(
    before: Option<Login>,
    user: Option<&String>,
    file: Option<&String>,
    (user_flag, file_flag): (&str, &str),
) -> Result<Option<Login>, String> {
    let (known_user, known_file) = match before {
        Some(login) => (Some(login.user), Some(login.password_file)),
        None => (None, None),
    };
    let is_taken_back = user.is_some_and(String::is_empty);
    match (told(user, known_user), told(file, known_file)) {
        (Some(user), Some(password_file)) => Ok(Some(Login {
            user,
            password_file,
        })),
        (None, None) => Ok(None),
        (None, Some(_)) if is_taken_back => Ok(None),
        (Some(_), None) => Err(format!(
            "{user_flag} needs {file_flag}: passwords are read from files alone"
        )),
        (None, Some(_)) => Err(format!("{file_flag} needs {user_flag}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    #[allow(clippy::option_option, reason = "wrong, taken back, or so long")]
    fn check_every(text: &str, expected: Option<Option<u64>>) {
        let every = text.parse::<Every>().ok().map(|every| every.0);
        assert_eq!(every, expected, "{text}");
    }

    #[test]
    fn intervals_are_read() {
        check_every("900", Some(Some(900)));
        check_every("15m", Some(Some(900)));
        check_every("1h 30m", Some(Some(5_400)));
        check_every("2d", Some(Some(172_800)));
        check_every("", Some(None));
        for wrong in ["0", "-5m", "soon", "500d", "1.5"] {
            check_every(wrong, None);
        }
    }

    #[test]
    fn countries_and_languages_are_checked() {
        assert_eq!(country("is"), Ok("IS".to_owned()));
        assert_eq!(country(""), Ok(String::new()));
        assert!(country("Iceland").is_err());
        for right in ["", "en", "pt-BR", "zh-Hant-TW", "sr-Latn"] {
            assert_eq!(language(right), Ok(right.to_owned()));
        }
        for wrong in ["e", "english language", "en_GB", "-", "en-"] {
            assert!(language(wrong).is_err(), "{wrong}");
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "fields are options")]
    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn what_is_not_said_stays_and_what_is_empty_goes() {
        let feed = Feed {
            title: text("T"),
            publisher: text("P"),
            interval_seconds: Some(60),
            paused: true,
            full_text: true,
            ..Feed::at("https://a.example/rss")
        };
        let facts = FeedFacts {
            title: text(""),
            kind: text("agency"),
            interval: Some(Every(None)),
            ..FeedFacts::default()
        };
        let expected = Feed {
            title: None,
            kind: text("agency"),
            interval_seconds: None,
            ..feed.clone()
        };
        assert_eq!(facts.on(feed), expected);
        let facts = FeedFacts {
            full_text: Some(false),
            ..FeedFacts::default()
        };
        assert!(!facts.on(expected).full_text);
    }

    fn said(headers: &[&str], files: &[&str]) -> RequestFacts {
        let fields = |all: &[&str]| {
            let all = all.iter().map(|field| field.parse().expect("a field"));
            all.collect()
        };
        RequestFacts {
            headers: fields(headers),
            header_files: fields(files),
            ..RequestFacts::default()
        }
    }

    #[test]
    fn header_fields_are_set_replaced_and_taken_back() {
        let first = said(&["Accept-Language: fo"], &["X-Api-Key: key"]);
        let access = first.on(None).expect("it holds").expect("something");
        let files: Vec<&str> = access.files().collect();
        assert_eq!((access.headers.len(), files), (2, vec!["key"]));
        let second = said(&["x-api-key:", "accept-language: da"], &[]);
        let access = second
            .on(Some(&access))
            .expect("it holds")
            .expect("something");
        assert_eq!(access.headers[0].value.as_deref(), Some("da"));
        assert_eq!(access.headers.len(), 1);
        let none = said(&["accept-language:"], &[]).on(Some(&access));
        assert_eq!(none, Ok(None));
        assert!(
            "no colon hunter2"
                .parse::<Field>()
                .is_err_and(|error| !error.contains("hunter2"))
        );
    }

    #[test]
    fn a_login_is_whole_or_none() {
        let user = |user: Option<&str>, file: Option<&str>| RequestFacts {
            user: user.map(str::to_owned),
            password_file: file.map(str::to_owned),
            ..RequestFacts::default()
        };
        let error = user(Some("ann"), None).on(None).expect_err("half");
        assert!(error.contains("--user needs --password-file"), "{error}");
        assert!(user(None, Some("file")).on(None).is_err());
        let access = user(Some("ann"), Some("file"))
            .on(None)
            .expect("whole")
            .expect("a login");
        let other = user(None, Some("other"))
            .on(Some(&access))
            .expect("whole")
            .expect("a login");
        let login = other.login.clone().expect("a login");
        assert_eq!(
            (login.user.as_str(), login.password_file.as_str()),
            ("ann", "other")
        );
        assert_eq!(user(Some(""), None).on(Some(&other)), Ok(None));
        let proxy_user = RequestFacts {
            proxy_user: text("ann"),
            proxy_password_file: text("file"),
            ..RequestFacts::default()
        };
        assert!(
            proxy_user
                .on(None)
                .is_err_and(|error| error.contains("--proxy"))
        );
    }
}
