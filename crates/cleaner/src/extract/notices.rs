//! Pages that only say that they hold nothing: errors, cookie walls, checks of the browser.

use std::sync::LazyLock;

use super::SENTENCE_ENDS;
use crate::lists::entries;

static NOTICES: LazyLock<Vec<&str>> =
    LazyLock::new(|| entries(include_str!("../../data/notices.txt")).collect());

/// How long a text is at most that is such a notice, in characters: some eighty words.
const MOST: usize = 500;

/// Whether a short text is known notices for the greater part. What somebody is quoted with is none: errors and
/// cookies are in the news as well, and there as one sentence among others.
pub(super) fn is_notice(text: &str) -> bool {
    let length = letters(text);
    if length == 0 || text.chars().take(MOST + 1).count() > MOST {
        return false;
    }
    let lower = text.to_lowercase().replace('’', "'");
    let noticed = sentences(&lower).filter(|sentence| says_notice(sentence));
    noticed.map(letters).sum::<usize>() * 2 > length
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

fn says_notice(sentence: &str) -> bool {
    let is_quoted = sentence.contains(['"', '“', '„', '”', '«', '»', '「']);
    !is_quoted && NOTICES.iter().any(|notice| sentence.contains(notice))
}

/// A text's sentences and lines. A full stop within an address ends none.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut signs = text.char_indices().peekable();
    let mut start = 0;
    std::iter::from_fn(move || {
        while let Some((at, sign)) = signs.next() {
            let end = at + sign.len_utf8();
            let is_apart = signs.peek().is_none_or(|(_, next)| next.is_whitespace());
            let ends = SENTENCE_ENDS.contains(&sign) && (is_apart || !sign.is_ascii());
            if ends || sign == '\n' {
                let sentence = &text[start..end];
                start = end;
                return Some(sentence);
            }
        }
        let rest = &text[start..];
        start = text.len();
        Some(rest).filter(|rest| !rest.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_notice(text), expected, "{text}");
    }

    #[test]
    fn short_texts_that_are_notices_for_the_greater_part_are_notices() {
        check(
            "Sorry, the page you’re looking for does not exist. Try the search.",
            true,
        );
        check(
            "daily.example needs to review the security of your connection before proceeding.",
            true,
        );
        check("お探しのページは見つかりませんでした。", true);
        check("We use cookies. The council met on Tuesday.", false);
        check("“We use cookies,” the town said.", false);
        check(&"Page not found. ".repeat(40), false);
        check("", false);
    }
}
