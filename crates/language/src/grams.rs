//! Character n-grams and whole words, as numbers.

/// The longest n-gram, in letters.
const LONGEST: usize = 4;

const BEGIN: u32 = 2;
const END: u32 = 3;

/// Calls `each` with the number of every n-gram of `word`, from one to four letters with the word's
/// ends as letters, and of the word as a whole.
pub(crate) fn of_word(word: &[char], mut each: impl FnMut(u32)) {
    let mut letters = [0; 32];
    let length = word.len().min(letters.len() - 2);
    letters[0] = BEGIN;
    for (to, from) in letters[1..].iter_mut().zip(&word[..length]) {
        *to = u32::from(*from);
    }
    letters[length + 1] = END;
    let letters = &letters[..length + 2];
    for start in 0..letters.len() - 1 {
        let mut hash = 0;
        for (index, letter) in letters[start..].iter().take(LONGEST).enumerate() {
            hash = mix(hash, *letter);
            if index > 0 || start > 0 {
                each(finish(hash));
            }
        }
    }
    if letters.len() > LONGEST {
        each(finish(
            letters.iter().fold(0, |hash, letter| mix(hash, *letter)),
        ));
    }
}

/// Calls `each` with the number of every one, two or three characters in a row of `run`, for scripts
/// without spaces.
pub(crate) fn of_run(run: &[char], mut each: impl FnMut(u32)) {
    for start in 0..run.len() {
        let mut hash = 0;
        for letter in run[start..].iter().take(3) {
            hash = mix(hash, u32::from(*letter));
            each(finish(hash));
        }
    }
}

fn mix(hash: u64, letter: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(letter)).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn finish(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
