//! What stands around the name of an agency, language by language: data in `cues.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use crate::words::folded;

/// Phrases, each of one word or more.
pub(super) type Phrases = Vec<String>;

/// The vocabulary of credits and citations. Words are folded, but for those of scripts without spaces and
/// those that say so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cues {
    /// "Agencies", where they are credited by no name.
    #[serde(deserialize_with = "parted")]
    pub unnamed: Phrases,
    /// Says that a line is about a picture or film.
    #[serde(deserialize_with = "folded_phrases")]
    pub picture: Phrases,
    /// The same in scripts without spaces, found anywhere in a line.
    #[serde(deserialize_with = "parted")]
    pub picture_unspaced: Phrases,
    /// Words of a credit line that name nobody.
    #[serde(deserialize_with = "folded_phrases")]
    pub filler: Phrases,
    /// "With", before agencies whose material a text was made with.
    #[serde(deserialize_with = "folded_phrases")]
    pub with: Phrases,
    /// What stands beside "with": files, material, inputs.
    #[serde(deserialize_with = "folded_phrases")]
    pub material: Phrases,
    /// Verbs that make a credit one for part of the text.
    #[serde(deserialize_with = "folded_phrases")]
    pub contributed: Phrases,
    /// Who signs as an agency's own: what comes before it belongs to the agency.
    #[serde(deserialize_with = "folded_phrases")]
    pub role: Phrases,
    /// "And", between credits.
    #[serde(deserialize_with = "folded_phrases")]
    pub and: Phrases,
    /// Articles that names of outlets begin with and names of people do not.
    #[serde(deserialize_with = "folded_phrases")]
    pub articles: Phrases,
    /// The months and days of datelines and bylines.
    #[serde(deserialize_with = "folded_phrases")]
    pub dates: Phrases,
    /// What comes before an agency that is named for facts: the last words before it, articles and the word for news agency left out.
    #[serde(deserialize_with = "folded_phrases")]
    pub cited_before: Phrases,
    /// What follows an agency that is named for facts: the first words behind it.
    #[serde(deserialize_with = "folded_phrases")]
    pub cited_after: Phrases,
    /// The word for a news agency, beside whose name nothing else can be meant.
    #[serde(deserialize_with = "folded_phrases")]
    pub agency_nouns: Phrases,
    /// Who or what of an agency makes news itself.
    #[serde(deserialize_with = "folded_phrases")]
    pub its_own: Phrases,
    /// What stands before a name in scripts without spaces.
    #[serde(deserialize_with = "parted")]
    pub cited_before_unspaced: Phrases,
    /// What stands behind a name in scripts without spaces.
    #[serde(deserialize_with = "parted")]
    pub cited_after_unspaced: Phrases,
    /// People of an agency, who may be witnesses or may make news themselves.
    #[serde(deserialize_with = "folded_phrases")]
    pub people: Phrases,
    /// What witnesses do.
    #[serde(deserialize_with = "folded_phrases")]
    pub witnessed: Phrases,
    /// Verbs of saying that stand before the speaker, and the agency behind him.
    #[serde(deserialize_with = "folded_phrases")]
    pub said: Phrases,
    /// What stands right before an agency that somebody spoke to.
    #[serde(deserialize_with = "folded_phrases")]
    pub addressed: Phrases,
    /// What stands before the name of the outlet that an article is taken over from.
    #[serde(deserialize_with = "folded_phrases")]
    pub taken_from: Phrases,
    /// What is taken over is an article: a book may have been published first by its publisher.
    #[serde(deserialize_with = "folded_phrases")]
    pub taken: Phrases,
    /// Parts of these phrases as written: a paragraph that has none is not looked at.
    #[serde(deserialize_with = "parted")]
    pub taken_signs: Phrases,
    /// Who else writes, where agencies are credited by no name.
    #[serde(deserialize_with = "folded_phrases")]
    pub staff: Phrases,
    /// What a credit says that the agency gave to.
    #[serde(deserialize_with = "folded_phrases")]
    pub report: Phrases,
}

fn parted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Phrases, D::Error> {
    let text = String::deserialize(deserializer)?;
    let phrases = text
        .split('|')
        .map(str::trim)
        .filter(|phrase| !phrase.is_empty());
    Ok(phrases.map(str::to_owned).collect())
}

/// Folded as texts are; words are not, which `parted` leaves as they are.
fn folded_phrases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Phrases, D::Error> {
    let phrases = parted(deserializer)?;
    Ok(phrases.iter().map(|phrase| folded(phrase)).collect())
}

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    toml::from_str(include_str!("cues.toml")).expect("the built-in cues are tested")
});

pub(super) fn cues() -> &'static Cues {
    &CUES
}

/// Whether `words` has `word`.
pub(super) fn has(words: &[String], word: &str) -> bool {
    words.iter().any(|known| known == word)
}
