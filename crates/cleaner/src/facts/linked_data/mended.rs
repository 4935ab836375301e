//! JSON-LD that is broken in the ways in which templates break it.

/// An object as it was meant: without commas before its ends, and with the quotation marks within strings escaped.
pub(super) fn mended(object: &str) -> String {
    let mut out = String::with_capacity(object.len() + 16);
    let mut is_string = false;
    let mut signs = object.char_indices();
    while let Some((at, sign)) = signs.next() {
        let behind = &object[at + sign.len_utf8()..];
        match sign {
            '\\' if is_string => {
                out.push(sign);
                out.extend(signs.next().map(|(_, escaped)| escaped));
            }
            '"' if is_string && !ends_string(behind) => out.push_str("\\\""),
            '"' => {
                is_string = !is_string;
                out.push(sign);
            }
            '0'..='9' | '-' if !is_string => {
                let (number, length) = number(&object[at..]);
                out.push_str(number);
                for _ in 1..length {
                    signs.next();
                }
            }
            ',' if !is_string && behind.trim_start().starts_with(['}', ']']) => {}
            _ => out.push(sign),
        }
    }
    out
}

/// The number that a text begins with, and its length; `null` for one beyond what numbers can be, for which a parser
/// refuses all of the object.
fn number(text: &str) -> (&str, usize) {
    let is_of_it = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let end = text.find(|c| !is_of_it(c)).unwrap_or(text.len());
    let is_endless = text[..end].parse::<f64>().is_ok_and(f64::is_infinite);
    (if is_endless { "null" } else { &text[..end] }, end)
}

/// Whether a quotation mark ends a string, by what stands behind it: its object ends or goes on.
fn ends_string(behind: &str) -> bool {
    let rest = behind.trim_start();
    match rest.chars().next() {
        None | Some(':' | '}' | ']') => true,
        Some(',') => {
            let next = rest[1..].trim_start();
            next.starts_with(['"', '{', '[', '}', ']', '-'])
                || next.starts_with(|c: char| c.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(object: &str, expected: &str) {
        assert_eq!(mended(object), expected, "{object}");
        assert!(
            serde_json::from_str::<serde_json::Value>(&mended(object)).is_ok(),
            "{object}"
        );
    }

    #[test]
    fn numbers_out_of_range_are_nothing() {
        check(
            r#"{"a": 1e400, "b": -2.5e3, "c": "1e400", "d": [-1e999]}"#,
            r#"{"a": null, "b": -2.5e3, "c": "1e400", "d": [null]}"#,
        );
    }

    #[test]
    fn commas_and_quotation_marks_are_mended() {
        check(
            r#"{"a": [{"b": "c"}, ], "d": 1, }"#,
            r#"{"a": [{"b": "c"} ], "d": 1 }"#,
        );
        check(
            r#"{"a": "He said "no", and left", "b": "c"}"#,
            r#"{"a": "He said \"no\", and left", "b": "c"}"#,
        );
        check(
            r#"{"a": "\"b\"", "c": "d, ]"}"#,
            r#"{"a": "\"b\"", "c": "d, ]"}"#,
        );
    }
}
