//! `copydesk detect --agencies`: what a page shows of its article, read as the cleaner hands it over.

use article::{ArticleId, Attribution, Cleaned, Feed, Layout, Metadata, Zone, ZoneKind, host_of};
use enricher::{Agencies, attributions};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A line of the input: a bare text, or an extract of a page. Fields that are not needed are ignored.
#[derive(Default, Deserialize)]
struct Extract {
    id: Value,
    #[serde(default)]
    url: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    /// Fields of the head, by name.
    #[serde(default)]
    meta: Vec<(String, String)>,
    /// Fields of the page's data, by type and name: `NewsArticle.author`.
    #[serde(default)]
    jsonld: Vec<(String, String)>,
    /// Elements that look like bylines or credits, by class.
    #[serde(default)]
    bylines: Vec<(String, String)>,
    #[serde(default)]
    text_head: String,
    /// Sentences of the middle that name an agency.
    #[serde(default)]
    text_cues: Vec<String>,
    #[serde(default)]
    text_tail: String,
}

/// The answer to a line.
pub(super) fn line(line: &[u8]) -> Result<String, String> {
    let extract: Extract = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if !matches!(extract.id, Value::String(_) | Value::Number(_)) {
        return Err(format!(
            "its id is {}; it must be a string or a number",
            extract.id
        ));
    }
    let id = extract.id.clone();
    let found = attributions(&extract.cleaned(), &Agencies::built_in());
    let labels: Map<String, Value> = found
        .iter()
        .map(|found| (found.source.clone(), found.class.as_str().into()))
        .collect();
    Ok(json!({"id": id, "labels": labels, "evidence": found}).to_string())
}

/// What a bare text owes to agencies.
pub(super) fn of_text(text: &str) -> Vec<Attribution> {
    let extract = Extract {
        text: text.to_owned(),
        ..Extract::default()
    };
    attributions(&extract.cleaned(), &Agencies::built_in())
}

impl Extract {
    /// The article as the cleaner would hand it over.
    fn cleaned(self) -> Cleaned {
        let mut zones = Vec::new();
        let mut add = |kind: ZoneKind, text: &str| {
            zones.push(Zone {
                kind,
                text: text.trim().to_owned(),
                offset: None,
            });
        };
        for (name, value) in &self.meta {
            if names_authors(name) {
                add(ZoneKind::AuthorField, value);
            }
        }
        let mut publisher = None;
        // Further ones are of other articles that the page lists.
        let mut fields: Vec<&str> = Vec::new();
        for (name, value) in &self.jsonld {
            let field = article_field(name).unwrap_or_default();
            if fields.contains(&field) {
                continue;
            }
            fields.push(field);
            match field {
                "author" | "creator" => {
                    for author in value.split(" | ") {
                        add(ZoneKind::AuthorField, author);
                    }
                }
                "publisher" | "sourceOrganization" if publisher.is_none() => {
                    publisher = Some(value.clone());
                }
                _ => {}
            }
        }
        for (index, (class, text)) in self.bylines.iter().enumerate() {
            let before = &self.bylines[..index];
            // What stands there again and again is a list of other articles.
            if before.iter().filter(|(other, _)| other == class).count() >= 2 {
                continue;
            }
            if let Some(kind) = kind_of(class, text) {
                add(kind, text);
            }
        }
        let mut parts = vec![self.text, self.text_head];
        parts.extend(self.text_cues);
        parts.push(self.text_tail);
        parts.retain(|part| !part.trim().is_empty());
        let host = host_of(&self.url);
        Cleaned {
            id: ArticleId::of_url(&self.url),
            version: 1,
            fetched_at: Timestamp::UNIX_EPOCH,
            canonical_url: self.url.clone(),
            url: self.url,
            feed: Feed::default(),
            listings: Vec::new(),
            outlet: publisher.clone().unwrap_or(host),
            title: self.title,
            authors: Vec::new(),
            published: None,
            language: None,
            summary: None,
            text: parts.join("\n\n"),
            layout: Layout {
                zones,
                ..Layout::default()
            },
            metadata: Metadata {
                publisher,
                ..Metadata::default()
            },
        }
    }
}

/// Whether a field of the head names authors: `author`, `article:author`, `parsely-author`.
fn names_authors(name: &str) -> bool {
    let name = name.to_lowercase();
    let last = name.rsplit([':', '.', '-', '_']).next().unwrap_or_default();
    let known = [
        "author",
        "authors",
        "creator",
        "byl",
        "autor",
        "auteur",
        "articleauthor",
        "source",
    ];
    (known.contains(&last) || name.ends_with("author_name")) && !name.starts_with("twitter")
}

/// The field of the article itself: what pictures, films and sites say is theirs.
fn article_field(name: &str) -> Option<&str> {
    let (kind, field) = name.rsplit_once('.')?;
    let other = [
        "ImageObject",
        "VideoObject",
        "AudioObject",
        "Claim",
        "WebSite",
        "WebPage",
        "WebPageElement",
        "Person",
        "Organization",
        "MediaObject",
    ];
    (!other.contains(&kind)).then_some(field)
}

/// What an element is, by the words of its class; `None` where it belongs to something else on the page.
fn kind_of(class: &str, text: &str) -> Option<ZoneKind> {
    const ELSEWHERE: [&str; 25] = [
        "related",
        "comment",
        "teaser",
        "preview",
        "recommend",
        "most-read",
        "collections",
        "footer",
        "swift",
        "timeline",
        "-bio",
        "_bio",
        "about-author",
        "more-about",
        "suggest",
        "list-of",
        "newsletter",
        "card",
        "widget",
        "sidebar",
        "promo",
        "latest",
        "popular",
        "trending",
        "carousel",
    ];
    const PICTURE: [&str; 20] = [
        "credit",
        "caption",
        "image",
        "img",
        "photo",
        "foto",
        "figure",
        "bild",
        "picture",
        "thumb",
        "media-",
        "media_",
        "asset",
        "cutline",
        "gallery",
        "video",
        "lightbox",
        "slide",
        "illustration",
        "multimedia",
    ];
    let class = class.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| class.contains(word));
    if has(&ELSEWHERE) {
        None
    } else if has(&PICTURE) || class == "media" {
        Some(ZoneKind::ImageCredit)
    } else if class.contains("copyright") {
        // A picture's right names no year, that of a text does.
        let year = text.chars().filter(char::is_ascii_digit).count() >= 4;
        Some(if year {
            ZoneKind::Credit
        } else {
            ZoneKind::ImageCredit
        })
    } else {
        Some(ZoneKind::Byline)
    }
}
