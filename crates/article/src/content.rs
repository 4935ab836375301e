//! What stands in an article's text.

use serde::{Deserialize, Serialize};

use crate::Quotation;

/// What was found in an article's text. Each kind can be switched off, and is empty then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Content {
    /// What it quotes, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotations: Vec<Quotation>,
    /// What it names, the most often named first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Name>,
    /// The countries that it mentions, the most often mentioned first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Country>,
    /// The words that tell it from other articles, the most telling first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Keyword>,
}

/// Somebody or something that an article names. What kind of thing it is is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Name {
    /// The fullest form of it in the text.
    pub name: String,
    /// How often it is named, in whatever form.
    pub count: u32,
    /// Where in the article's text that form first stands, in bytes.
    pub start: u32,
    /// How many other articles of the last weeks have the rarest of its words, about; 0 where that is not known.
    pub articles: u32,
}

/// A country that an article mentions: by its name, its people, or one of its large cities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Country {
    /// Its code of two letters, as in ISO 3166-1.
    pub code: String,
    /// The word that first says so, as it is written.
    pub mention: String,
    /// How often it is mentioned, in whatever form.
    pub count: u32,
    /// Where in the article's text the first mention stands, in bytes.
    pub start: u32,
}

/// A word that tells this article from the others of the last weeks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Keyword {
    /// The word, as it is written where it first stands in the text.
    pub word: String,
    /// How much it tells: how often it stands here, by how rare it is elsewhere.
    pub weight: f64,
    /// Where in the article's text it first stands, in bytes.
    pub start: u32,
}
