//! The picture that leads the article.

mod files;
mod plain;
mod said;

use std::collections::BTreeSet;

use article::Image;
use url::Url;

use files::{absolute, fitting, is_size};
use plain::plain;

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

/// Chooses the picture that the page shows at the article's head: the one there that the page's data name
/// too, else the first in a figure there; else one that the data name wherever it is shown; else what the
/// data name, which is often another cut of it, made for sharing. Of its files, the one nearest to
/// [`files::WIDTH`].
pub(crate) fn choose(
    page: &Page,
    linked: &LinkedData,
    base: Option<&Url>,
    headline: usize,
) -> Option<Told<Image>> {
    let claims = claims(page, linked);
    if let Some(picture) = lead(page, &claims, headline) {
        let address = fitting(&picture.versions, base)?;
        let image = Image {
            url: address,
            ..said(page, picture)
        };
        return Some(Told::by("figure", image));
    }
    // A page whose scripts show its pictures tells browsers to load the leading one ahead of them.
    if let Some(address) = fitting(&page.head.preloaded, base) {
        return Some(Told::by("preload", bare(address)));
    }
    let claimed = claims.iter().find_map(|(source, address)| {
        let image = Image {
            url: absolute(address, base)?,
            ..linked.said_of(address)
        };
        Some(Told::by(source, image))
    });
    claimed.or_else(|| {
        let picture = plain(page, headline)?;
        let image = Image {
            url: fitting(&picture.versions, base)?,
            ..said(page, picture)
        };
        Some(Told::by("img", image))
    })
}

/// What is said of a picture about it.
fn said(page: &Page, picture: &Picture) -> Image {
    figure_of(page, picture).map_or_else(|| bare(String::new()), |node| said::of(page, node))
}

/// A picture without words.
fn bare(url: String) -> Image {
    Image {
        url,
        caption: None,
        credit: None,
    }
}

/// The picture that the page shows at the article's head.
fn lead<'a>(
    page: &'a Page,
    claims: &[(&'static str, String)],
    headline: usize,
) -> Option<&'a Picture> {
    let named: BTreeSet<String> = claims
        .iter()
        .flat_map(|(_, address)| marks_of(address))
        .collect();
    let is_named = |picture: &&Picture| {
        let mut own = picture
            .versions
            .iter()
            .flat_map(|version| marks_of(&version.address));
        own.any(|mark| named.contains(&mark))
    };
    let is_near = |picture: &&Picture, before: usize| {
        let near = headline.saturating_sub(before)..=headline + NEAR;
        near.contains(&picture.block)
    };
    // Elements' names say less than the page's data: `shareable`, `post-thumbnail`.
    let hidden = Marks::COMMENT.with(Marks::HIDDEN).with(Marks::NEVER);
    let beside = Marks::FURNITURE.with(Marks::BYLINE).with(hidden);
    let heads = |picture: &&Picture| {
        !picture.is_small
            && is_near(picture, NEAR)
            && is_named(picture)
            && !is_within(page, picture, hidden)
    };
    let is_shown = |picture: &&Picture| {
        !(picture.is_small || picture.is_thumbnail || is_within(page, picture, beside))
    };
    let leads = |picture: &&Picture| is_near(picture, 4) && figure_of(page, picture).is_some();
    let pictures = &page.head.pictures;
    pictures
        .iter()
        .find(heads)
        .or_else(|| pictures.iter().filter(is_shown).find(leads))
        .or_else(|| pictures.iter().filter(is_shown).find(is_named))
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

/// What names a picture whatever its size: the numbers and hashes in its path, and its file's name where
/// that is words.
fn marks_of(address: &str) -> Vec<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    // The host is the same for all.
    let path = path.split_once("//").map_or(path, |(_, rest)| {
        rest.split_once('/').map_or("", |(_, path)| path)
    });
    let lower = path.to_ascii_lowercase();
    let mut marks: Vec<String> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            let is_day = part.len() == 8 && digits == 8 && part.starts_with("20");
            // The header of a signed address is the same for all that the server signs.
            let is_header = part.starts_with("eyj") && part.len() <= 40;
            part.len() >= 6 && digits >= 4 && !is_day && !is_size(part) && !is_header
        })
        .map(str::to_owned)
        .collect();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let words: Vec<&str> = file
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| {
            word.len() > 1 && !matches!(*word, "jpg" | "jpeg" | "png" | "webp" | "gif" | "avif")
        })
        .collect();
    if words.len() >= 3 {
        marks.push(words[..3].join("-"));
    }
    if !file.is_empty() {
        marks.push(lower.clone());
    }
    marks
}

/// Whether a picture stands in an element of such a remark that is not most of the page.
fn is_within(page: &Page, picture: &Picture, marks: Marks) -> bool {
    let half = page.blocks.len() / 2;
    let mut index = picture.node;
    while let Some(node) = page.nodes.get(index) {
        if node.blocks.len() > half || node.parent == index {
            return false;
        }
        if node.marks.has(marks) {
            return true;
        }
        index = node.parent;
    }
    false
}

/// The `<figure>` around a picture, or what is named as one that has a caption.
fn figure_of(page: &Page, picture: &Picture) -> Option<usize> {
    let mut index = picture.node;
    for _ in 0..6 {
        let node = page.nodes.get(index)?;
        let is_captioned = node.tag == Tag::Division && node.marks.has(Marks::CAPTION);
        if node.tag == Tag::Figure || is_captioned {
            return Some(index);
        }
        index = node.parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        let html = format!(
            "<meta property=og:image content=/share/bridge_8368274.jpg>\
             <h1>Bridge shut</h1>{html}<p>The old bridge over the river is shut from today on.</p>"
        );
        let page = crate::page::read(&crate::tidy::tidy(&html));
        let base = Url::parse("https://img.example/").ok();
        let told = choose(&page, &LinkedData::default(), base.as_ref(), 0);
        let address = told.map(|told| told.value.url).unwrap_or_default();
        assert_eq!(address, format!("https://img.example/{expected}"), "{html}");
    }

    #[test]
    fn the_picture_that_the_data_name_leads_whatever_it_is_called() {
        check(
            "<figure><img src=/a.jpg></figure>\
             <div class=related><img class=post-thumbnail src=/w/8368274.jpg></div>",
            "w/8368274.jpg",
        );
        check("<figure><img src=/a.jpg></figure>", "a.jpg");
        check(
            "<div class=byline><figure><img src=/a.jpg></figure></div>",
            "share/bridge_8368274.jpg",
        );
        check(
            "<img width=1 height=1 src=/px/8368274.gif>",
            "share/bridge_8368274.jpg",
        );
    }

    #[test]
    fn pictures_that_scripts_show_are_found_too() {
        check(
            "<site-image data-srcset='/w/8368274-s.jpg 320w, /w/8368274-m.jpg 800w'></site-image>",
            "w/8368274-m.jpg",
        );
        check(
            "<div><img src=/px.gif><noscript><img src=/w/8368274.jpg></noscript></div>",
            "w/8368274.jpg",
        );
        check(
            "<link rel=preload as=image imagesrcset='/p-s.jpg 320w, /p-m.jpg 800w'>",
            "p-m.jpg",
        );
    }

    #[test]
    fn an_upload_stands_for_its_scaled_copies() {
        check(
            "<figure><img src=/b-860x484.jpg srcset='/b-860x484.jpg 860w, /b.jpg 1600w'></figure>",
            "b.jpg",
        );
        check(
            "<figure><img src=/b-860x484.jpg srcset='/b-860x484.jpg 860w, /b.jpg 6000w'></figure>",
            "b-860x484.jpg",
        );
    }

    #[test]
    fn of_several_widths_the_one_that_fits_a_column_is_taken() {
        check(
            "<figure><img src=/o.jpg srcset='/a.webp 320w, /b.webp 800w, /b.jpg 800w, /c.jpg 2600w'></figure>",
            "b.jpg",
        );
        check(
            "<figure><picture><source srcset=/n.jpg width=320><source srcset=/w.jpg width=640>\
             <img src=/o.jpg></picture></figure>",
            "w.jpg",
        );
    }

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
        assert!(!shared(
            "https://d4f7y6nbupj5z.example/a/1280x720/bridge.jpg",
            "https://d4f7y6nbupj5z.example/a/1280x720/river.jpg"
        ));
        assert!(shared(
            "//img.example/bridge.jpg",
            "https://cdn.example/bridge.jpg?w=9"
        ));
    }
}
