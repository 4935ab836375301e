//! Lines that a width broke: their ends end nothing, neither a sentence nor a quotation.
//!
//! A wrap is a single end of line that cuts a sentence: a letter or a comma stands before it and a small letter
//! behind. Where most lines of a block are cut so, all of its ends are wraps, for some cuts fall before a name or
//! between sentences.

/// Lines that a width broke are no longer than this, in bytes: longer ones are paragraphs.
const WIDEST: usize = 200;

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
        loop {
            let start = next + 1;
            let length = text[start..].find('\n').unwrap_or(text.len() - start);
            if text[start..start + length].trim().is_empty() {
                break;
            }
            ends += 1;
            cut += usize::from(cuts(text, next));
            narrow &= length <= WIDEST;
            next = start + length;
            if next == text.len() {
                break;
            }
        }
        // The last end is that of the block.
        self.end = next;
        self.all = narrow && cut * 2 > ends;
    }
}

/// Whether the end of line at `at` stands amid a sentence.
fn cuts(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\r']).chars().next_back();
    let after = text[at + 1..]
        .trim_start_matches([' ', '\t'])
        .chars()
        .next();
    before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ',' | ';'))
        && after.is_some_and(char::is_lowercase)
}
