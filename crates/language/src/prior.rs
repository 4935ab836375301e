//! What is said of a text's language by others: its page, its feed, its outlet's other texts.

/// A declaration of a text's language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior<'a> {
    /// The language: a BCP 47 tag such as `pt-BR` or `zh_Hant`. One that is unknown says nothing.
    pub tag: &'a str,
    /// How often such declarations are right, from 0 to 1; at 0.5 and below it says nothing.
    pub trust: f32,
}

/// All declarations together make a language at most so much more likely, as a logarithm of odds:
/// twenty times. A clear text's odds are in the thousands.
const MOST: f32 = 3.0;

/// Adds to the logit of each language what is declared of it.
pub(crate) fn apply(priors: &[Prior<'_>], codes: &[String], logits: &mut [f32]) {
    if priors.is_empty() {
        return;
    }
    for (code, logit) in codes.iter().zip(logits) {
        let mut said = 0.0;
        for prior in priors.iter().filter(|prior| names(prior.tag, code)) {
            // Not a number says nothing either.
            let trust = prior.trust.clamp(0.5, 0.999);
            said += (trust / (1.0 - trust)).ln().max(0.0);
        }
        *logit += said.min(MOST);
    }
}

/// Whether a tag's language is that of `code`. `no` is either Norwegian.
fn names(tag: &str, code: &str) -> bool {
    let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
    let primary = primary.to_ascii_lowercase();
    match current(&primary) {
        "no" => matches!(code, "nb" | "nn"),
        "sh" => matches!(code, "bs" | "hr" | "sr"),
        primary => primary == code,
    }
}

/// The code that is used here for what has several: withdrawn ones, those of three letters that pages
/// are found with, and languages of which one is the standard form of the other.
fn current(primary: &str) -> &str {
    match primary {
        "in" | "ind" => "id",
        "iw" => "he",
        "fil" | "tgl" => "tl",
        "mo" => "ro",
        "nor" => "no",
        "nob" => "nb",
        "nno" => "nn",
        "eng" => "en",
        "deu" | "ger" => "de",
        "fra" | "fre" => "fr",
        "spa" => "es",
        "ita" => "it",
        "por" => "pt",
        "rus" => "ru",
        "cmn" | "yue" | "zho" | "chi" => "zh",
        "arb" | "ara" => "ar",
        "pes" | "prs" | "fas" | "per" => "fa",
        other => other,
    }
}
