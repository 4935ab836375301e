//! `copydesk trace`

use std::str::FromStr;

use article::ArticleId;
use clap::Args;

/// The fewest digits of an id that are taken for one.
const FEWEST: usize = 6;

/// `copydesk trace`
#[derive(Clone, Debug, Args)]
pub struct Trace {
    /// Which article: its id, the first six digits of it or more, or its address
    pub article: Which,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

/// Which article is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one at an address.
    At(ArticleId, String),
    /// The one whose id begins so.
    Beginning(String),
}

impl Which {
    /// Whether it is the one with this key.
    pub fn is(&self, key: &[u8]) -> bool {
        match self {
            Self::At(id, _) => key == id.as_str().as_bytes(),
            Self::Beginning(digits) => key.starts_with(digits.as_bytes()),
        }
    }
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("://") {
            return Ok(Self::At(ArticleId::of_url(text), text.to_owned()));
        }
        let digits = text.to_ascii_lowercase();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (FEWEST..=32).contains(&digits.len()) {
            return Ok(Self::Beginning(digits));
        }
        Err(format!(
            "expected an address, or {FEWEST} to 32 hexadecimal digits of an article's id"
        ))
    }
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At(id, url) => write!(f, "{url} ({id})"),
            Self::Beginning(digits) if digits.len() == 32 => write!(f, "{digits}"),
            Self::Beginning(digits) => write!(f, "{digits}…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, key: &str, expected: Option<bool>) {
        let which: Option<Which> = text.parse().ok();
        assert_eq!(
            which.map(|which| which.is(key.as_bytes())),
            expected,
            "{text}"
        );
    }

    #[test]
    fn an_article_is_named_by_its_address_or_by_digits_of_its_id() {
        let url = "https://a.example/ferry?utm_source=x";
        let id = ArticleId::of_url(url);
        check(url, id.as_str(), Some(true));
        check(id.as_str(), id.as_str(), Some(true));
        check(&id.as_str()[..6], id.as_str(), Some(true));
        check(&id.as_str()[..6].to_uppercase(), id.as_str(), Some(true));
        check("https://b.example/", id.as_str(), Some(false));
        check(&id.as_str()[1..9], id.as_str(), Some(false));
        check(&id.as_str()[..5], id.as_str(), None);
        check(&format!("{id}0"), id.as_str(), None);
        check("ferries", id.as_str(), None);
    }
}
