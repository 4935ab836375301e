//! How many words a text has.

use crate::fold;

/// How many characters of a script that parts phrases and no words make a word: about as many as words of Thai,
/// Lao, Burmese and Khmer have, signs included.
const UNSPACED: usize = 5;

/// Counts what white space parts and holds a letter or a digit: `didn't`, `U.S.` and `well-known` are one each. A
/// character of Chinese or Japanese is a word; of scripts that part no words either, every [`UNSPACED`] characters are.
pub(super) fn count(text: &str) -> u32 {
    text.split_whitespace().map(in_run).sum::<usize>() as u32
}

/// The words between two spaces.
fn in_run(run: &str) -> usize {
    if run.is_ascii() {
        return usize::from(run.bytes().any(|byte| byte.is_ascii_alphanumeric()));
    }
    let (mut words, mut unspaced) = (0, 0);
    let mut is_within = false;
    for c in run.chars() {
        if fold::is_dense(c) {
            words += 1;
            is_within = false;
        } else if fold::is_unspaced(c) {
            unspaced += 1;
            is_within = false;
        } else if c.is_alphanumeric() && !is_within {
            words += 1;
            is_within = true;
        }
    }
    words + usize::div_ceil(unspaced, UNSPACED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: u32) {
        assert_eq!(count(text), expected, "{text}");
    }

    #[test]
    fn words_are_what_white_space_parts() {
        check(
            "The U.S. didn't ask – a well-known man’s 1.2 million did.",
            10,
        );
        check("— … !", 0);
        check("यह पुल बंद है।", 4);
        check("다리는 오늘부터 폐쇄된다.", 3);
        check("Le pont n’est plus l’ami d’aujourd’hui", 6);
    }

    #[test]
    fn scripts_without_spaces_have_units_of_their_own() {
        check("橋は閉鎖された。", 7);
        check("iPhone15を3台", 4);
        check("สะพานปิดแล้ว", 3);
    }
}
