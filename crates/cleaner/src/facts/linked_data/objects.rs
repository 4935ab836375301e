//! The objects in a page's JSON-LD, and how near each is to the article.

use serde_json::Value;

use super::mended::mended;
use super::strings;

/// How many objects of one page are looked at.
const MAX_OBJECTS: usize = 500;

pub(super) fn parse(script: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(script) {
        return Some(value);
    }
    // Raw line ends within strings, comment or CDATA marks around the object, a semicolon behind.
    let flat: String = script
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let object = flat.find('{')?;
    let before = flat[..object].trim_end();
    let is_array = before.ends_with('[') && !before.ends_with("CDATA[");
    let start = if is_array { before.len() - 1 } else { object };
    first_value(&flat[start..]).or_else(|| first_value(&mended(&flat[start..])))
}

/// The value that a text begins with.
fn first_value(text: &str) -> Option<Value> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    values.next()?.ok()
}

/// Objects within arrays and graphs, without recursion over what a page may nest.
pub(super) fn flatten(roots: &[Value]) -> Vec<&Value> {
    let mut objects = Vec::new();
    let mut open: Vec<&Value> = roots.iter().rev().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(fields) => {
                objects.push(value);
                for key in ["mainEntity", "mainEntityOfPage", "@graph"] {
                    open.extend(fields.get(key).filter(|field| !field.is_string()));
                }
            }
            _ => {}
        }
        if objects.len() >= MAX_OBJECTS {
            break;
        }
    }
    objects
}

/// How near an object is to the article itself; `u8::MAX` for one that tells nothing.
pub(super) fn rank(object: &Value) -> u8 {
    types(object).map(rank_of).min().unwrap_or(u8::MAX)
}

/// The types of an object, without the vocabulary's address.
pub(super) fn types(object: &Value) -> impl Iterator<Item = &str> {
    let types = strings(object.get("@type"));
    types.map(|kind| kind.rsplit(['/', ':']).next().unwrap_or_default())
}

/// The same of an object's type.
pub(crate) fn rank_of(kind: &str) -> u8 {
    match kind {
        "NewsArticle"
        | "ReportageNewsArticle"
        | "AnalysisNewsArticle"
        | "OpinionNewsArticle"
        | "BackgroundNewsArticle"
        | "ReviewNewsArticle"
        | "LiveBlogPosting" => 0,
        "Article"
        | "BlogPosting"
        | "TechArticle"
        | "Report"
        | "ScholarlyArticle"
        | "SocialMediaPosting"
        | "AdvertiserContentArticle"
        | "SatiricalArticle" => 1,
        "Review" | "Recipe" | "Interview" | "ClaimReview" | "ImageGallery" | "MediaGallery" => 2,
        "WebPage" | "ItemPage" => 3,
        "HowTo" | "PodcastEpisode" | "CreativeWork" => 4,
        _ => u8::MAX,
    }
}
