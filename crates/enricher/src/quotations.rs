//! What a text quotes: whose words they are where that is sure, and where they stand.
//!
//! ```text
//! text ─ normalise ─▶ what stands between marks ─ judge ─▶ what was said ─ speaker ─▶ who said it ─▶ Quotation
//!                                    unmarked: posts, transcripts, dialogue, blocks ┘
//! ```
//!
//! Everything is read from the text as it is given, so that offsets are those of the text.

mod agglutinated;
mod apposition;
mod clause;
mod dialogue;
mod following;
mod judge;
mod preceding;
mod proper;
mod reporting;
mod resolve;
mod sentence;
mod setting;
mod speaker;
mod stated;
mod subject;
mod uncased;
mod unmarked;
mod unspaced;

use article::{Layout, Quotation, QuotationForm, Speaker, SpeakerHow};

use self::speaker::{How, Named};
use crate::normalise::{Normalised, Span, normalise};
use crate::words::Word;

/// Quotations read of one text.
const MOST: usize = 400;
/// Words in a shingle.
const SHINGLE: usize = 4;
/// Shorter quotations are anybody's words: they link nothing.
const FEWEST_TO_LINK: usize = 8;

/// The quotations of a text in a language, by its code of two letters; `""` where it is not known, or is
/// none that is known here: then words of every language count, at the cost of some precision.
///
/// Linear in the length of the text, of which what stands behind [`crate::MAX_WORDS`] is not read.
pub fn quotations(text: &str, language: &str) -> Vec<Quotation> {
    read(text, &normalise(text), language, None)
}

/// The quotations of a text that was read as `body`, and whose layout is known.
pub(crate) fn read(
    text: &str,
    body: &Normalised,
    language: &str,
    layout: Option<&Layout>,
) -> Vec<Quotation> {
    if body.words.is_empty() {
        return Vec::new();
    }
    let (text, words) = (&text[..body.end], body.words.as_slice());
    // "de-AT" is German here.
    let language = language.split(['-', '_']).next().unwrap_or_default();
    let said = judge::said(text, body, language);
    let spans: Vec<Span> = said.take(MOST).collect();
    let speakers = speaker::speakers(text, body, &spans, language);
    let mut quotations: Vec<Quotation> = spans
        .iter()
        .zip(speakers)
        .map(|(span, speaker)| {
            let form = QuotationForm::Marked;
            quotation(text, words, span.start..span.end, form, speaker)
        })
        .collect();
    for found in unmarked::unmarked(text, layout, language) {
        let known = || quotations.iter().filter(|known| found.overlaps(known));
        // What the page sets apart may have marks as well.
        if found.form == QuotationForm::Block && known().next().is_some() {
            continue;
        }
        // A paragraph that quotes and shows a picture is no post, unless a post quotes in passing.
        let told = |known: &Quotation| {
            known.speaker.is_some()
                || (known.end - known.start) as usize * 2 > found.end - found.start
        };
        if found.form == QuotationForm::Post && found.speaker.is_none() && known().any(told) {
            continue;
        }
        // A stray mark may pair with one of the words before or behind.
        quotations.retain(|known| !found.overlaps(known));
        let range = found.start..found.end;
        quotations.push(quotation(text, words, range, found.form, found.speaker));
    }
    for found in dialogue::dialogue(text, language) {
        if !quotations.iter().any(|known| found.overlaps(known)) {
            let range = found.start..found.end;
            quotations.push(quotation(text, words, range, found.form, found.speaker));
        }
    }
    quotations.sort_by_key(|quotation| quotation.start);
    quotations
}

fn quotation(
    text: &str,
    words: &[Word],
    range: std::ops::Range<usize>,
    form: QuotationForm,
    speaker: Option<Named>,
) -> Quotation {
    let first = words.partition_point(|word| (word.start as usize) < range.start);
    let behind = words.partition_point(|word| (word.start as usize) < range.end);
    let words = &words[first..behind];
    let whole = words
        .iter()
        .fold(words.len() as u64, |hash, word| mixed(hash, word.hash));
    let shingles = |words: &[Word]| {
        let all = words.windows(SHINGLE);
        all.map(|words| {
            let hash = words.iter().fold(0, |hash, word| mixed(hash, word.hash));
            (hash >> 32) as u32
        })
        .collect()
    };
    Quotation {
        text: text[range.clone()].to_owned(),
        start: range.start as u32,
        end: range.end as u32,
        form,
        speaker: speaker.map(|named| Speaker {
            name: one_line(&text[named.start..named.end]),
            start: named.start as u32,
            how: match named.how {
                How::Stated => SpeakerHow::Stated,
                How::Source => SpeakerHow::Source,
                How::Resolved => SpeakerHow::Resolved,
                How::Continued => SpeakerHow::Continued,
            },
        }),
        hash: format!("{whole:016x}"),
        shingles: if words.len() < FEWEST_TO_LINK {
            Vec::new()
        } else {
            shingles(words)
        },
    }
}

/// A name as it is called, which a wrapped line may part.
fn one_line(name: &str) -> String {
    if !name.contains(['\n', '\r', '\t']) {
        return name.to_owned();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ")
}

fn mixed(hash: u64, word: u64) -> u64 {
    let hash = (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 29
}
