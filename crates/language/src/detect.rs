//! From the words of a text to its language.

use crate::model::{self, Group};
use crate::script::Script;
use crate::words::Words;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detected {
    /// The language: two letters of ISO 639-1, or `und` where the text is in none.
    pub language: &'static str,
    /// How likely that is, from 0 to 1. Of `und`, how sure it is that there is no language.
    pub confidence: f32,
}

/// A declaration of the text's language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior<'a> {
    /// A BCP 47 tag.
    pub tag: &'a str,
    /// Weight, 0 to 1.
    pub trust: f32,
}

/// The code of a text in no language.
const UNDETERMINED: &str = "und";

/// The language of `text`.
pub fn detect(text: &str) -> Detected {
    detect_with(text, &[])
}

/// All codes.
pub fn languages() -> impl Iterator<Item = &'static str> {
    model::groups().iter().flat_map(|g| g.codes().iter().map(String::as_str))
}

/// With priors.
pub fn detect_with(text: &str, _priors: &[Prior<'_>]) -> Detected {
    let words = Words::of(text);
    let Some(script) = gate(&words) else {
        return Detected { language: UNDETERMINED, confidence: 1.0 };
    };
    if let Some(language) = script.language() {
        return Detected { language, confidence: 1.0 };
    }
    let group = model::group(script).expect("a group for each script without a language");
    judge(group, &words)
}

fn judge(group: &'static Group, words: &Words) -> Detected {
    let evidence = group.weigh(words);
    let top = evidence.logits.iter().copied().fold(f32::MIN, f32::max);
    let odds: Vec<f32> = evidence.logits.iter().map(|l| (l - top).exp()).collect();
    let total: f32 = odds.iter().sum();
    let chance = |i: usize| odds[i] / total;
    let codes = group.codes();
    let family = |code: &str| match code { "hr"|"bs"|"sr" => 1, "nb"|"nn" => 2, _ => 0 };
    let mut best = (0, 0.0);
    for i in 0..codes.len() {
        let f = family(&codes[i]);
        let p = if f == 0 { chance(i) } else { (0..codes.len()).filter(|j| family(&codes[*j]) == f).map(chance).sum() };
        if p > best.1 || (p == best.1 && odds[i] > odds[best.0]) { best = (i, p); }
    }
    if codes[best.0] == "zxx" { return Detected { language: UNDETERMINED, confidence: best.1 }; }
    Detected { language: codes[best.0].as_str(), confidence: chance(best.0) }
}

/// The script of most of the text; none where there is no language in it.
fn gate(words: &Words) -> Option<Script> {
    let mut letters = [0; Script::COUNT];
    let mut scripts = [None; Script::COUNT];
    let mut loud = true;
    for (word, found) in words.iter() {
        letters[word.script as usize] += found.len() * word.script.weight();
        scripts[word.script as usize] = Some(word.script);
        loud &= word.capitals;
    }
    let total: usize = letters.iter().sum();
    let (most, count) = letters.iter().enumerate().max_by_key(|(_, c)| **c)?;
    let script = scripts[most]?;
    if *count < 3 || (script == Script::Latin && loud && total <= 8) { return None; }
    let kana = letters[Script::Kana as usize];
    if script == Script::Han && kana * 10 >= *count { return Some(Script::Kana); }
    Some(script)
}
