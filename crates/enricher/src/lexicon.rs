//! Lists of words that are data: lines of a head, mostly `language kind`, and behind its colon words, parted by spaces, under comments that say what
//! the kinds are.

use std::collections::BTreeMap;
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
