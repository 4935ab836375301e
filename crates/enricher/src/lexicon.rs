//! Lists of words that are data: lines of a head, mostly `language kind`, and behind its colon words, parted by spaces, under comments that say what
//! the kinds are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

/// How languages report what somebody said.
pub(crate) const REPORTING: &str = include_str!("../data/reporting.txt");

static UNSPACED: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (head, words) in lines(include_str!("../data/unspaced.txt")) {
        all.entry(head).or_default().extend(words);
    }
    all
});

/// Of each line its head and its words.
pub(crate) fn lines(
    text: &'static str,
) -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (head, words) = line.split_once(": ")?;
        Some((head, words.split(' ')))
    })
}

/// Words of a script without spaces, by language and kind: `ja topic`.
pub(crate) fn unspaced(head: &str) -> &'static [&'static str] {
    UNSPACED.get(head).map_or(&[], Vec::as_slice)
}

/// What a small word does in a sentence, whatever the language: the kinds of `data/small_words.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Small {
    Abbreviation,
    And,
    Article,
    As,
    Certain,
    Clitic,
    Elided,
    Fused,
    Joining,
    Object,
    Owner,
    Particle,
    Relative,
    Second,
    So,
    Such,
}

impl Small {
    const ALL: [(Self, &'static str); 16] = [
        (Self::Abbreviation, "abbreviation"),
        (Self::And, "and"),
        (Self::Article, "article"),
        (Self::As, "as"),
        (Self::Certain, "certain"),
        (Self::Clitic, "clitic"),
        (Self::Elided, "elided"),
        (Self::Fused, "fused"),
        (Self::Joining, "joining"),
        (Self::Object, "object"),
        (Self::Owner, "owner"),
        (Self::Particle, "particle"),
        (Self::Relative, "relative"),
        (Self::Second, "second"),
        (Self::So, "so"),
        (Self::Such, "such"),
    ];

    /// Whether a word, as it is written, is one of the kind.
    pub(crate) fn has(self, word: &str) -> bool {
        static KINDS: LazyLock<HashMap<Small, HashSet<&str>>> = LazyLock::new(|| {
            let mut kinds: HashMap<Small, HashSet<&str>> = HashMap::new();
            for (head, words) in lines(SMALL_WORDS) {
                let kind = Small::ALL.iter().find(|(_, name)| *name == head);
                if let Some((kind, _)) = kind {
                    kinds.entry(*kind).or_default().extend(words);
                }
            }
            kinds
        });
        KINDS.get(&self).is_some_and(|words| words.contains(word))
    }
}

const SMALL_WORDS: &str = include_str!("../data/small_words.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_small_words_has_some_and_no_other_is_listed() {
        let heads: Vec<&str> = lines(SMALL_WORDS).map(|(head, _)| head).collect();
        let mut kinds: Vec<&str> = Small::ALL.iter().map(|(_, name)| *name).collect();
        kinds.sort_unstable();
        assert_eq!(heads, kinds);
    }
}
