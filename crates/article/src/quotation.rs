//! What an article quotes.

use serde::{Deserialize, Serialize};

/// Words that somebody else said or wrote, of four words or more. A longer quotation of several paragraphs
/// is one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Quotation {
    /// The words, without their marks.
    pub text: String,
    /// Where in the article's text they begin, in bytes.
    pub start: u32,
    /// Where they end, in bytes.
    pub end: u32,
    /// How it is known that they are quoted.
    #[serde(default, skip_serializing_if = "QuotationForm::is_marked")]
    pub form: QuotationForm,
    /// Whose words they are, where that is sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Speaker>,
    /// Hash of the words, in hexadecimal: the same whatever the marks, the capitals and the diacritics.
    pub hash: String,
    /// Hashes of each four words in a row, by which a quotation is known that another cut or lengthened.
    /// Only of quotations of eight words or more: shorter ones are anybody's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shingles: Vec<u32>,
}

/// How it is known that words are quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuotationForm {
    /// They stand between quotation marks.
    #[default]
    Marked,
    /// They are a post of a social network that the text reproduces.
    Post,
    /// They are a turn of speech without marks: behind the name of whoever speaks, as in a transcript or an interview,
    /// or behind a dash, as in dialogue.
    Transcript,
    /// The page sets them apart.
    Block,
}

impl QuotationForm {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    fn is_marked(&self) -> bool {
        *self == Self::Marked
    }
}

/// Whose words are quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Speaker {
    /// The name, or the role where no name stands there, as it is written, without titles.
    pub name: String,
    /// Where in the article's text that stands, in bytes.
    pub start: u32,
    /// How it is known.
    pub how: SpeakerHow,
}

/// How a speaker is known, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SpeakerHow {
    /// The subject of the verb of saying, or the label before the words.
    Stated,
    /// What stands behind "according to".
    Source,
    /// A pronoun or a role stands there, which means somebody named before.
    Resolved,
    /// Nothing stands there: the quotation goes on with what was reported before it.
    Continued,
}
