//! What kind of article it is, and what it is filed under, as the page says.

use article::ArticleKind;

use super::Told;
use super::linked_data::LinkedData;
use crate::fold;
use crate::page::Page;

/// How many tags are kept.
const MAX_TAGS: usize = 40;

/// The section that the page files it under, as written.
pub(crate) fn section(page: &Page, linked: &LinkedData) -> Option<Told<String>> {
    const METAS: [&str; 5] = [
        "article:section",
        "parsely-section",
        "section",
        "sailthru.section",
        "cxenseparse:section",
    ];
    for name in METAS {
        let content = page.head.meta(&[name]).map(fold::squeeze);
        if let Some(section) = content.filter(|text| is_label(text)) {
            return Some(Told::by(name, section));
        }
    }
    let linked = linked.section.as_deref().map(fold::squeeze);
    linked
        .filter(|text| is_label(text))
        .map(|section| Told::by("json-ld", section))
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 80 && !text.contains("://")
}

/// The page's own tags, as written.
pub(crate) fn tags(page: &Page, linked: &LinkedData) -> Option<Told<Vec<String>>> {
    const LISTS: [&str; 4] = ["news_keywords", "keywords", "parsely-tags", "sailthru.tags"];
    let each: Vec<&str> = page.head.all("article:tag").collect();
    let split = |text: &str| -> Vec<String> { text.split([',', ';']).map(fold::squeeze).collect() };
    let mut given: Vec<(&str, Vec<String>)> = vec![
        (
            "article:tag",
            each.iter().flat_map(|tag| split(tag)).collect(),
        ),
        ("json-ld", linked.tags.clone()),
    ];
    for name in LISTS {
        given.push((name, page.head.meta(&[name]).map(split).unwrap_or_default()));
    }
    for (source, tags) in given {
        let mut kept: Vec<String> = Vec::new();
        for tag in tags {
            if is_label(&tag) && !kept.contains(&tag) && kept.len() < MAX_TAGS {
                kept.push(tag);
            }
        }
        if !kept.is_empty() {
            return Some(Told::by(source, kept));
        }
    }
    None
}

/// Whether only those who pay, or are known, may read all of it.
pub(crate) fn paywalled(page: &Page, linked: &LinkedData) -> Option<Told<bool>> {
    if let Some(is_free) = linked.is_free {
        return Some(Told::by("json-ld", !is_free));
    }
    let tier = page
        .head
        .meta(&["article:content_tier", "og:article:content_tier"])?;
    match tier.to_ascii_lowercase().as_str() {
        "free" => Some(Told::by("article:content_tier", false)),
        "locked" | "metered" => Some(Told::by("article:content_tier", true)),
        _ => None,
    }
}

/// What kinds of article the page says that it is.
pub(crate) fn kinds(page: &Page, linked: &LinkedData, section: Option<&str>) -> Vec<ArticleKind> {
    const OPINION: [&str; 18] = [
        "opinion",
        "opinions",
        "comment",
        "commentisfree",
        "kommentar",
        "kommentare",
        "meinung",
        "opinión",
        "opinion & editorials",
        "opinione",
        "opinioni",
        "opinião",
        "debatt",
        "debat",
        "editorial",
        "op-ed",
        "ledare",
        "leder",
    ];
    let kind = page
        .head
        .meta(&["og:type", "article:type"])
        .unwrap_or_default()
        .to_lowercase();
    let has = |name: &str| linked.types.iter().any(|kind| kind == name);
    let says = |name: &str| {
        page.head
            .meta(&[name])
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    let is_opinion = has("OpinionNewsArticle")
        || says("article:opinion")
        || section.is_some_and(|section| OPINION.contains(&section.to_lowercase().as_str()));
    let found = [
        (
            has("LiveBlogPosting") || kind == "liveblog",
            ArticleKind::Liveblog,
        ),
        (
            has("ImageGallery") || has("MediaGallery") || kind == "gallery",
            ArticleKind::Gallery,
        ),
        (is_opinion, ArticleKind::Opinion),
        (has("AdvertiserContentArticle"), ArticleKind::Sponsored),
        (has("SatiricalArticle"), ArticleKind::Satire),
    ];
    found
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, kind)| kind)
        .collect()
}
