//! The text that the walk gathers: where a block ends, and what layouts set apart without white space.

use super::marks::Marks;
use super::tree::{MAX_BYLINE, Walk};
use super::{Block, Tag};
use crate::fold;

/// How many line breaks of a block are kept: bylines have few.
const MAX_BREAKS: usize = 8;

/// The text of the block under way.
#[derive(Default)]
pub(super) struct Run {
    text: String,
    length: usize,
    linked: usize,
    /// A single line break was the last thing.
    broken: bool,
    breaks: Vec<usize>,
}

impl Run {
    /// Whether it is a paragraph, by its length and its end: old pages break the line once behind each.
    fn is_told(&self) -> bool {
        let since = self.breaks.last().copied().unwrap_or(0);
        let line = self.text.get(since..).unwrap_or_default().trim();
        line.len() >= TOLD && ends_in_sentence(line)
    }
}

impl Walk {
    pub(super) fn text(&mut self, text: &str) {
        if self.title {
            self.page.head.title.push_str(text);
        } else if self.preformatted > 0 {
            self.lines(text);
        } else {
            self.run_on(text);
        }
    }

    /// Text whose own line ends are shown: an empty line parts paragraphs.
    fn lines(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break();
            }
            self.run_on(line);
        }
    }

    fn run_on(&mut self, text: &str) {
        self.part_glued(text);
        let linked = self.links > 0;
        for byline in &mut self.bylines {
            if byline.text.len() < MAX_BYLINE {
                byline.text.push_str(fold::prefix(text, MAX_BYLINE));
            }
        }
        for time in &mut self.times {
            if time.value.len() < MAX_BYLINE {
                time.value.push_str(fold::prefix(text, MAX_BYLINE));
            }
        }
        let added = fold::append(&mut self.text.text, text);
        self.text.length += added;
        self.text.broken &= added == 0;
        self.text.linked += if linked { added } else { 0 };
    }

    /// One break folds to a space, a second one in a row parts paragraphs.
    pub(super) fn line_break(&mut self) {
        if self.text.broken || self.text.is_told() {
            self.flush();
        } else {
            let end = self.text.text.trim_end().len();
            if self.text.breaks.len() < MAX_BREAKS {
                self.text.breaks.push(end);
            }
            fold::append(&mut self.text.text, " ");
            self.text.broken = true;
            self.part_bylines();
        }
    }

    /// What touches the words before it without a space is set apart by its style, as a day behind a name.
    pub(super) fn part_touching(&mut self) {
        for byline in &mut self.bylines {
            if byline.text.ends_with(char::is_alphanumeric) {
                byline.text.push('\n');
            }
        }
    }

    /// Parts what layouts set apart without white space: a kicker from its headline, a name from what is said of it,
    /// and paragraphs that are inline elements.
    fn part_glued(&mut self, text: &str) {
        let opens = |c: char| matches!(c, '"' | '“' | '„' | '«' | '‘' | '(' | '¿' | '¡');
        let inside = text.trim_start_matches(opens);
        // A moment right behind a name.
        let is_moment = text.len() >= MOMENT && text.starts_with(|c: char| c.is_ascii_digit());
        if is_moment && self.text.text.ends_with(char::is_alphanumeric) {
            self.text.text.push(' ');
        }
        if !inside.starts_with(char::is_uppercase) {
            return;
        }
        for byline in &mut self.bylines {
            if ends_in_word(&byline.text) {
                byline.text.push('\n');
            }
        }
        let is_heading = matches!(self.page.nodes[self.node].tag, Tag::Headline | Tag::Heading);
        if is_heading && ends_in_word(&self.text.text) {
            self.text.text.push(' ');
        } else if ends_in_sentence(&self.text.text) {
            let is_told = text.len() >= PARAGRAPH && ends_in_sentence(text.trim_end());
            if is_told && self.text.length >= PARAGRAPH {
                self.flush();
            } else {
                self.text.text.push(' ');
            }
        }
    }

    fn part_bylines(&mut self) {
        for byline in &mut self.bylines {
            if byline.text.len() < MAX_BYLINE {
                byline.text.push('\n');
            }
        }
        for time in &mut self.times {
            if time.value.len() < MAX_BYLINE {
                time.value.push(' ');
            }
        }
    }

    pub(super) fn flush(&mut self) {
        self.part_bylines();
        let mut run = std::mem::take(&mut self.text);
        run.text.truncate(run.text.trim_end().len());
        if !run.text.chars().any(char::is_alphanumeric) {
            return;
        }
        self.page.blocks.push(Block {
            node: self.node,
            kind: self.page.nodes[self.node].tag,
            length: run.length.max(1),
            linked: run.linked,
            marks: Marks::NONE,
            text: run.text,
            breaks: run.breaks,
        });
    }
}

/// How long a text is at least, in bytes, that shows a day or says how long ago something was.
const MOMENT: usize = 8;

/// How long a sentence is that stands for a paragraph of its own.
const PARAGRAPH: usize = 60;

/// How long a line is, in bytes, that a single break behind makes a paragraph of its own. Verses are shorter.
const TOLD: usize = 120;

/// Whether it ends in letters in lower case: nobody goes on from them in upper case within a word, but from one, as in
/// `iPhone` and `McRae`.
fn ends_in_word(text: &str) -> bool {
    let mut last = text.chars().rev();
    (0..2).all(|_| last.next().is_some_and(char::is_lowercase))
}

/// Whether it ends in a sentence's end behind a word.
fn ends_in_sentence(text: &str) -> bool {
    let closes = |c: char| matches!(c, '"' | '”' | '“' | '’' | '»' | ')');
    let bare = text.trim_end_matches(closes);
    let sentence = bare.trim_end_matches(['.', '!', '?', '…']);
    sentence.len() < bare.len() && ends_in_word(sentence)
}
