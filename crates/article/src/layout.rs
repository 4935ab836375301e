//! How an article's text stands on its page.

use serde::{Deserialize, Serialize};

/// What the plain text leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Layout {
    /// What each paragraph of the text is, in order: as many as an empty line parts. Empty where the
    /// text is not from the page's own blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
    /// The lines between headline and text. The text begins with them too, but in English, which
    /// sets them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standfirst: Option<String>,
    /// Who wrote, and when, as it stands on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// What is said of the article's pictures and films.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<String>,
    /// Where the article may name its sources, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Zone>,
    /// How much the text is to be believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_quality: Option<TextQuality>,
    /// What of the page was not read because there is too much of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
}

impl Layout {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a paragraph of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Block {
    /// Its kind.
    pub kind: BlockKind,
    /// A heading's rank, 1 to 6; 0 for what is no heading.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub level: u32,
    /// The list or table that it is in, counted from 1; 0 for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub group: u32,
    /// The row of the table, counted from 1; 0 for what is in no table.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub row: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The kinds of paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Running text.
    Paragraph,
    /// Stands above a part of the text.
    Heading,
    /// Of a list.
    Item,
    /// Somebody else's words, set apart.
    Quote,
    /// Of a table.
    Cell,
}

/// A place where an article may name its sources. Nothing in it is judged yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Zone {
    /// Which place.
    pub kind: ZoneKind,
    /// What stands there.
    pub text: String,
    /// Where in the article's text it begins, in bytes; absent for what is no part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

/// The places where articles name their sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// A field of the page's data that names authors, or the source (`source`, `dc.source`, `original-source`).
    AuthorField,
    /// A line about the headline that says who wrote.
    Byline,
    /// Place and agency before the first sentence.
    Dateline,
    /// What is said of a picture: its credit is no credit of the text.
    ImageCredit,
    /// A line that says who contributed, or whose the rights are.
    Credit,
    /// A short paragraph at the text's end, or what its last paragraphs say in brackets at their end.
    SignOff,
}

/// What a page may not have any amount of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// It has more elements than are read; what follows them is left out.
    Elements,
    /// Its elements nest deeper than is read; deeper ones are unwrapped.
    Depth,
    /// It has more JSON-LD than is read; the scripts that no longer fit are left out.
    LinkedData,
    /// It has more data for its own scripts than is read; those that no longer fit are left out.
    Payload,
}

/// How much a text is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TextQuality {
    /// Running text found on the page.
    Good,
    /// Little text, or only the beginning of it.
    Thin,
    /// Taken from the page's data, because the page itself does not show it.
    Data,
    /// Taken from the feed, because the page has none.
    Feed,
}
