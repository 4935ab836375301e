//! Citations that more than the words right beside the agency make: verbs at the end of the sentence, and passives.

use super::cites::{Around, folded_words};
use super::cues::{cues, stem};
use super::pictures::is_picture;

/// The end of a sentence in which its verb stands, in bytes.
const VERB_BYTES: usize = 60;

/// The end of a clause in which its verb stands, in characters of a script without spaces.
const VERB_CHARS: usize = 10;

/// Between a participle and whoever did it stand no more words: "révélée lundi par", "avançada esta segunda-feira pela".
const BETWEEN: usize = 3;

/// What a participle belongs to is looked for in so many bytes before it.
const SUBJECT_BYTES: usize = 72;

impl Around<'_> {
    /// Whether the agency is what the sentence is about, and the sentence ends in a verb of reporting: "ロイター通信は…と
    /// 報じた", "Reuters, … bildirdi".
    pub(super) fn reports_at_the_end(&self) -> bool {
        self.is_topic_unspaced() && self.ends_in_report_unspaced()
            || self.is_topic() && self.ends_in_report()
    }

    fn is_topic_unspaced(&self) -> bool {
        let cues = cues();
        let mut nouns = cues.agency_nouns_unspaced.iter();
        let bare = nouns.find_map(|noun| self.rest.strip_prefix(noun.as_str()));
        let rest = bare.unwrap_or(self.rest).trim_start();
        let mut topics = cues.topics_unspaced.iter();
        topics.any(|topic| rest.starts_with(topic.as_str()))
    }

    /// Whether a clause ends in a verb of reporting: the last one, or one that another follows ("…と報じ、…").
    fn ends_in_report_unspaced(&self) -> bool {
        let clauses = self.rest.split(['、', '，', ',']).rev();
        let mut clauses = clauses.enumerate();
        clauses.any(|(behind, clause)| {
            let told = report_of(clause);
            told.is_some_and(|told| behind == 0 || told.ends_with('と'))
        })
    }

    /// Whether the agency opens its sentence, or a comma behind it parts it from the rest.
    fn is_topic(&self) -> bool {
        let opens = self.before.trim().is_empty() && self.rest.starts_with([' ', '\u{a0}']);
        opens || self.rest.starts_with([',', '،'])
    }

    fn ends_in_report(&self) -> bool {
        let rest = self.rest;
        let from = rest.ceil_char_boundary(rest.len().saturating_sub(VERB_BYTES));
        let end = folded_words(&rest[from..]);
        cues().cited_last.ending(&end).next().is_some()
    }

    /// The participle of a passive whose agent is the agency: "révélée par", "anticipata dall'", by its stem.
    fn participle(&self) -> Option<&str> {
        let cues = cues();
        let is_agent = |word: &str| cues.agents.has(word) || cues.agents_beside.has(word);
        let words = self.words_before.rsplit(' ');
        let mut words = words.skip_while(|word| cues.before_agency.has(word) && !is_agent(word));
        let agent = words.next().filter(|word| is_agent(word))?;
        let (most, passives) = if cues.agents.has(agent) {
            (BETWEEN, &cues.passives)
        } else {
            (0, &cues.passives_beside)
        };
        let mut near = words.take(most + 1).map(stem);
        near.find(|word| passives.has(word))
    }

    /// "Révélée par", "adelantada por", "avançada pela": what somebody made known. A picture is shown.
    pub(super) fn made_it_known(&self) -> bool {
        self.participle()
            .is_some_and(|word| !cues().passives_of_pictures.has(word) || !self.is_of_a_picture())
    }

    /// Whether a picture was made, sold or spread by the agency: "la photo diffusée par".
    pub(super) fn spread_a_picture(&self) -> bool {
        let shown = |word| cues().passives_of_pictures.has(word);
        self.participle().is_some_and(shown) && self.is_of_a_picture()
    }

    fn is_of_a_picture(&self) -> bool {
        let words = &self.words_before;
        is_picture(&words[words.ceil_char_boundary(words.len().saturating_sub(SUBJECT_BYTES))..])
    }
}

/// What stands before the verb of reporting that a clause ends in, so far as it is looked at. "ロイターが破産すると報じられた"
/// has none: that others report of the agency.
fn report_of(clause: &str) -> Option<&str> {
    let cues = cues();
    let from = clause.char_indices().rev().nth(VERB_CHARS - 1);
    let end = &clause[from.map_or(0, |(at, _)| at)..];
    let is_passive = |behind: &str| {
        let mut passives = cues.passives_unspaced.iter();
        passives.any(|passive| behind.starts_with(passive.as_str()))
    };
    let verbs = cues.cited_last_unspaced.iter();
    let mut told = verbs.filter_map(|verb| {
        let at = end.rfind(verb.as_str())?;
        (!is_passive(&end[at + verb.len()..])).then_some(&end[..at])
    });
    told.next()
}
