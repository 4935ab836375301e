//! Texts in no language: what a feed's title field holds when it holds no title.

use crate::random::Random;

const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// One such text.
pub fn example(random: &mut Random) -> String {
    let count = 1 + random.below(4);
    let words: Vec<String> = (0..count).map(|_| word(random)).collect();
    words.join(" ")
}

fn word(random: &mut Random) -> String {
    let length = 2 + random.below(9);
    match random.below(5) {
        0 => (0..length).map(|_| letter(random)).collect(),
        1 => letter(random).to_string().repeat(length),
        2 => {
            let row = *random.of(&KEYS);
            let start = random.below(row.len() - 2);
            row[start..].chars().take(length).collect()
        }
        // Tickers and codes.
        3 => (0..2 + random.below(3))
            .map(|_| letter(random).to_ascii_uppercase())
            .collect(),
        // A key or a checksum without its digits.
        _ => (0..length)
            .map(|_| char::from(b'a' + random.below(6) as u8))
            .collect(),
    }
}

fn letter(random: &mut Random) -> char {
    char::from(b'a' + random.below(26) as u8)
}
