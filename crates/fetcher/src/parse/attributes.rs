//! The attributes of a start tag.

/// Goes through name and raw value of each attribute. A value may lack its quotes, an attribute its
/// value, and what is neither is skipped.
#[derive(Clone, Debug)]
pub(super) struct Attributes<'a>(&'a str);

impl<'a> Attributes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The raw value of the attribute `name`, whatever the case of its letters.
    pub(super) fn raw(text: &'a str, name: &str) -> Option<&'a str> {
        Self(text)
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let is_noise = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\'' | '=');
        let text = self.0.trim_start_matches(is_noise);
        let end = text
            .bytes()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\''))
            .unwrap_or(text.len());
        if end == 0 {
            self.0 = "";
            return None;
        }
        let (name, rest) = text.split_at(end);
        let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
            self.0 = rest;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        let (value, rest) = match value.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => {
                let inside = &value[1..];
                inside.split_once(char::from(quote)).unwrap_or((inside, ""))
            }
            _ => value.split_at(
                value
                    .bytes()
                    .position(|byte| byte.is_ascii_whitespace())
                    .unwrap_or(value.len()),
            ),
        };
        self.0 = rest;
        Some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found: Vec<_> = Attributes::new(text).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn of_every_form() {
        check(" a='1' b = \"x y\"", &[("a", "1"), ("b", "x y")]);
        check(" a=1 b c='2'", &[("a", "1"), ("b", ""), ("c", "2")]);
        check(" a='it is \"so\"'", &[("a", "it is \"so\"")]);
        check(" a='open", &[("a", "open")]);
        check(" \" a='1'", &[("a", "1")]);
        check(" a='1'b='2'", &[("a", "1"), ("b", "2")]);
        check(" ", &[]);
        check(" é='ü'", &[("é", "ü")]);
        check(" a=", &[("a", "")]);
    }

    #[test]
    fn by_name() {
        assert_eq!(Attributes::raw(" HREF='x'", "href"), Some("x"));
        assert_eq!(Attributes::raw(" hreflang='x'", "href"), None);
    }
}
