//! What trimming takes, and why.

use std::collections::BTreeSet;

use crate::page::Page;

/// Why a block within the article's part of the page is no part of the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cut {
    /// Its names say that it is a menu, a share bar, an advertisement, ...
    Furniture,
    /// It is not shown.
    Hidden,
    /// It is about a picture.
    Caption,
    /// It says who wrote, and when.
    Byline,
    /// A reader wrote it.
    Comment,
    /// What stands around a social network's post.
    Embed,
    /// It is in a list that is mostly links.
    LinkList,
    /// It leads to another article.
    Related,
    /// It offers, asks or declares something on the outlet's behalf.
    Service,
    /// It is the headline.
    Title,
    /// It stands on the page before.
    Repeat,
    /// It is one of several teasers in a row.
    Card,
    /// It stands before the first paragraph and is no sentence.
    Head,
    /// It stands behind the last paragraph and is no sentence.
    Tail,
    /// It stands under a heading that leads over to other things.
    Closing,
    /// It is a heading that leads elsewhere, or one with nothing under it.
    Heading,
    /// It is in an entry of a live blog.
    Entry,
}

impl Cut {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Furniture => "furniture",
            Self::Hidden => "hidden",
            Self::Caption => "caption",
            Self::Byline => "byline",
            Self::Comment => "comment",
            Self::Embed => "embed",
            Self::LinkList => "link_list",
            Self::Related => "related",
            Self::Service => "service",
            Self::Title => "title",
            Self::Repeat => "repeat",
            Self::Card => "card",
            Self::Head => "head",
            Self::Tail => "tail",
            Self::Closing => "closing",
            Self::Heading => "heading",
            Self::Entry => "entry",
        }
    }
}

/// What trimming left of a candidate, and what it took.
#[derive(Debug, Default)]
pub(crate) struct Trimmed {
    /// The indices of the blocks that make the text, in order.
    pub(crate) kept: Vec<usize>,
    /// The indices of the others, in the order in which they went.
    pub(crate) cuts: Vec<(usize, Cut)>,
}

impl Trimmed {
    /// Takes what a pass finds among the blocks that are left.
    pub(super) fn cut(
        &mut self,
        page: &Page,
        cut: Cut,
        pass: impl Fn(&Page, &[usize]) -> BTreeSet<usize>,
    ) {
        let found = pass(page, &self.kept);
        self.cuts.extend(found.iter().map(|index| (*index, cut)));
        self.kept.retain(|index| !found.contains(index));
    }
}
