//! What stands around the name of an agency, language by language: data in `data/cues.toml`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::words::folded;

/// Phrases, each of one word or more, looked up by what a text begins or ends with.
#[derive(Debug)]
pub(super) struct Phrases(HashSet<String>);

/// The longest phrase has so many words.
const MOST_WORDS: usize = 5;

impl Phrases {
    /// Whether the word is one of them.
    pub(super) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// The phrases that `words`, parted by single spaces, end with, the shortest first.
    pub(super) fn ending<'w>(&self, words: &'w str) -> impl Iterator<Item = &'w str> {
        let spaces = words.rmatch_indices(' ').map(|(at, _)| at + 1);
        let starts = spaces.chain([0]).take(MOST_WORDS);
        starts.map(|at| &words[at..]).filter(|end| self.has(end))
    }

    /// The phrases that `words`, parted by single spaces, begin with, the shortest first.
    pub(super) fn beginning<'w>(&self, words: &'w str) -> impl Iterator<Item = &'w str> {
        let spaces = words.match_indices(' ').map(|(at, _)| at);
        let ends = spaces.chain([words.len()]).take(MOST_WORDS);
        ends.map(|at| &words[..at]).filter(|begin| self.has(begin))
    }
}

/// The vocabulary of credits and citations. Words are folded, but for those of scripts without spaces and
/// those that say so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cues {
    /// "Agencies", where they are credited by no name.
    #[serde(deserialize_with = "parted")]
    pub unnamed: Vec<String>,
    /// Says that a line is about a picture or film.
    #[serde(deserialize_with = "phrases")]
    pub picture: Phrases,
    /// The same in scripts without spaces, found anywhere in a line.
    #[serde(deserialize_with = "parted")]
    pub picture_unspaced: Vec<String>,
    /// Words of a credit line that name nobody.
    #[serde(deserialize_with = "phrases")]
    pub filler: Phrases,
    /// "With", before agencies whose material a text was made with.
    #[serde(deserialize_with = "phrases")]
    pub with: Phrases,
    /// What stands beside "with": files, material, inputs.
    #[serde(deserialize_with = "phrases")]
    pub material: Phrases,
    /// Verbs that make a credit one for part of the text.
    #[serde(deserialize_with = "phrases")]
    pub contributed: Phrases,
    /// Who signs as an agency's own: what comes before it belongs to the agency.
    #[serde(deserialize_with = "phrases")]
    pub role: Phrases,
    /// "And", between credits.
    #[serde(deserialize_with = "phrases")]
    pub and: Phrases,
    /// Articles that names of outlets begin with and names of people do not.
    #[serde(deserialize_with = "phrases")]
    pub articles: Phrases,
    /// The months and days of datelines and bylines.
    #[serde(deserialize_with = "phrases")]
    pub dates: Phrases,
    /// What comes before an agency that is named for facts: the last words before it, articles and the word for news agency left out.
    #[serde(deserialize_with = "phrases")]
    pub cited_before: Phrases,
    /// What follows an agency that is named for facts: the first words behind it.
    #[serde(deserialize_with = "phrases")]
    pub cited_after: Phrases,
    /// Words before an agency that somebody spoke to, and before much else.
    #[serde(deserialize_with = "phrases")]
    pub told_before: Phrases,
    /// Words behind an agency that somebody spoke to, and behind much else.
    #[serde(deserialize_with = "phrases")]
    pub told_after: Phrases,
    /// The word for a news agency, beside whose name nothing else can be meant.
    #[serde(deserialize_with = "phrases")]
    pub agency_nouns: Phrases,
    /// Who or what of an agency makes news itself.
    #[serde(deserialize_with = "phrases")]
    pub its_own: Phrases,
    /// What an agency does for itself, where one of `its_objects` follows.
    #[serde(deserialize_with = "phrases")]
    pub its_acts: Phrases,
    /// What is an agency's own, where it announces it.
    #[serde(deserialize_with = "phrases")]
    pub its_objects: Phrases,
    /// What stands before a name in scripts without spaces.
    #[serde(deserialize_with = "parted")]
    pub cited_before_unspaced: Vec<String>,
    /// What stands behind a name in scripts without spaces.
    #[serde(deserialize_with = "parted")]
    pub cited_after_unspaced: Vec<String>,
    /// People of an agency, who may be witnesses or may make news themselves.
    #[serde(deserialize_with = "phrases")]
    pub people: Phrases,
    /// What witnesses do.
    #[serde(deserialize_with = "phrases")]
    pub witnessed: Phrases,
    /// Verbs of saying that stand before the speaker, and the agency behind him.
    #[serde(deserialize_with = "phrases")]
    pub said: Phrases,
    /// What stands right before an agency that somebody spoke to.
    #[serde(deserialize_with = "phrases")]
    pub addressed: Phrases,
    /// What stands before the name of the outlet that an article is taken over from.
    #[serde(deserialize_with = "worded")]
    pub taken_from: Vec<Vec<String>>,
    /// What is taken over is an article: a book may have been published first by its publisher.
    #[serde(deserialize_with = "phrases")]
    pub taken: Phrases,
    /// Parts of these phrases as written: a paragraph that has none is not looked at.
    #[serde(deserialize_with = "parted")]
    pub taken_signs: Vec<String>,
    /// What stands before these phrases where nothing else does.
    #[serde(deserialize_with = "phrases")]
    pub taken_filler: Phrases,
    /// What has no capital within an outlet's name, as written.
    #[serde(deserialize_with = "parted")]
    pub in_outlets: Vec<String>,
    /// How outlets' sites end, which is no part of their name.
    #[serde(deserialize_with = "parted")]
    pub site_endings: Vec<String>,
    /// Days and months as English writes them, which follow an outlet's name and are no part of it.
    #[serde(deserialize_with = "parted")]
    pub days: Vec<String>,
    /// Articles and the like between a cue and the agency.
    #[serde(deserialize_with = "phrases")]
    pub before_agency: Phrases,
    /// Short cues that are sure even before an ambiguous short form.
    #[serde(deserialize_with = "phrases")]
    pub cited_surely: Phrases,
    /// What an agency does with a picture.
    #[serde(deserialize_with = "parted")]
    pub shown_by: Vec<String>,
    /// How a line begins that is a link to another article.
    #[serde(deserialize_with = "phrases")]
    pub related: Phrases,
    /// How bylines and rights begin.
    #[serde(deserialize_with = "phrases")]
    pub signed: Phrases,
    /// How credits begin.
    #[serde(deserialize_with = "phrases")]
    pub credit_opening: Phrases,
    /// What stands before the place that somebody reports from.
    #[serde(deserialize_with = "phrases")]
    pub at_places: Phrases,
    /// Marks of an agency's regional and special services, as written.
    #[serde(deserialize_with = "parted")]
    pub services: Vec<String>,
    /// Words in what signs an article that are of a newsroom and of no person.
    #[serde(deserialize_with = "phrases")]
    pub newsroom: Phrases,
    /// Who else writes, where agencies are credited by no name.
    #[serde(deserialize_with = "phrases")]
    pub staff: Phrases,
    /// What institutes, prizes and the like are called by, right behind whoever they are named after.
    #[serde(deserialize_with = "phrases")]
    pub bodies: Phrases,
    /// What is said of a dateline that is shown: it is a headline's, or a forgery's.
    #[serde(deserialize_with = "phrases")]
    pub shown_as: Phrases,
    /// How a list of partners, links or sources begins, the word alone or before a colon.
    #[serde(deserialize_with = "phrases")]
    pub lists: Phrases,
    /// How a list of references begins, where the word stands alone: before a colon it begins a credit.
    #[serde(deserialize_with = "phrases")]
    pub references: Phrases,
    /// What is said of news and of nothing else, and of the agency that somebody spoke to.
    #[serde(deserialize_with = "phrases")]
    pub reported: Phrases,
    /// Who leads an agency, with what stands between him and its name.
    #[serde(deserialize_with = "phrases")]
    pub heads: Phrases,
    /// What befalls an agency's people.
    #[serde(deserialize_with = "phrases")]
    pub harmed: Phrases,
    /// What a firm does with its results.
    #[serde(deserialize_with = "phrases")]
    pub says_results: Phrases,
    /// A firm's results.
    #[serde(deserialize_with = "phrases")]
    pub its_results: Phrases,
    /// What stands between results and the firm that they are of.
    #[serde(deserialize_with = "phrases")]
    pub of_another: Phrases,
    /// What says that a line is about a picture, where it is a label: "Credit:", "Karte:".
    #[serde(deserialize_with = "phrases")]
    pub picture_label: Phrases,
    /// Whose pictures stand beside an agency's: "Keystone / AFP".
    #[serde(deserialize_with = "phrases")]
    pub picture_source: Phrases,
    /// What says that a sentence is about rights.
    #[serde(deserialize_with = "phrases")]
    pub rights: Phrases,
    /// What firms are called by that have the short form of an agency in their name.
    #[serde(deserialize_with = "phrases")]
    pub firms: Phrases,
    /// What says that an article is as it came from an agency.
    #[serde(deserialize_with = "phrases")]
    pub syndicated: Phrases,
    /// What says that it was only made from what came.
    #[serde(deserialize_with = "phrases")]
    pub based_on: Phrases,
    /// "This", before the word for an article.
    #[serde(deserialize_with = "phrases")]
    pub this: Phrases,
    /// What an article is called by a note about itself.
    #[serde(deserialize_with = "phrases")]
    pub copy: Phrases,
    /// What a report is joined with that is an agency's: "dpa-Bericht".
    #[serde(deserialize_with = "phrases")]
    pub compounds: Phrases,
    /// "Not" and "never".
    #[serde(deserialize_with = "phrases")]
    pub never: Phrases,
    /// "No", before a noun.
    #[serde(deserialize_with = "phrases")]
    pub no: Phrases,
    /// "Neither", before several agencies.
    #[serde(deserialize_with = "phrases")]
    pub neither: Phrases,
    /// "Only", which makes no denial of "not".
    #[serde(deserialize_with = "phrases")]
    pub only: Phrases,
    /// What stands between a report and whose it is.
    #[serde(deserialize_with = "phrases")]
    pub by: Phrases,
    /// What an agency does with its reports, where the verb may be a noun as well.
    #[serde(deserialize_with = "phrases")]
    pub publish: Phrases,
    /// What an agency does with its reports.
    #[serde(deserialize_with = "phrases")]
    pub published: Phrases,
    /// Verbs of reporting at the end of a sentence whose topic is the agency, in languages that set them there.
    #[serde(deserialize_with = "phrases")]
    pub cited_last: Phrases,
    /// Stems of the same in scripts without spaces.
    #[serde(deserialize_with = "parted")]
    pub cited_last_unspaced: Vec<String>,
    /// What makes a passive of these stems: somebody else reports it.
    #[serde(deserialize_with = "parted")]
    pub passives_unspaced: Vec<String>,
    /// What stands behind a topic in scripts without spaces.
    #[serde(deserialize_with = "parted")]
    pub topics_unspaced: Vec<String>,
    /// The word for a news agency, written on to its name.
    #[serde(deserialize_with = "parted")]
    pub agency_nouns_unspaced: Vec<String>,
    /// Participles of what is made known, which `agents` follow; by their stems, whatever their gender and number.
    #[serde(deserialize_with = "stems")]
    pub passives: Phrases,
    /// Those of them that are said of pictures too.
    #[serde(deserialize_with = "stems")]
    pub passives_of_pictures: Phrases,
    /// "By", between a participle and whoever did it, other words between the two or not.
    #[serde(deserialize_with = "phrases")]
    pub agents: Phrases,
    /// "By", where it means "of" too: right behind the participle alone.
    #[serde(deserialize_with = "phrases")]
    pub agents_beside: Phrases,
    /// The participles that such a word may follow, by their stems.
    #[serde(deserialize_with = "stems")]
    pub passives_beside: Phrases,
    /// What goes on behind an agency that is named for facts, and is no part of a longer name.
    #[serde(deserialize_with = "phrases")]
    pub behind_agency: Phrases,
    /// The days of the week as captions end with them.
    #[serde(deserialize_with = "phrases")]
    pub weekdays: Phrases,
    /// Currencies as they stand before an amount.
    #[serde(deserialize_with = "phrases")]
    pub currencies: Phrases,
    /// What people are called by before their surname.
    #[serde(deserialize_with = "phrases")]
    pub given: Phrases,
    /// States of America as datelines end with them.
    #[serde(deserialize_with = "phrases")]
    pub states: Phrases,
    /// What a credit says that the agency gave to.
    #[serde(deserialize_with = "phrases")]
    pub report: Phrases,
}

fn parted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let phrases = text.split('|').map(str::trim);
    let mut all: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    for phrase in phrases.filter(|phrase| !phrase.is_empty()) {
        if !known.insert(phrase) {
            let reason = format!("{phrase:?} stands twice in a list; take one out");
            return Err(D::Error::custom(reason));
        }
        all.push(phrase.to_owned());
    }
    Ok(all)
}

/// Folded as texts are, and parted at apostrophes as these are.
fn folded_phrases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let phrases = parted(deserializer)?;
    let folded = phrases
        .iter()
        .map(|phrase| folded(phrase).replace('\'', " "));
    Ok(folded.collect())
}

/// The words of each phrase: they are looked for at every word of a paragraph, so they are parted once.
fn worded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<String>>, D::Error> {
    let phrases = folded_phrases(deserializer)?;
    let words = |phrase: &String| phrase.split(' ').map(str::to_owned).collect();
    Ok(phrases.iter().map(words).collect())
}

fn phrases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Phrases, D::Error> {
    let phrases = folded_phrases(deserializer)?;
    Ok(Phrases(phrases.into_iter().collect()))
}

/// A participle without what its gender and number make of it: "révélée" and "révélés", "revelada" and "revelados".
pub(super) fn stem(word: &str) -> &str {
    word.trim_end_matches(['s', 'e', 'a', 'o', 'i'])
}

fn stems<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Phrases, D::Error> {
    let words = folded_phrases(deserializer)?;
    Ok(Phrases(
        words.iter().map(|word| stem(word).to_owned()).collect(),
    ))
}

const TEXT: &str = include_str!("../../data/cues.toml");

static CUES: LazyLock<Cues> =
    LazyLock::new(|| toml::from_str(TEXT).expect("the built-in cues are tested"));

pub(super) fn cues() -> &'static Cues {
    &CUES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_stands_in_a_list_once() {
        let built_in = toml::from_str::<Cues>(TEXT);
        assert!(built_in.is_ok(), "{built_in:?}");
        let twice = TEXT.replacen("shown_by = '''", "shown_by = '''taken by | ", 1);
        let error = toml::from_str::<Cues>(&twice).expect_err("one stands twice");
        assert!(
            error.to_string().contains("\"taken by\" stands twice"),
            "{error}"
        );
    }
}
