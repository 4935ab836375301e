//! Pictures that nothing names as the article's but where they stand.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{NEAR, is_within};
use crate::lists::entries;
use crate::page::{Marks, Page, Picture, Tag};

/// The least width of a picture that is no ornament, in pixels.
const LARGE: u32 = 300;

/// What is shown within the article where nothing names a picture: neither ornament nor another article's.
pub(super) fn plain(page: &Page, headline: usize) -> Option<&Picture> {
    let beside = Marks::FURNITURE
        .with(Marks::BYLINE)
        .with(Marks::COMMENT)
        .with(Marks::HIDDEN)
        .with(Marks::NEVER)
        .with(Marks::ELSEWHERE);
    let near = headline..=headline + NEAR;
    page.head.pictures.iter().find(|picture| {
        let is_large =
            picture.width >= LARGE || (picture.width == 0 && is_of_article(page, picture));
        let ornament = picture
            .versions
            .iter()
            .any(|version| is_ornament(&version.address));
        near.contains(&picture.block)
            && is_large
            && !(picture.is_small || picture.is_thumbnail || ornament)
            && !is_within(page, picture, beside)
    })
}

/// Whether the page marks up what is around a picture as the article.
fn is_of_article(page: &Page, picture: &Picture) -> bool {
    let mut index = picture.node;
    while let Some(node) = page.nodes.get(index) {
        let holds = node.marks.has(Marks::CONTAINER.with(Marks::BODY));
        if holds || matches!(node.tag, Tag::Article | Tag::Main) {
            return true;
        }
        if node.tag == Tag::Header || node.parent == index {
            return false;
        }
        index = node.parent;
    }
    false
}

/// What is called so in addresses.
static ORNAMENTS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| entries(include_str!("../../../data/ornaments.txt")).collect());

/// Whether a picture's address names what stands on every page: a logo, an icon, a counter of readers.
fn is_ornament(address: &str) -> bool {
    let path = address
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut words = path.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| ORNAMENTS.contains(word))
}
