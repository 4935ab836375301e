//! One word of any letters, folded.

use crate::letters::{self, Letter};

/// Folds the word that begins at `start`, and returns where it ends.
pub(super) fn fold_word(bytes: &[u8], start: usize, folded: &mut Vec<u8>) -> usize {
    folded.clear();
    let (first, length) = letters::at(bytes, start);
    first.fold_into(folded);
    let mut end = start + length;
    if first.is_unspaced() {
        while end < bytes.len() {
            let (mark, length) = letters::at(bytes, end);
            if !mark.continues() {
                break;
            }
            mark.fold_into(folded);
            end += length;
        }
        return end;
    }
    let mut at = end;
    while at < bytes.len() {
        let (letter, length) = letters::at(bytes, at);
        if letter.is_word() && !letter.is_unspaced() || letter.continues() {
            letter.fold_into(folded);
            at += length;
            end = at;
            continue;
        }
        if letter.is_word() || !joins(bytes, at, length, folded) {
            break;
        }
        at += length;
    }
    end
}

/// Whether a sign that is no letter stands within a word: an apostrophe before a letter, a comma or a full
/// stop between digits. Says so after folding it.
fn joins(bytes: &[u8], at: usize, length: usize, folded: &mut Vec<u8>) -> bool {
    let next = at + length;
    let after = || (next < bytes.len()).then(|| letters::at(bytes, next).0);
    match &bytes[at..next] {
        b"'" | [0xe2, 0x80, 0x99] => {
            let joins = after().is_some_and(Letter::is_alphabetic);
            if joins {
                folded.push(b'\'');
            }
            joins
        }
        sign @ (b"," | b".") => {
            let joins = folded.last().is_some_and(u8::is_ascii_digit)
                && bytes.get(next).is_some_and(u8::is_ascii_digit);
            if joins && sign == b"." {
                folded.push(b'.');
            }
            joins
        }
        _ => false,
    }
}
