//! Outlets by name.

use std::str::FromStr;

/// An outlet's name, in which `*` stands for anything. Case and white space make no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutletPattern {
    /// What stands before, between and after the stars, folded: at least one piece.
    pieces: Vec<String>,
}

impl OutletPattern {
    /// Whether `name` is one of those meant.
    pub fn matches(&self, name: &str) -> bool {
        let name = folded(name);
        let [first, between @ .., last] = self.pieces.as_slice() else {
            return self.pieces.first() == Some(&name);
        };
        let Some(rest) = name.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some(mut rest) = rest.strip_suffix(last.as_str()) else {
            return false;
        };
        // The earliest place of each piece leaves the most for those after it.
        for piece in between {
            let Some(found) = rest.find(piece.as_str()) else {
                return false;
            };
            rest = &rest[found + piece.len()..];
        }
        true
    }
}

impl FromStr for OutletPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = folded(text);
        if name.is_empty() {
            return Err("expected the name of an outlet; * stands for any part of it".to_owned());
        }
        Ok(Self {
            pieces: name.split('*').map(str::to_owned).collect(),
        })
    }
}

/// In lower case, with single blanks.
fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
