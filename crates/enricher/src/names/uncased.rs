//! Names in scripts without capitals, where something else than a capital makes them sure.
//!
//! That is so in two languages: Japanese sets foreign names in katakana, which ends where the name does, and
//! calls people 氏 or, before a court, 容疑者 and 被告; Korean sets 씨 behind them. In Chinese, Arabic, Persian,
//! Hebrew, Hindi or Thai nothing says where a name begins or ends; there none is listed.

use std::ops::Range;

use crate::lexicon::unspaced;

/// A family's and a given name have so many characters together, in ideographs and in Hangul.
const IDEOGRAPHS: Range<usize> = 2..6;
const HANGUL: Range<usize> = 2..5;
/// The longest name in katakana.
const KATAKANA: usize = 24;

/// Where names stand in a text, in its order.
pub(super) fn names(text: &str, language: &str) -> Vec<Range<usize>> {
    match language {
        "ja" => japanese(text),
        "ko" => korean(text),
        _ => Vec::new(),
    }
}

fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30ff}' | '＝')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '々')
}

fn japanese(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for called in unspaced("ja honorific") {
        for (at, _) in text.match_indices(*called) {
            let katakana = run_before(text, at, is_katakana);
            let name = if katakana.is_empty() {
                let run = run_before(text, at, is_ideograph);
                let length = text[run.clone()].chars().count();
                run_if(IDEOGRAPHS.contains(&length), run)
            } else {
                run_if(text[katakana.clone()].chars().count() > 1, katakana)
            };
            found.extend(name);
        }
    }
    // Behind other words as well: two words in katakana are enough of a name.
    for called in unspaced("ja title") {
        for (at, _) in text.match_indices(*called) {
            let run = run_before(text, at, is_katakana);
            let parted = text[run.clone()].trim_matches('・').contains(['・', '＝']);
            found.extend(run_if(parted, run));
        }
    }
    found.sort_by_key(|name| name.start);
    found.dedup();
    found
}

fn run_if(fits: bool, run: Range<usize>) -> Option<Range<usize>> {
    fits.then_some(run)
}

/// The characters of a kind right before `end`; none where there are more than any name has.
fn run_before(text: &str, end: usize, is_kind: impl Fn(char) -> bool) -> Range<usize> {
    let run = text[..end].chars().rev().take_while(|&c| is_kind(c));
    let mut start = end;
    for (count, c) in run.enumerate() {
        if count == KATAKANA {
            return end..end;
        }
        start -= c.len_utf8();
    }
    start..end
}

fn korean(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(" 씨") {
        let behind = text[at + " 씨".len()..].chars();
        let particle = behind.take_while(|c| c.is_alphanumeric()).count();
        let run = run_before(text, at, |c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
        let length = text[run.clone()].chars().count();
        let apart = !text[..run.start].ends_with(char::is_alphanumeric);
        if particle <= 2 && apart && HANGUL.contains(&length) {
            found.push(run);
        }
    }
    found
}
