//! Stories by their id or its beginning.

use std::str::FromStr;

/// How much of an id tells stories apart well enough.
const SHORTEST: usize = 6;

/// The beginning of a story's id, or all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryPrefix(String);

impl StoryPrefix {
    /// Whether `story` is one of those meant.
    pub fn matches(&self, story: &str) -> bool {
        story.starts_with(&self.0)
    }
}

impl FromStr for StoryPrefix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim().to_ascii_lowercase();
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || !(SHORTEST..=32).contains(&digits.len()) {
            return Err(format!(
                "expected the id of a story or its first {SHORTEST} hexadecimal digits or more, as `copydesk tail stories` prints it"
            ));
        }
        Ok(Self(digits))
    }
}
