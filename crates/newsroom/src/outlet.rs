//! Who publishes.

use article::Feed;
use encoding_rs::Encoding;
use serde::Deserialize;

/// An outlet or an agency: a host with a feed.
#[derive(Clone, Debug)]
pub(crate) struct Outlet {
    /// The host name, in lower case.
    pub host: String,
    /// The name for people; the host where nobody gave one.
    pub name: String,
    /// Whether `name` is a name: a document of unknown source has an outlet of unknown name.
    pub named: bool,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// `agency`, `newspaper`, ...
    pub kind: Option<String>,
    /// The feed's path.
    pub feed_path: String,
    /// The form of the feed.
    pub dialect: Dialect,
    /// The character set of pages and feed.
    pub charset: Charset,
}

impl Outlet {
    /// An outlet of which only host and name are known: UTF-8, RSS 2.0 at `/feed.xml`.
    pub(crate) fn plain(host: impl Into<String>, name: Option<&str>) -> Self {
        let host = host.into();
        Self {
            name: name.unwrap_or(&host).to_owned(),
            named: name.is_some(),
            host,
            country: None,
            language: None,
            kind: None,
            feed_path: "/feed.xml".to_owned(),
            dialect: Dialect::Rss,
            charset: Charset::default(),
        }
    }

    /// Moves the feed, because a page stands in its place.
    pub(crate) fn part_feed_from_pages(&mut self) {
        "/newsroom-feed.xml".clone_into(&mut self.feed_path);
    }

    /// The feed as it would be configured.
    pub(crate) fn feed(&self) -> Feed {
        Feed {
            title: Some(self.name.clone()),
            publisher: self.named.then(|| self.name.clone()),
            country: self.country.clone(),
            language: self.language.clone(),
            kind: self.kind.clone(),
            ..Feed::at(format!("http://{}{}", self.host, self.feed_path))
        }
    }
}

/// The form of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Dialect {
    /// RSS 2.0, the address is the guid.
    Rss,
    /// RSS 2.0 with the whole text in `content:encoded`.
    RssFull,
    /// RSS 2.0 whose guid is a number of its own (`isPermaLink="false"`).
    RssGuid,
    /// RSS 2.0 with links relative to the channel's.
    RssRelative,
    /// Atom 1.0.
    Atom,
    /// RSS 1.0.
    Rdf,
    /// JSON Feed 1.1.
    Json,
}

/// The character set of an outlet, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Charset {
    /// UTF-8, in the header and in the page.
    #[default]
    Utf8,
    /// windows-1252, in the header and in the page.
    Windows1252,
    /// ISO-8859-1, in the page only: the header is silent.
    Latin1InPage,
}

impl Charset {
    /// The name as pages and feeds declare it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Latin1InPage => "iso-8859-1",
        }
    }

    /// The Content-Type of a document of this character set.
    pub(crate) fn content_type(self, media: &str) -> String {
        match self {
            Self::Latin1InPage => media.to_owned(),
            _ => format!("{media}; charset={}", self.label()),
        }
    }

    /// The bytes of a document. A character that the set lacks becomes a numeric reference, which
    /// HTML and XML both understand.
    pub(crate) fn encode(self, text: String) -> Vec<u8> {
        match self {
            Self::Utf8 => text.into_bytes(),
            _ => Encoding::for_label(self.label().as_bytes())
                .unwrap_or(encoding_rs::WINDOWS_1252)
                .encode(&text)
                .0
                .into_owned(),
        }
    }
}

/// A name as part of a host or a path: ASCII letters and digits in lower case, single hyphens
/// between. Empty where nothing of it is left.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars() {
        let plain = match letter {
            'ä' | 'Ä' => "ae",
            'ö' | 'Ö' => "oe",
            'ü' | 'Ü' => "ue",
            'ß' => "ss",
            'á' | 'à' | 'â' | 'Á' => "a",
            'é' | 'è' | 'ê' | 'É' => "e",
            'í' | 'ì' | 'î' | 'Í' => "i",
            'ó' | 'ò' | 'ô' | 'Ó' => "o",
            'ú' | 'ù' | 'û' | 'Ú' => "u",
            'ñ' | 'Ñ' => "n",
            'ç' | 'Ç' => "c",
            '\'' | '’' => continue,
            other if other.is_ascii_alphanumeric() => {
                slug.push(other.to_ascii_lowercase());
                continue;
            }
            _ => {
                if !slug.is_empty() && !slug.ends_with('-') {
                    slug.push('-');
                }
                continue;
            }
        };
        slug.push_str(plain);
    }
    // A label of a host name has at most 63 bytes; what follows it here is a short number.
    slug.truncate(50);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(slug(name), expected);
    }

    #[test]
    fn slugs_are_labels_of_host_names() {
        check("The Harbour Gazette", "the-harbour-gazette");
        check("Grünfurter Bote", "gruenfurter-bote");
        check("  --X & Y--  ", "x-y");
        check("Новости", "");
        check(&"a ".repeat(60), &"a-".repeat(25)[..49]);
    }

    #[test]
    fn what_a_charset_lacks_becomes_a_reference() {
        let bytes = Charset::Windows1252.encode("é “€” ł".to_owned());
        assert_eq!(bytes, b"\xe9 \x93\x80\x94 &#322;");
        assert_eq!(Charset::Utf8.encode("é".to_owned()), "é".as_bytes());
    }
}
