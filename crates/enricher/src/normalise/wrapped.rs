//! Lines that a width broke: their ends end nothing, neither a sentence nor a quotation.
//!
//! A wrap is a single end of line that cuts a sentence: a letter or a comma stands before it and a small letter
//! behind, or an article before it. Where most lines of a block are cut so, all of its ends are wraps, for some cuts
//! fall before a name or between sentences. Scripts without spaces are cut anywhere: there lines of one length tell.

use crate::letters;
use crate::lexicon::Small;

/// Lines that a width broke are no longer than this, in bytes: longer ones are paragraphs.
const WIDEST: usize = 200;

/// Lines of a script without spaces have at least so many characters, of which not more differ from line to line.
const UNSPACED_WIDTH: usize = 12;
const UNEVEN: usize = 2;

/// An article is not longer, in bytes.
const ARTICLE: usize = 10;

/// What is known of the block of lines that is read.
#[derive(Debug, Default)]
pub(super) struct Wrapped {
    /// The block ends there.
    end: usize,
    /// All of its lines are cut.
    all: bool,
}

impl Wrapped {
    /// Whether the end of line at `at` is a wrap.
    pub(super) fn at(&mut self, text: &str, at: usize) -> bool {
        if at >= self.end {
            self.read(text, at);
        }
        at < self.end && (self.all || cuts(text, at))
    }

    /// Reads the block whose first line ends at `at`: each block is read once.
    fn read(&mut self, text: &str, at: usize) {
        let (mut ends, mut cut) = (0, 0);
        let mut next = at;
        let mut narrow = true;
        let mut width = Width::default();
        loop {
            let start = next + 1;
            let length = text[start..].find('\n').unwrap_or(text.len() - start);
            if text[start..start + length].trim().is_empty() {
                break;
            }
            ends += 1;
            cut += usize::from(cuts(text, next));
            narrow &= length <= WIDEST;
            width.add(text, next);
            next = start + length;
            if next == text.len() {
                break;
            }
        }
        // The last end is that of the block.
        self.end = next;
        self.all = narrow && (cut * 2 > ends || width.is_one() && ends > 1);
    }
}

/// The least and the most characters of the lines of a script without spaces, the last one of a block left out.
#[derive(Debug, Default)]
struct Width {
    least: usize,
    most: usize,
    /// A line is of another script.
    spaced: bool,
}

impl Width {
    /// Adds the line that ends at `end`.
    fn add(&mut self, text: &str, end: usize) {
        if self.spaced {
            return;
        }
        let line = &text[line_start(text, end)..end];
        let line = line.trim();
        let last = line.char_indices().next_back().map_or(0, |(at, _)| at);
        let unspaced = line.len() <= WIDEST && is_unspaced(line, 0) && is_unspaced(line, last);
        let width = line.chars().count();
        self.spaced = !unspaced;
        self.least = if self.most == 0 {
            width
        } else {
            self.least.min(width)
        };
        self.most = self.most.max(width);
    }

    fn is_one(&self) -> bool {
        !self.spaced && self.least >= UNSPACED_WIDTH && self.most - self.least <= UNEVEN
    }
}

/// Whether the character at `at` is of a script without spaces, or one of its marks.
fn is_unspaced(line: &str, at: usize) -> bool {
    let Some(c) = line[at..].chars().next() else {
        return false;
    };
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '“' | '”' | '‘' | '’' | '…' | '—')
        || letters::at(line.as_bytes(), at).0.is_unspaced()
}

/// Where the line begins that ends at `end`; a long one counts from further on.
fn line_start(text: &str, end: usize) -> usize {
    let floor = text.ceil_char_boundary(end.saturating_sub(2 * WIDEST));
    text[floor..end]
        .rfind('\n')
        .map_or(floor, |at| floor + at + 1)
}

/// Whether the end of line at `at` stands amid a sentence.
fn cuts(text: &str, at: usize) -> bool {
    goes_on(&text[line_start(text, at)..at], &text[at + 1..])
}

/// Whether a sentence goes on from one line to what stands behind its end.
pub(crate) fn goes_on(line: &str, behind: &str) -> bool {
    let line = line.trim_end_matches([' ', '\r']);
    let next = behind.trim_start_matches([' ', '\t']).chars().next();
    let before = line.chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ';'))
        && next.is_some_and(char::is_lowercase)
    {
        return true;
    }
    next.is_some_and(char::is_uppercase) && ends_with_article(line)
}

fn ends_with_article(line: &str) -> bool {
    let near = &line[line.ceil_char_boundary(line.len().saturating_sub(ARTICLE))..];
    let word = near.rsplit_once(' ').map(|(_, word)| word);
    word.is_some_and(|word| Small::Article.has(word))
}
