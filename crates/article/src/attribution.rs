//! Whose words and whose facts an article says it has.

use serde::{Deserialize, Serialize};

/// An agency or outlet that an article owes something to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Attribution {
    /// The agency, by its slug in the table of agencies. `unspecified` where "agencies" are credited by no
    /// name; an outlet's name in lower case where it is no agency.
    pub source: String,
    /// What it gave.
    pub class: AttributionClass,
    /// How sure, 0 to 1.
    pub confidence: f64,
    /// What shows it, the strongest first.
    pub evidence: Vec<Credit>,
}

/// What an agency or outlet gave to an article, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttributionClass {
    /// The text: it is the agency's copy.
    Wire,
    /// A part of the text: staff wrote it with the agency's material.
    Contrib,
    /// The whole article, taken over from another outlet.
    Republished,
    /// Facts: the text says that the agency reported them.
    Cites,
}

impl AttributionClass {
    /// The name as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Contrib => "contrib",
            Self::Republished => "republished",
            Self::Cites => "cites",
        }
    }
}

/// A place where an article names an agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Credit {
    /// Which place.
    pub place: Place,
    /// The words that stand there.
    pub text: String,
    /// Where in the article's text they begin, in bytes; absent for what is no part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

/// The places where articles name agencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A field of the page's data that names authors or the source, or the feed's.
    AuthorField,
    /// A line about the headline that says who wrote.
    Byline,
    /// Before the first sentence of the text.
    Dateline,
    /// A line beside the text that says who contributed, or whose the rights are.
    CreditLine,
    /// At the end of the text.
    SignOff,
    /// Who publishes the page, or whose site it is.
    Publisher,
    /// The headline.
    Title,
    /// A sentence of the text.
    Body,
}
