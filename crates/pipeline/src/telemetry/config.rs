//! What is configured of traces.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where a backend takes spans, below its address.
const PATH: &str = "/v1/traces";

/// Traces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TracingConfig {
    /// The backend that spans are sent to, by OTLP over HTTP. Empty: none are sent.
    pub otlp_endpoint: String,
    /// A file of header fields to send along, such as a token: `name: value`, one a line. Empty: none.
    pub headers_file: PathBuf,
    /// Which share of the polls is traced, with all that follows from them: 0 to 1.
    pub sample_ratio: f64,
}

impl Default for TracingConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: String::new(),
            headers_file: PathBuf::new(),
            // A world's news is a million articles a day at a dozen spans each: a tenth of them is what a
            // small backend keeps. `copydesk trace` reads the records, and needs none of it.
            sample_ratio: 0.1,
        }
    }
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tracing.{key} must be {allowed}")]
pub struct TracingError {
    /// The setting.
    pub key: &'static str,
    /// What it may be.
    pub allowed: String,
}

impl TracingConfig {
    /// Whether every value can be used.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn validate(&self) -> Result<(), TracingError> {
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return Err(TracingError {
                key: "sample_ratio",
                allowed: "0 to 1".into(),
            });
        }
        let endpoint = self.otlp_endpoint.trim();
        if !endpoint.is_empty() && address(endpoint).is_none() {
            return Err(TracingError {
                key: "otlp_endpoint",
                allowed: "an address such as \"http://127.0.0.1:4318\", or empty".into(),
            });
        }
        Ok(())
    }

    /// The whole address that spans are sent to, where they are.
    pub(super) fn address(&self) -> Option<String> {
        address(self.otlp_endpoint.trim())
    }

    /// The header fields to send along.
    ///
    /// # Errors
    /// A file that cannot be read, or a line that is no header field.
    pub(super) fn headers(&self) -> Result<Vec<(String, String)>, TracingError> {
        let file = &self.headers_file;
        if file.as_os_str().is_empty() {
            return Ok(Vec::new());
        }
        let wrong = |why: String| TracingError {
            key: "headers_file",
            allowed: format!(
                "a file with lines such as \"authorization: Bearer abc\"; {} {why}",
                file.display()
            ),
        };
        let text = std::fs::read_to_string(file)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let mut headers = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            // The line itself may be a secret.
            let Some(header) = header(line) else {
                return Err(wrong(format!("has another at line {}", number + 1)));
            };
            headers.push(header);
        }
        Ok(headers)
    }
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let name = axum::http::HeaderName::try_from(name.trim()).ok()?;
    axum::http::HeaderValue::try_from(value.trim()).ok()?;
    Some((name.to_string(), value.trim().to_owned()))
}

/// An endpoint with its path: the standard one, unless another is given.
fn address(endpoint: &str) -> Option<String> {
    let uri: axum::http::Uri = endpoint.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    uri.host().filter(|host| is_web && !host.is_empty())?;
    match uri.path() {
        "" | "/" => Some(format!("{}{PATH}", endpoint.trim_end_matches('/'))),
        _ => Some(endpoint.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_address(endpoint: &str, expected: Option<&str>) {
        let config = TracingConfig {
            otlp_endpoint: endpoint.to_owned(),
            ..TracingConfig::default()
        };
        assert_eq!(config.address().as_deref(), expected, "{endpoint}");
        let is_valid = config.validate().is_ok();
        assert_eq!(is_valid, expected.is_some() || endpoint.is_empty());
    }

    #[test]
    fn an_endpoint_gets_the_standard_path_unless_it_has_one() {
        check_address("", None);
        check_address(
            "http://127.0.0.1:4318",
            Some("http://127.0.0.1:4318/v1/traces"),
        );
        check_address("https://a.example/", Some("https://a.example/v1/traces"));
        check_address("https://a.example/otlp", Some("https://a.example/otlp"));
        check_address("127.0.0.1:4318", None);
        check_address("grpc://a.example", None);
        check_address("no address", None);
    }

    #[test]
    fn a_share_is_between_nothing_and_all() {
        for (sample_ratio, is_valid) in [(0.0, true), (1.0, true), (-0.1, false), (1.1, false)] {
            let config = TracingConfig {
                sample_ratio,
                ..TracingConfig::default()
            };
            assert_eq!(config.validate().is_ok(), is_valid, "{sample_ratio}");
        }
    }

    #[track_caller]
    fn check_headers(text: &str, expected: Result<&[(&str, &str)], &str>) {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("it is written");
        let config = TracingConfig {
            headers_file: file.path().to_owned(),
            ..TracingConfig::default()
        };
        match (config.headers(), expected) {
            (Ok(headers), Ok(expected)) => {
                let headers: Vec<(&str, &str)> = headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                assert_eq!(headers, expected);
            }
            (Err(error), Err(end)) => assert!(error.to_string().ends_with(end), "{error}"),
            (headers, _) => panic!("{text:?} gives {headers:?}"),
        }
    }

    #[test]
    fn header_fields_come_from_a_file_and_are_not_told() {
        check_headers(
            "Authorization: Bearer a:b\n\n x-team : desk \n",
            Ok(&[("authorization", "Bearer a:b"), ("x-team", "desk")]),
        );
        check_headers("", Ok(&[]));
        check_headers("x-a: b\nsecret\n", Err("has another at line 2"));
        check_headers("two words: b\n", Err("has another at line 1"));
    }
}
