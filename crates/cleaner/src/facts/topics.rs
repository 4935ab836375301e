//! What kind of article it is, and what it is filed under, as the page says.

use std::sync::LazyLock;

use article::ArticleKind;

use super::Told;
use super::linked_data::LinkedData;
use crate::fold;
use crate::lists::entries;
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

/// Names of sections that hold opinions.
static OPINION: LazyLock<Vec<&str>> =
    LazyLock::new(|| entries(include_str!("../../data/opinion.txt")).collect());

/// What kinds of article the page says that it is; `filed` is who told the section.
pub(crate) fn kinds(
    page: &Page,
    linked: &LinkedData,
    section: Option<&str>,
    filed: Option<&str>,
) -> Option<Told<Vec<ArticleKind>>> {
    let field = |names: &[&'static str], value: &str| {
        names.iter().copied().find(|name| {
            let content = page.head.meta(&[name]);
            content.is_some_and(|content| content.eq_ignore_ascii_case(value))
        })
    };
    let typed = |name: &str| {
        let is_typed = linked.types.iter().any(|kind| kind == name);
        is_typed.then_some("json-ld")
    };
    let types = ["og:type", "article:type"];
    let is_opinion = section.is_some_and(|section| OPINION.contains(&&*section.to_lowercase()));
    let opinion = typed("OpinionNewsArticle")
        .or_else(|| field(&["article:opinion"], "true"))
        .or_else(|| filed.filter(|_| is_opinion));
    let gallery = linked.is_gallery.then_some("json-ld");
    let found = [
        (
            typed("LiveBlogPosting").or_else(|| field(&types, "liveblog")),
            ArticleKind::Liveblog,
        ),
        (
            gallery.or_else(|| field(&types, "gallery")),
            ArticleKind::Gallery,
        ),
        (opinion, ArticleKind::Opinion),
        (typed("AdvertiserContentArticle"), ArticleKind::Sponsored),
        (typed("SatiricalArticle"), ArticleKind::Satire),
    ];
    let told = found
        .iter()
        .filter_map(|(source, kind)| Some((source.as_ref()?, *kind)));
    let (source, _) = told.clone().next()?;
    Some(Told::by(
        source,
        told.clone().map(|(_, kind)| kind).collect(),
    ))
}
