//! A page as flat arrays: the block elements in document order, and the blocks of text in them.
//!
//! One parse and one walk make the arrays; everything after them reads the arrays. A node knows the
//! range of blocks that it holds, so the mass of any subtree is a difference of two sums.

mod attributes;
mod marks;
mod text;
mod tree;

use std::ops::Range;

pub(crate) use marks::{Marks, of_names};
pub(crate) use tree::read;

/// A page read once.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// What the page says of itself outside its text.
    pub(crate) head: Head,
    /// Block elements in document order; a parent stands before its children. The first is the root.
    pub(crate) nodes: Vec<Node>,
    /// Runs of text in document order.
    pub(crate) blocks: Vec<Block>,
}

/// What a page says of itself outside its text.
#[derive(Debug, Default)]
pub(crate) struct Head {
    /// The `<title>`.
    pub(crate) title: String,
    /// Names (in lower case) and contents of `<meta>` elements, in order.
    pub(crate) metas: Vec<(String, String)>,
    /// The `href` of the first `<base>`, against which addresses on the page are read.
    pub(crate) base: Option<String>,
    /// The `href` of the first `<link rel=canonical>`.
    pub(crate) canonical: Option<String>,
    /// The `lang` of `<html>`, else of `<body>`.
    pub(crate) lang: Option<String>,
    /// Moments marked up in the page, in order.
    pub(crate) times: Vec<Time>,
    /// Elements that seem to name authors, in order.
    pub(crate) bylines: Vec<Byline>,
    /// The pictures shown, in order.
    pub(crate) pictures: Vec<Picture>,
    /// The files of the picture that browsers are told to load first.
    pub(crate) preloaded: Vec<Version>,
}

impl Head {
    /// The first content of a `<meta>` with one of these names that is not blank.
    pub(crate) fn meta(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            let named = self.metas.iter().filter(|(key, _)| key == name);
            named
                .map(|(_, content)| content.trim())
                .find(|content| !content.is_empty())
        })
    }

    /// The contents of every `<meta>` of that name, blank ones left out.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.metas
            .iter()
            .filter(move |(key, content)| key == name && !content.trim().is_empty())
            .map(|(_, content)| content.trim())
    }
}

/// A `<time>` or the like.
#[derive(Debug, Default)]
pub(crate) struct Time {
    /// The machine-readable moment, else the text.
    pub(crate) value: String,
    /// Whether it is marked as the moment of publication.
    pub(crate) is_publication: bool,
    /// Whether it is marked as the moment of a change.
    pub(crate) is_update: bool,
    /// Whether only a class name says that it is a moment.
    pub(crate) is_named: bool,
    /// How many blocks stand before it.
    pub(crate) block: usize,
}

/// Text that seems to name authors.
#[derive(Debug, Default)]
pub(crate) struct Byline {
    /// Lines as they stand on the page.
    pub(crate) text: String,
    /// Whether markup says "author" (`rel`, `itemprop`) rather than a class name.
    pub(crate) is_marked: bool,
    /// What its own names say, and whether a figure is around it. Not what other elements around it are named: an
    /// article as a whole may lie in a `<div class="photo-story">`.
    pub(crate) marks: Marks,
    /// How many blocks stand before it.
    pub(crate) block: usize,
}

/// An `img`, with the `source`s that stand before it.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    /// What it can be loaded from: its own address, then those for other widths.
    pub(crate) versions: Vec<Version>,
    /// Whether its names or its size say that it is a logo, a portrait or the like.
    pub(crate) is_small: bool,
    /// The room that it gets, in pixels; zero where none is said.
    pub(crate) width: u32,
    /// Whether its names say that it is one of a small size, as what leads an article is called too.
    pub(crate) is_thumbnail: bool,
    /// The block element around it.
    pub(crate) node: usize,
    /// How many blocks stand before it.
    pub(crate) block: usize,
}

/// One of the files of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Version {
    /// As written.
    pub(crate) address: String,
    /// Its width in pixels; zero where none is said.
    pub(crate) width: u32,
}

/// A block element.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) tag: Tag,
    /// Index of the parent; the root is its own.
    pub(crate) parent: usize,
    /// Index of the first node that is no descendant.
    pub(crate) end: usize,
    /// The blocks within.
    pub(crate) blocks: Range<usize>,
    /// What its own tag and names say.
    pub(crate) marks: Marks,
    /// Equal for elements of the same tag and class.
    pub(crate) signature: u64,
    /// A heading's rank, 1 to 6; else 0.
    pub(crate) rank: u32,
}

/// A run of text without a block boundary in it.
#[derive(Debug)]
pub(crate) struct Block {
    /// White space folded, not empty.
    pub(crate) text: String,
    /// Index of the innermost block element around it.
    pub(crate) node: usize,
    pub(crate) kind: Tag,
    /// Length in characters without white space; a character of a script without spaces counts
    /// double.
    pub(crate) length: usize,
    /// How much of the length is links.
    pub(crate) linked: usize,
    /// Where its lines end, in bytes, but for the last.
    pub(crate) breaks: Vec<usize>,
    /// What the elements around it say; set when the blocks are weighed, see [`crate::extract`].
    pub(crate) marks: Marks,
}

impl Block {
    /// Its lines, as single line breaks part them.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        let ends = self.breaks.iter().copied().chain([self.text.len()]);
        let mut start = 0;
        ends.filter_map(move |end| {
            let line = self.text.get(start..end);
            start = end.max(start);
            line.map(str::trim).filter(|line| !line.is_empty())
        })
    }

    /// The share of the text that is links, 0 to 1.
    pub(crate) fn link_density(&self) -> f64 {
        self.linked as f64 / self.length.max(1) as f64
    }

    /// Whether it reads like a paragraph of running text: long enough and not mostly links.
    pub(crate) fn is_prose(&self) -> bool {
        self.length >= 60
            && self.link_density() < 0.5
            && !matches!(self.kind, Tag::Heading | Tag::Headline)
    }

    pub(crate) fn is_heading(&self) -> bool {
        self.kind == Tag::Heading
    }
}

/// The tags that matter to extraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Root,
    Article,
    Main,
    Section,
    Header,
    Division,
    Paragraph,
    /// `h1`.
    Headline,
    Heading,
    List,
    Item,
    Quote,
    Table,
    Row,
    Cell,
    Figure,
    Caption,
    Aside,
    Other,
}
