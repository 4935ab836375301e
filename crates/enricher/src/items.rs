//! The items of a text: the words that tell what it is about, and what stands for words where a script sets no spaces.

use std::ops::Range;

use crate::letters;
use crate::reading::{ITEMS, Item, NAME, NUMBER, QUOTED, Reading, SPOKEN, TITLE, WORD, mix};
use crate::vocabulary::{Term, is_function_word, term};
use crate::words::Word;

/// Reads the items of headline and body, with the place of each among the body's words. `sentence_of` has the sentence
/// of each word of the body, `spoken` says of each sentence whether it speaks of "I" or "we".
pub(crate) fn read(
    (headline, title): (&str, &[Word]),
    (text, body): (&str, &[Word]),
    (sentence_of, spoken): (&[u16], &[bool]),
) -> (Reading, Vec<Option<u32>>) {
    let mut found: Vec<(Term, Item)> = Vec::with_capacity(body.len() / 2 + 8);
    let mut places = Vec::with_capacity(body.len() / 2 + 8);
    for at in 0..title.len() {
        if let Some(end) = end_of(headline, title, at) {
            let item = Item {
                local: 0,
                sentence: 0,
                flags: TITLE,
            };
            found.push((term_of(headline, title, at..end), item));
            places.push(None);
        }
    }
    for at in 0..body.len() {
        if found.len() >= ITEMS {
            break;
        }
        let Some(end) = end_of(text, body, at) else {
            continue;
        };
        let sentence = sentence_of[at];
        let flags =
            u8::from(body[at].quoted) * QUOTED + u8::from(spoken[sentence as usize]) * SPOKEN;
        let item = Item {
            local: 0,
            sentence,
            flags,
        };
        found.push((term_of(text, body, at..end), item));
        places.push(Some(at as u32));
    }
    found.truncate(ITEMS);
    places.truncate(ITEMS);
    let reading = locate(found, |at| {
        let Some(word) = places[at].and_then(|at| body.get(at as usize)) else {
            // A headline may set every word with a capital: only the body tells names.
            return WORD;
        };
        if word.number {
            NUMBER
        } else if word.capital && !word.opens {
            NAME
        } else {
            WORD
        }
    });
    (reading, places)
}

fn term_of(text: &str, words: &[Word], item: Range<usize>) -> Term {
    term(&text[words[item.start].start as usize..words[item.end - 1].end as usize])
}

/// How a script that sets no spaces is read: each of its letters comes as a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Chinese characters and kana: two that stand side by side are about a word.
    Ideographic,
    /// Thai, Lao, Khmer, Burmese: words of four or five letters.
    Phonetic,
}

fn script_of(text: &str, word: &Word) -> Option<Script> {
    let (bytes, start) = (text.as_bytes(), word.start as usize);
    // What is written in one byte or two has spaces: nearly every word there is.
    if bytes[start] < 0xe0 || !letters::at(bytes, start).0.is_unspaced() {
        return None;
    }
    let first = text[start..].chars().next()?;
    Some(if first < '\u{3000}' {
        Script::Phonetic
    } else {
        Script::Ideographic
    })
}

/// Where the item ends that begins with the word `at`; `None` where none begins with it.
///
/// Letters of Thai are too few to tell anything each, and its words are known to dictionaries alone. So it is cut where
/// two letters that stand side by side say so by their hash, one pair in four: the same passage is cut alike
/// wherever it stands, and two texts have little in common that say nothing of the same.
pub(crate) fn end_of(text: &str, words: &[Word], at: usize) -> Option<usize> {
    let word = &words[at];
    // A digit is a word: what tells two tolls apart.
    let tells = (word.end - word.start > 1 || word.number) && !is_function_word(word.hash);
    let Some(script) = script_of(text, word) else {
        return tells.then_some(at + 1);
    };
    let follows = |at: usize| {
        let before = &words[at - 1];
        let next = words.get(at).filter(|next| next.start == before.end);
        next.is_some_and(|next| {
            script_of(text, next) == Some(script) && next.number == before.number
        })
    };
    match script {
        Script::Ideographic => tells.then(|| at + 1 + usize::from(follows(at + 1))),
        Script::Phonetic => {
            let goes_on = |at: usize| follows(at) && !is_cut(&words[at - 1], &words[at]);
            // First of all: what is looked through from here on is looked through once.
            if at > 0 && goes_on(at) {
                return None;
            }
            let more = (at + 1..words.len())
                .take_while(|&end| goes_on(end))
                .count();
            (more > 0 || word.number).then_some(at + 1 + more)
        }
    }
}

fn is_cut(left: &Word, right: &Word) -> bool {
    mix(left.hash.rotate_left(11) ^ right.hash).is_multiple_of(4)
}

/// Gives each item the place of its term.
fn locate(found: Vec<(Term, Item)>, kind: impl Fn(usize) -> u8) -> Reading {
    // Term and place in one number: this sort is a good part of what reading a text costs.
    let mut order: Vec<u64> = (0u64..)
        .zip(&found)
        .map(|(at, &(term, _))| u64::from(term) << 32 | at)
        .collect();
    order.sort_unstable();
    let mut items: Vec<Item> = found.into_iter().map(|(_, item)| item).collect();
    let (mut terms, mut kinds): (Vec<Term>, Vec<u8>) = (Vec::new(), Vec::new());
    for used in order {
        let (term, at) = ((used >> 32) as Term, (used & 0xffff_ffff) as usize);
        if terms.last() != Some(&term) {
            terms.push(term);
            kinds.push(WORD);
        }
        items[at].local = (terms.len() - 1) as u16;
        let last = kinds.len() - 1;
        kinds[last] = kinds[last].max(kind(at));
    }
    Reading {
        terms,
        kinds,
        items,
    }
}
