//! Who wrote something, and when, in one line or in two.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::extract::live::is_clock;
use crate::facts::date;
use crate::fold;
use crate::lists::{entries, under};
use crate::page::{Block, Page, Tag};

/// How long a line of a name and a moment is, and one of a name, in characters.
const LINE: usize = 80;
const NAME: usize = 40;

/// How many words a name has.
const WORDS: usize = 5;

/// A name and a moment.
#[derive(Debug)]
pub(super) struct Head {
    /// Where they stand.
    pub(super) blocks: Range<usize>,
    pub(super) name: String,
    pub(super) said: Said,
    /// Equal where the moments stand in elements of one kind.
    pub(super) signature: u64,
    pub(super) is_heading: bool,
    pub(super) is_name_first: bool,
}

/// How the moment is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// By how long ago it was.
    Elapsed,
    /// By its day.
    Dated {
        day: Date,
        /// And by its time.
        is_timed: bool,
    },
    /// By a time of day, or by an abbreviation: `2h`.
    Short,
}

struct Lists {
    /// What says how long ago something was beside a number.
    counted: Vec<&'static str>,
    /// What says so without.
    said: Vec<&'static str>,
    /// What readers are offered below what another wrote.
    offers: Vec<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    const ELAPSED: &str = include_str!("../../../data/elapsed.txt");
    Lists {
        counted: under(ELAPSED, "counted").collect(),
        said: under(ELAPSED, "said").collect(),
        offers: entries(include_str!("../../../data/replies.txt")).collect(),
    }
});

/// The head whose moment stands in that block, with the name there, right before it or right behind it.
pub(super) fn head(page: &Page, index: usize) -> Option<Head> {
    let block = &page.blocks[index];
    if block.kind == Tag::Headline || block.text.chars().count() > LINE {
        return None;
    }
    let said = said(&block.text)?;
    let name_at = |at: usize| {
        page.blocks
            .get(at)
            .and_then(|other| whole_name(&other.text))
    };
    let before = || {
        let before = index.checked_sub(1)?;
        Some((before..index + 1, name_at(before)?))
    };
    let behind = || Some((index..index + 2, name_at(index + 1)?));
    let [ahead, after] = names_in(&block.text);
    let own = |name: String| (index..index + 1, name);
    let (blocks, name) = ahead
        .map(own)
        .or_else(before)
        .or_else(|| after.map(own))
        .or_else(behind)?;
    Some(Head {
        is_heading: page.blocks[blocks.clone()].iter().any(Block::is_heading),
        signature: page.nodes[block.node].signature,
        is_name_first: blocks.start < index
            || (blocks.end == index + 1 && !block.text.starts_with(char::is_numeric)),
        blocks,
        name,
        said,
    })
}

/// What moment a line tells.
fn said(text: &str) -> Option<Said> {
    let lower = text.to_lowercase();
    let has_number = lower.contains(char::is_numeric);
    let has = |words: &[&str]| words.iter().any(|words| has_words(&lower, words));
    if (has_number && has(&LISTS.counted)) || has(&LISTS.said) {
        return Some(Said::Elapsed);
    }
    if !has_number {
        return None;
    }
    if let Some((day, is_timed)) = date::shown_in(text) {
        return Some(Said::Dated { day, is_timed });
    }
    let mut words = text.split_whitespace();
    let is_short = words.any(|word| is_clock(word) || is_abbreviated(word));
    is_short.then_some(Said::Short)
}

/// Whether words stand in a text, none of them cut. Scripts without spaces write them into one.
fn has_words(text: &str, words: &str) -> bool {
    let is_spaced = !words
        .chars()
        .any(|c| fold::is_dense(c) || fold::is_unspaced(c) || fold::is_hangul(c));
    text.match_indices(words).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + words.len()..]);
        let joins =
            before.ends_with(char::is_alphabetic) || behind.starts_with(char::is_alphabetic);
        !(is_spaced && joins)
    })
}

/// `2h`, `3d`, `15 min` in one word.
fn is_abbreviated(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - unit.len();
    (1..=2).contains(&digits)
        && matches!(
            unit,
            "m" | "min" | "h" | "hr" | "hrs" | "d" | "w" | "mo" | "y"
        )
}

/// The names before and behind the moment in its line: what stands before its first word, and what stands in capitals
/// behind its last number. The second may be a part of the moment: `vor 2 Stunden`.
fn names_in(text: &str) -> [Option<String>; 2] {
    let words: Vec<&str> = text.split_whitespace().collect();
    let tells = |word: &&str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = bare.to_lowercase();
        word.starts_with(char::is_numeric) || date::is_calendar_word(&lower) || is_elapsed(&lower)
    };
    let Some(first) = words.iter().position(tells) else {
        return [None, None];
    };
    let last = words.iter().rposition(tells).unwrap_or(first);
    let behind = words[last + 1..].iter();
    let capitals = behind.filter(|word| word.starts_with(char::is_uppercase));
    [
        named(&words[..first]),
        named(&capitals.copied().collect::<Vec<_>>()),
    ]
}

fn is_elapsed(word: &str) -> bool {
    let mut all = LISTS.counted.iter().chain(&LISTS.said);
    all.any(|entry| entry.split(' ').next() == Some(word))
}

fn named(words: &[&str]) -> Option<String> {
    let name = fold::key(&words.join(" "));
    let is_name = (1..=WORDS).contains(&words.len()) && name.chars().any(char::is_alphabetic);
    is_name.then_some(name)
}

/// The name that a line is.
fn whole_name(text: &str) -> Option<String> {
    let is_line = text.chars().count() <= NAME && !text.ends_with(['.', '!', '?', '…', '。']);
    if !is_line || said(text).is_some() || is_offer(text) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    named(&words)
}

/// Whether a line offers to answer or to report what stands above it.
pub(super) fn is_offer(text: &str) -> bool {
    if text.chars().count() > NAME {
        return false;
    }
    let lower = text.to_lowercase();
    let first = lower.trim_matches(|c: char| !c.is_alphabetic());
    LISTS.offers.iter().any(|offer| {
        first
            .strip_prefix(offer)
            .is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    })
}
