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

/// `text` without what programs write that put JSON together by hand: a comma before an end, numbers that are
/// none, half a pair of surrogates. `None` where there is nothing of it.
pub(super) fn mend(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_inside, mut has_mended) = (text, false, false);
    while let Some(c) = rest.chars().next() {
        let (length, instead) = match c {
            '\\' if is_inside => escape(rest),
            ',' if !is_inside && rest[1..].trim_start().starts_with([']', '}']) => (1, Some("")),
            'N' | 'I' | '-' | 'u' if !is_inside => no_number(rest),
            c => (c.len_utf8(), None),
        };
        is_inside ^= c == '"';
        has_mended |= instead.is_some();
        out.push_str(instead.unwrap_or(&rest[..length]));
        rest = &rest[length..];
    }
    has_mended.then_some(out)
}

/// The length of the escape that `rest` begins with, and what stands for it where it is broken.
fn escape(rest: &str) -> (usize, Option<&'static str>) {
    let unit = |at: usize| {
        let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
        (Some(0xd800..=0xdfff), _) => (6, Some("\\ufffd")),
        (Some(_), _) => (6, None),
        (None, _) => (rest.chars().take(2).map(char::len_utf8).sum(), None),
    }
}

fn no_number(rest: &str) -> (usize, Option<&'static str>) {
    let names = ["NaN", "Infinity", "-Infinity", "undefined"];
    let found = names.iter().find(|name| rest.starts_with(**name));
    found.map_or((1, None), |name| (name.len(), Some("null")))
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
    fn what_is_no_json_is_mended() {
        let mended = |text| mend(text).unwrap_or_default();
        assert_eq!(
            mended(r#"{"a":[1,2,],"b":{"c":1 , },}"#),
            r#"{"a":[1,2],"b":{"c":1  }}"#
        );
        assert_eq!(
            mended(r#"[NaN,-Infinity,"NaN,]"]"#),
            r#"[null,null,"NaN,]"]"#
        );
        assert_eq!(
            mended(r#"["T\ud83d7","\\ud83d",1,]"#),
            r#"["T\ufffd7","\\ud83d",1]"#
        );
        assert_eq!(mend(r#"["\ud83d\ude00","\"",-1]"#), None);
    }

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
