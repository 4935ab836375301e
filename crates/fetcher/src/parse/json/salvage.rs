//! What can be saved of broken JSON.

/// `text` with line breaks and tabs within strings escaped, where there are any.
pub(super) fn escape_controls(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut string = InString::default();
    let mut has_escaped = false;
    for c in text.chars() {
        let is_inside = string.step(c);
        match c {
            '\n' if is_inside => out.push_str("\\n"),
            '\r' if is_inside => out.push_str("\\r"),
            '\t' if is_inside => out.push_str("\\t"),
            c => {
                out.push(c);
                continue;
            }
        }
        has_escaped = true;
    }
    has_escaped.then_some(out)
}

/// A document that was cut off, ended after its last whole item.
pub(super) fn close(text: &str) -> Option<String> {
    let mut string = InString::default();
    let mut open = Vec::new();
    let mut whole = None;
    for (at, c) in text.char_indices() {
        if string.step(c) {
            continue;
        }
        match c {
            '{' | '[' => open.push(c),
            '}' | ']' => {
                open.pop();
                if open == ['{', '['] {
                    whole = Some(at + 1);
                }
            }
            _ => {}
        }
    }
    // One that is whole is broken in another way.
    (!open.is_empty()).then(|| Some(format!("{}]}}", &text[..whole?])))?
}

/// Whether a position is within a string.
#[derive(Default)]
struct InString {
    is_inside: bool,
    is_escaped: bool,
}

impl InString {
    /// Takes the next character, and tells whether it is within a string.
    fn step(&mut self, c: char) -> bool {
        let was_inside = self.is_inside;
        match c {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' if self.is_inside => self.is_escaped = true,
            '"' => self.is_inside = !self.is_inside,
            _ => {}
        }
        was_inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_in_strings_are_escaped() {
        assert_eq!(
            escape_controls("{\n\"a\": \"x\ny\\\"\tz\"\n}").as_deref(),
            Some("{\n\"a\": \"x\\ny\\\"\\tz\"\n}")
        );
        assert_eq!(escape_controls("{\n\"a\": 1\n}"), None);
    }

    #[test]
    fn what_is_cut_off_ends_after_its_last_item() {
        let cut = r#"{"a":[1],"items":[{"id":"1","x":{}},{"id":"2]"},{"id":"#;
        assert_eq!(
            close(cut).as_deref(),
            Some(r#"{"a":[1],"items":[{"id":"1","x":{}},{"id":"2]"}]}"#)
        );
        assert_eq!(close(r#"{"items":[{"id":"1"#), None);
        assert_eq!(close("{}"), None);
    }
}
