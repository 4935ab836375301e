//! Whether words between marks are what somebody said, or a title, a name or a word held at arm's length.

use super::clause::{Token, is_sentence_end, tokens};
use super::reporting::{Reporting, Roles};
use crate::letters::plain;
use crate::lexicon::{Small, unspaced};
use crate::normalise::{Normalised, Shape, Span};

/// Fewer words are no quotation: they are a word held at arm's length, or a name.
const FEWEST_WORDS: usize = 4;
/// So many characters of a script without spaces are as much as four words.
const FEWEST_UNSPACED: usize = 8;
/// A title has no more words than this.
const LONGEST_TITLE: usize = 12;
/// What a title is said to be stands so many words behind it.
const DESCRIBED: usize = 6;
/// What somebody does in a work stands so many words behind its title, or twice as many before it.
const ACTING: usize = 3;
/// The second noun of a compound has so many letters.
const SHORTEST_NOUN: usize = 4;

/// What the words of a span are like.
#[derive(Default)]
struct Look {
    /// Words parted by spaces.
    words: usize,
    /// Those that begin with a capital.
    capitals: usize,
    /// Those that could be written in lower case and are of some length, and how many have a capital.
    long: usize,
    capital: usize,
    /// Characters of scripts without spaces, and how many are hiragana or another script of grammar.
    unspaced: usize,
    grammar: usize,
}

/// Those of the spans that are quotations, by their own look and by what stands around them.
pub(crate) fn said<'s>(
    text: &'s str,
    body: &'s Normalised,
    language: &'s str,
) -> impl Iterator<Item = Span> + 's {
    let reporting = Reporting::of(language);
    // Where the last title ended: one of a list is followed by others.
    let mut titled = None;
    body.spans.iter().copied().filter(move |span| {
        let listed = titled.is_some_and(|end| is_list(&text[end..span.open], reporting));
        let near = || Near::of(text, body, span, language);
        let judged = judged(text, span, near, listed);
        if judged == Judged::Title {
            titled = Some(span.close);
        }
        judged == Judged::Said
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Judged {
    Said,
    Title,
    /// A name, or words held at arm's length.
    Words,
}

fn judged<'t>(text: &str, span: &Span, near: impl Fn() -> Near<'t>, listed: bool) -> Judged {
    let words = &text[span.start..span.end];
    let look = look(words);
    if look.unspaced * 2 > look.words * 3 {
        let said = is_said_unspaced(text, span, words, &look);
        return if said { Judged::Said } else { Judged::Words };
    }
    let few = look.words < FEWEST_WORDS;
    if few && look.words == 0 || span.shape == Shape::Book {
        return Judged::Words;
    }
    if look.words > LONGEST_TITLE {
        return Judged::Said;
    }
    let ends = words.ends_with(['.', '!', '?', ',', '…', ';']);
    let has_capitals = look.long >= 2
        && look.capital == look.long
        // Nouns have capitals in German: a sentence has other words as well.
        && look.capitals * 5 > look.words * 2 + look.words;
    let near = near();
    let is_told = near.is_reported();
    // Titles begin with a capital in every language: what does not may be said of a work, "“a waste of time”, he said".
    let begins = words.chars().find(|c| c.is_alphanumeric());
    let is_lower = begins.is_some_and(char::is_lowercase);
    let is_work = near.work_behind() || near.work_before(is_told && is_lower);
    let is_work = is_work || !is_lower && (near.is_described() || near.is_acted_in());
    // "told the magazine “…”, “…”": what follows the name of a paper is no list of titles.
    if (is_work || has_capitals) && !listed && near.is_paper(words) {
        return Judged::Words;
    }
    // A question is a title as well, and a comma may stand within the marks that is none of it.
    if is_work || (has_capitals || listed) && !(ends && is_told) {
        Judged::Title
    } else if few {
        Judged::Words
    } else {
        Judged::Said
    }
}

fn look(words: &str) -> Look {
    let mut look = Look::default();
    for word in words.split_whitespace() {
        let mut letters = word.chars().filter(|c| c.is_alphanumeric());
        let Some(first) = letters.next() else {
            continue;
        };
        look.words += 1;
        look.capitals += usize::from(first.is_uppercase());
        let length = 1 + letters.count();
        if length >= 4 && first.is_alphabetic() {
            look.long += usize::from(first.is_lowercase() || first.is_uppercase());
            look.capital += usize::from(first.is_uppercase());
        }
    }
    for c in words.chars() {
        if c.is_ascii() {
            continue;
        }
        match c {
            '\u{3040}'..='\u{309f}' => {
                look.grammar += 1;
                look.unspaced += 1;
            }
            '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => {
                look.unspaced += 1;
            }
            '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => {
                look.unspaced += 1;
                look.grammar += 1;
            }
            _ => {}
        }
    }
    look
}

/// Chinese and Japanese quote names and titles with the marks of speech. What was said has the little
/// words of grammar, or ends as a sentence, or is introduced.
fn is_said_unspaced(text: &str, span: &Span, words: &str, look: &Look) -> bool {
    if span.shape == Shape::Book || is_work_unspaced(&text[..span.open]) {
        return false;
    }
    let ends = words.ends_with(['。', '！', '？', '…', '，']);
    let told = is_told(&text[span.close..]);
    if look.unspaced < FEWEST_UNSPACED && !(look.unspaced >= FEWEST_UNSPACED - 2 && (ends || told))
    {
        return false;
    }
    if look.grammar >= 3 && look.grammar * 5 >= look.unspaced {
        return true;
    }
    let sentence = ends || words.contains(['，', '。', '？', '！', '、']);
    let introduced = text[..span.open]
        .trim_end()
        .ends_with(['：', ':', '，', ',']);
    sentence && (introduced || told || look.unspaced >= 12) || introduced && look.unspaced >= 12
}

/// Whether a word for a work stands right before the mark: 映画「…」.
fn is_work_unspaced(before: &str) -> bool {
    ["ja work", "zh work"]
        .iter()
        .flat_map(|head| unspaced(head))
        .any(|work| before.ends_with(work))
}

/// Whether the words behind a quotation begin with somebody who says something.
fn is_told(behind: &str) -> bool {
    let end = behind
        .char_indices()
        .nth(14)
        .map_or(behind.len(), |(at, _)| at);
    let clause = &behind[..end];
    let clause = clause.split(['。', '“', '「']).next().unwrap_or_default();
    unspaced("zh said").iter().any(|verb| clause.contains(verb))
}

/// So many bytes are read on either side of a span.
const REACH: usize = 160;

/// The words on both sides of a span, in its sentence and its line.
struct Near<'t> {
    text: &'t str,
    language: &'t str,
    before: Vec<Token>,
    behind: Vec<Token>,
}

impl<'t> Near<'t> {
    fn of(text: &'t str, body: &Normalised, span: &Span, language: &'t str) -> Self {
        let reporting = Reporting::of(language);
        let floor = text.ceil_char_boundary(span.open.saturating_sub(REACH));
        let line = body.line(span.open).0.max(floor);
        let before = tokens(text, line, span.open, line > floor, reporting);
        let ends = |token: &Token| token.mark.is_some_and(is_sentence_end);
        let sentence = before.iter().rposition(ends).map_or(0, |at| at + 1);
        let limit = text.floor_char_boundary((span.close + REACH).min(text.len()));
        let line = body.line(span.close).1.clamp(span.close, limit);
        let mut behind = tokens(text, span.close, line, false, reporting);
        behind.truncate(behind.iter().position(ends).unwrap_or(behind.len()));
        Self {
            text,
            language,
            before: before[sentence..].to_vec(),
            behind,
        }
    }

    /// Whether somebody is said to say what stands there.
    fn is_reported(&self) -> bool {
        let says = |token: &Token| {
            token.is(Roles::VERB) && !token.is_name()
                || token.is(Roles::PER)
                || token.is(Roles::POST)
        };
        self.before
            .last()
            .is_some_and(|last| last.mark == Some(':'))
            || self.behind.iter().take(6).any(says)
            || self.before.iter().rev().take(8).any(says)
    }

    /// "“…” is her third album".
    fn is_described(&self) -> bool {
        let mut clause = self.behind.iter().take_while(|token| token.is_word());
        let is = clause.next().is_some_and(|first| first.is(Roles::COPULA));
        let told = self
            .before
            .last()
            .is_some_and(|last| last.mark == Some(':'));
        is && !told && clause.take(DESCRIBED).any(|token| self.names_work(token))
    }

    /// "In “…” she plays", "who stars in “…”".
    fn is_acted_in(&self) -> bool {
        let acts = |token: &Token| token.is(Roles::ACTS);
        let last = self.before.last();
        last.is_some_and(|last| last.is_word() && last.is(Roles::PREPOSITION))
            && (self.behind.iter().take(ACTING).any(acts)
                || self.before.iter().rev().take(ACTING * 2).any(acts))
    }

    /// Whether a paper or a station is named, to which somebody speaks: "told the weekly “…”".
    fn is_paper(&self, words: &str) -> bool {
        let says = |token: &Token| token.is(Roles::VERB) && !token.is_name();
        let paper = |word: &str| self.is_kind(word, Roles::PAPER);
        let noun = self.before.last();
        let noun = noun.is_some_and(|last| paper(&self.text[last.start..last.end]));
        self.before.iter().any(says) && (noun || words.split_whitespace().any(paper))
    }

    /// "the film “…”", "her novel, “…”", "songs such as “…”"; what may be `said` of a work is one's title only behind
    /// "entitled".
    fn work_before(&self, said: bool) -> bool {
        let mut at = self.before.len();
        while let Some(token) = at.checked_sub(1).map(|at| &self.before[at]) {
            // "known as the “…”"
            let named = || at > 1 && self.before[at - 2].is(Roles::TITLED);
            let passes = matches!(token.mark, Some(',' | '('))
                || token.is_word() && self.is_such_as(at - 1)
                || token.is(Roles::DETERMINER) && token.is_word() && named();
            if !passes {
                break;
            }
            at -= 1;
        }
        let Some(at) = at.checked_sub(1) else {
            return false;
        };
        let token = &self.before[at];
        if said || token.is(Roles::TITLED) {
            return token.is(Roles::TITLED) && !self.says_in_passive(at);
        }
        let article = |back: usize| {
            at.checked_sub(back).is_some_and(|at| {
                let token = &self.before[at];
                token.is(Roles::DETERMINER) || token.possessive
            })
        };
        let adjective = at > 0 && self.before[at - 1].roles.is_plain();
        token.is_word()
            && (self.names_work(token)
                || token.is(Roles::PERHAPS) && (article(1) || adjective && article(2)))
    }

    /// "es heißt": that is said by somebody, where "er heißt" names him.
    fn says_in_passive(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| &self.before[at]);
        let it =
            before.is_some_and(|token| &self.text[token.start..token.end].to_lowercase() == "es");
        it && self.before[at].is(Roles::VERB)
    }

    fn is_such_as(&self, at: usize) -> bool {
        let word = |at: usize| &self.text[self.before[at].start..self.before[at].end];
        Small::Such.has(word(at)) || word(at) == "as" && at > 0 && word(at - 1) == "such"
    }

    /// "the “…” container ship", "“…” adlı film".
    fn work_behind(&self) -> bool {
        let article = self
            .before
            .last()
            .is_some_and(|last| last.is(Roles::DETERMINER) || last.possessive);
        let noun_last = matches!(self.language, "tr" | "az" | "hu" | "fi" | "et" | "hi");
        let nouns = self.behind.iter().take(3);
        (article || noun_last)
            && nouns
                .take_while(|token| token.is_word() && token.lower && token.roles.is_plain())
                .any(|token| self.names_work(token) || token.is(Roles::THING))
    }

    fn names_work(&self, token: &Token) -> bool {
        self.is_kind(&self.text[token.start..token.end], Roles::WORK)
    }

    /// Germanic languages write a noun together with what it is of: Containerschiff, Kinofilm.
    fn is_kind(&self, word: &str, role: Roles) -> bool {
        let word = plain(word);
        let reporting = Reporting::of(self.language);
        let compounds = matches!(
            self.language,
            "de" | "nl" | "sv" | "nb" | "no" | "nn" | "da"
        );
        reporting.role(&word).is(role)
            || compounds
                && word.char_indices().skip(3).any(|(at, _)| {
                    word.len() - at >= SHORTEST_NOUN && reporting.role(&word[at..]).is(role)
                })
    }
}

/// Whether nothing but "and" stands between two titles.
fn is_list(between: &str, reporting: &Reporting) -> bool {
    between.len() < 24
        && between
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
            .filter(|word| !word.is_empty())
            .all(|word| reporting.role(&plain(word)).is(Roles::OPEN))
}
