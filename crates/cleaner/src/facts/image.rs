//! The picture that leads the article.

use std::collections::BTreeSet;

use article::Image;
use url::Url;

use super::Told;
use super::linked_data::LinkedData;
use crate::page::{Marks, Page, Picture, Tag};

/// Names of `meta` elements that hold the picture for sharing.
const METAS: [&str; 6] = [
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
    "image",
];

/// How many blocks behind the headline the leading picture may stand.
const NEAR: usize = 12;

/// Chooses the picture that the page shows at the article's head, in its widest form: the one there that
/// the page's data name too, else the first in a figure there; else one that the data name wherever it is
/// shown; else what the data name, which is often another cut of it, made for sharing.
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    base: Option<&Url>,
    headline: usize,
) -> Option<Told<Image>> {
    let claims = claims(page, linked);
    let shown: Vec<&Picture> = page
        .head
        .pictures
        .iter()
        .filter(|picture| !picture.is_small && !is_beside(page, picture))
        .collect();
    let named: BTreeSet<String> = claims
        .iter()
        .flat_map(|(_, address)| marks_of(address))
        .collect();
    let is_named = |picture: &&&Picture| {
        let mut own = picture
            .addresses
            .iter()
            .flat_map(|address| marks_of(address));
        own.any(|mark| named.contains(&mark))
    };
    let is_near = |picture: &&&Picture| {
        let near = headline.saturating_sub(4)..=headline + NEAR;
        near.contains(&picture.block)
    };
    let leads = |picture: &&&Picture| is_near(picture) && figure_of(page, picture).is_some();
    let found = shown
        .iter()
        .find(|picture| is_near(picture) && is_named(picture))
        .or_else(|| shown.iter().find(leads))
        .or_else(|| shown.iter().find(is_named));
    if let Some(picture) = found {
        let address = picture
            .addresses
            .iter()
            .find_map(|address| absolute(address, base))?;
        let (caption, credit) =
            figure_of(page, picture).map_or((None, None), |node| said_of(page, node));
        let image = Image {
            url: address,
            caption,
            credit,
        };
        return Some(Told::by("figure", image));
    }
    claims.iter().find_map(|(source, address)| {
        let image = Image {
            url: absolute(address, base)?,
            caption: None,
            credit: None,
        };
        Some(Told::by(source, image))
    })
}

/// What the page's data name, most trusted first.
fn claims(page: &Page, linked: &LinkedData) -> Vec<(&'static str, String)> {
    let mut claims = Vec::new();
    for name in METAS {
        claims.extend(
            page.head
                .all(name)
                .map(|address| (name, address.to_owned())),
        );
    }
    claims.extend(
        linked
            .images
            .iter()
            .map(|address| ("json-ld", address.clone())),
    );
    claims.retain(|(_, address)| !address.to_ascii_lowercase().contains("logo"));
    claims
}

fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let joined = match base {
        Some(base) => base.join(address).ok()?,
        None => Url::parse(address).ok()?,
    };
    matches!(joined.scheme(), "http" | "https").then(|| joined.into())
}

/// What names a picture whatever its size: the numbers and hashes in its address, and its file's
/// name where that is words.
fn marks_of(address: &str) -> Vec<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let lower = path.to_ascii_lowercase();
    let mut marks: Vec<String> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            let is_day = part.len() == 8 && digits == 8 && part.starts_with("20");
            part.len() >= 6 && digits >= 4 && !is_day
        })
        .map(str::to_owned)
        .collect();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = file
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| {
            word.len() > 2 && !matches!(*word, "jpg" | "jpeg" | "png" | "webp" | "gif" | "avif")
        })
        .collect();
    if words.len() >= 3 {
        marks.push(words[..3].join("-"));
    }
    marks
}

/// Whether a picture stands in furniture, as those of other articles do.
fn is_beside(page: &Page, picture: &Picture) -> bool {
    let half = page.blocks.len() / 2;
    let mut index = picture.node;
    while let Some(node) = page.nodes.get(index) {
        if node.blocks.len() > half || node.parent == index {
            return false;
        }
        if node
            .marks
            .has(Marks::FURNITURE.with(Marks::COMMENT).with(Marks::HIDDEN))
        {
            return true;
        }
        index = node.parent;
    }
    false
}

/// The `<figure>` around a picture.
fn figure_of(page: &Page, picture: &Picture) -> Option<usize> {
    let mut index = picture.node;
    for _ in 0..6 {
        let node = page.nodes.get(index)?;
        if node.tag == Tag::Figure {
            return Some(index);
        }
        index = node.parent;
    }
    None
}

/// The caption and the credit in a figure.
fn said_of(page: &Page, figure: usize) -> (Option<String>, Option<String>) {
    let mut captions: Vec<&str> = Vec::new();
    let mut credit = None;
    for block in &page.blocks[page.nodes[figure].blocks.clone()] {
        let text = block.text.trim();
        if credit.is_none() && is_credit(text) {
            credit = Some(text.to_owned());
        } else {
            captions.push(text);
        }
    }
    let caption = captions.join(" ");
    (Some(caption).filter(|text| !text.is_empty()), credit)
}

/// Whether a line says who took a picture.
pub(crate) fn is_credit(text: &str) -> bool {
    const BEGINNINGS: [&str; 24] = [
        "photo:",
        "photo by",
        "photograph:",
        "photo credit",
        "image:",
        "image credit",
        "picture:",
        "credit:",
        "credits:",
        "foto:",
        "foto ©",
        "fotos:",
        "bild:",
        "bildquelle",
        "quelle:",
        "©",
        "(c)",
        "crédit",
        "crédits",
        "foto de",
        "imagen:",
        "photo ",
        "zdjęcie:",
        "фото:",
    ];
    let lower = text.to_lowercase();
    text.chars().count() < 120 && BEGINNINGS.iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_of_one_picture_share_a_mark() {
        let shared = |a: &str, b: &str| marks_of(a).iter().any(|mark| marks_of(b).contains(mark));
        assert!(shared(
            "https://img.example/w1200/bridge_8368274.jpg",
            "https://img.example/w320/x/8368274-small.webp?x=1"
        ));
        assert!(shared(
            "https://img.example/old-stone-bridge-1200x630.jpg",
            "https://img.example/old-stone-bridge-320x180.jpg"
        ));
        assert!(!shared(
            "https://img.example/20260517/a.jpg",
            "https://img.example/20260517/b.jpg"
        ));
    }
}
