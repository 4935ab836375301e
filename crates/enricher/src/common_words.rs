//! Words that say nothing about what a text is about: data in `data/common_words.txt`.
//!
//! A window that has just begun cannot tell "the" from a name by counting: it has seen too little.

use crate::lexicon;

/// What a word of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Common {
    /// Never a term.
    Function,
    /// As frequent from the beginning on as it is in all news.
    News,
    /// By which somebody speaks of himself.
    Speaker,
}

/// The words of a kind, folded.
pub(crate) fn common_words(kind: Common) -> impl Iterator<Item = &'static str> {
    let lines = lexicon::lines(include_str!("../data/common_words.txt"));
    let lines = lines.filter(move |(head, _)| kind_of(head) == Some(kind));
    lines.flat_map(|(_, words)| words)
}

fn kind_of(head: &str) -> Option<Common> {
    match head.split(' ').next() {
        Some("function") => Some(Common::Function),
        Some("news") => Some(Common::News),
        Some("speaker") => Some(Common::Speaker),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::words::folded;

    #[test]
    fn no_word_is_both_of_news_and_no_term() {
        let function: BTreeSet<&str> = common_words(Common::Function).collect();
        let news: Vec<&str> = common_words(Common::News).collect();
        assert!(function.len() > 500 && news.len() > 400);
        for word in news {
            assert!(!function.contains(word), "{word}");
            assert_eq!(word, folded(word));
        }
        assert_eq!(common_words(Common::Speaker).next(), Some("i"));
    }
}
