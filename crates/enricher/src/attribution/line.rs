//! Lines that are credits for sure.

use crate::agencies::{Mention, Rest, Share, is_credit_opening};
use crate::words::{first_word, folded};

/// A paragraph of its own that is a credit is not longer, in bytes.
pub(super) const CREDIT_BYTES: usize = 240;

/// Whether a line in the text is a credit for sure: a headline may name an agency with nothing but names
/// beside it.
pub(super) fn is_strict(line: &str, mentions: &[Mention], reading: Share, rest: Rest) -> bool {
    if rest == Rest::Nothing || reading == Share::Contrib {
        // Part of a name otherwise: "Reuters Institute".
        return line.len() <= CREDIT_BYTES && mentions.iter().any(|mention| mention.apart);
    }
    let signs = line.starts_with(['(', '[', '©', '—', '–', '-', '_']) || is_prefixed(line);
    signs || line.contains(',') && line.len() < 80 || line.contains('/') && line.len() < 60
}

/// Whether a line begins as credits do: "By", "Source:".
pub(super) fn is_prefixed(line: &str) -> bool {
    let first = first_word(line);
    first.is_some_and(|word| is_credit_opening(&folded(word)))
}

pub(super) fn first_sentence(line: &str) -> &str {
    line.find(". ").map_or(line, |at| &line[..at])
}
