//! From the words of a text to its language.

use crate::model::{self, Group};
use crate::prior::{self, Prior};
use crate::script::Script;
use crate::words::Words;

/// The code of a text in no language.
pub const UNDETERMINED: &str = "und";

/// What the model calls texts like `qwerty`, which are in letters and in no language.
const NO_LANGUAGE: &str = "zxx";

/// Fewer letters are a sign, not a word. A Chinese character counts as several.
const FEWEST_LETTERS: usize = 3;

/// Latin capitals alone, and no more than these: `AAPL`, `EUR`, `[VIDEO]`.
const MOST_LETTERS_OF_A_SIGN: usize = 8;

/// Where at least one in so many letters of a text in Chinese script is kana, it is Japanese.
const KANA_SHARE: usize = 10;

/// By so much each Chinese character of a text without any kana makes Japanese less likely, as a
/// logarithm of odds: a Japanese headline of eight characters may do without, a sentence hardly.
const DOUBT_WITHOUT_KANA: f32 = 0.2;

/// By so much a language is less likely than the relative in which most is written, Indonesian or Russian, as
/// a logarithm of odds: three to one, and five to three. That is mild against what is written, ten to one and
/// more, and decides where a few words are the same in both. What a page declares outweighs it.
const RARER: [(&str, f32); 7] = [
    ("ms", 1.15),
    ("be", 0.5),
    ("bg", 0.5),
    ("kk", 0.5),
    ("mk", 0.5),
    ("sr", 0.5),
    ("uk", 0.5),
];

/// What language a text was found to be in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detected {
    /// Its code, of two letters as in ISO 639-1; [`UNDETERMINED`] for a text in no language.
    pub language: &'static str,
    /// How likely that is, from 0 to 1.
    pub confidence: f32,
}

impl Detected {
    fn surely(language: &'static str) -> Self {
        Self {
            language,
            confidence: 1.0,
        }
    }
}

/// The language of `text`, from its first 600 letters.
pub fn detect(text: &str) -> Detected {
    detect_with(text, &[])
}

/// The language of `text`, where something is known beforehand.
///
/// Declarations decide between languages that the text itself leaves open. They never win alone: not
/// against the script, not where the text has no words, and not against a text that is clearly in
/// another language.
pub fn detect_with(text: &str, priors: &[Prior<'_>]) -> Detected {
    let words = Words::of(text);
    let Some(script) = prevailing(&words) else {
        return Detected::surely(UNDETERMINED);
    };
    if let Some(language) = script.language() {
        return Detected::surely(language);
    }
    match model::group(script) {
        Some(group) => judge(group, &words, priors),
        None => Detected::surely(UNDETERMINED),
    }
}

/// The codes of all languages that can be found, each once, in the order of the alphabet.
pub fn languages() -> Vec<&'static str> {
    let of_models = model::groups().iter().flat_map(Group::codes);
    let of_scripts = Script::ALL.iter().filter_map(|script| script.language());
    let mut codes: Vec<&str> = of_models
        .map(String::as_str)
        .filter(|code| *code != NO_LANGUAGE)
        .chain(of_scripts)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The script that most of the text is in; none where that is no text.
fn prevailing(words: &Words) -> Option<Script> {
    let mut letters = [0; Script::ALL.len()];
    let mut shouted = true;
    for (word, found) in words.iter() {
        letters[word.script as usize] += found.len() * word.script.weight();
        shouted &= word.capitals;
    }
    let of = |script: Script| letters[script as usize];
    let script = Script::ALL.into_iter().max_by_key(|script| of(*script))?;
    let sign = script == Script::Latin && shouted && of(script) <= MOST_LETTERS_OF_A_SIGN;
    if of(script) < FEWEST_LETTERS || sign {
        return None;
    }
    if script == Script::Han && of(Script::Kana) * KANA_SHARE >= of(script) {
        return Some(Script::Kana);
    }
    Some(script)
}

fn judge(group: &'static Group, words: &Words, priors: &[Prior<'_>]) -> Detected {
    let mut logits = group.weigh(words);
    if group.script() == Script::Han {
        doubt_japanese(words, group.codes(), &mut logits);
    }
    doubt_rare(group.codes(), &mut logits);
    prior::apply(priors, group.codes(), &mut logits);
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let odds: Vec<f32> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let total: f32 = odds.iter().sum();
    let mut of_families = vec![0.0; odds.len()];
    for (odds, family) in odds.iter().zip(group.families()) {
        of_families[*family] += odds;
    }
    let family = largest((0..odds.len()).map(|place| (place, of_families[place])));
    let members = (0..odds.len()).filter(|place| group.families()[*place] == family);
    let found = largest(members.map(|place| (place, odds[place])));
    let code = group.codes()[found].as_str();
    Detected {
        language: if code == NO_LANGUAGE {
            UNDETERMINED
        } else {
            code
        },
        confidence: odds[found] / total,
    }
}

/// The place of the largest; the first of equals.
fn largest(places: impl Iterator<Item = (usize, f32)>) -> usize {
    let mut best = (0, f32::MIN);
    for (place, size) in places {
        if size > best.1 {
            best = (place, size);
        }
    }
    best.0
}

fn doubt_rare(codes: &[String], logits: &mut [f32]) {
    for (code, logit) in codes.iter().zip(logits) {
        let rarer = RARER.iter().find(|(rarer, _)| rarer == code);
        *logit -= rarer.map_or(0.0, |(_, doubt)| *doubt);
    }
}

fn doubt_japanese(words: &Words, codes: &[String], logits: &mut [f32]) {
    let count = |script: Script| -> usize {
        let of_script = words.iter().filter(|(word, _)| word.script == script);
        of_script.map(|(_, letters)| letters.len()).sum()
    };
    if count(Script::Kana) > 0 {
        return;
    }
    let doubt = count(Script::Han) as f32 * DOUBT_WITHOUT_KANA;
    for (code, logit) in codes.iter().zip(logits) {
        if code == "ja" {
            *logit -= doubt;
        }
    }
}
