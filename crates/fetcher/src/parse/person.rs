//! Who wrote something: a name, an address for mail, or both in one of the forms that feeds use.

/// A person or an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: Option<String>,
    /// The address for mail.
    pub email: Option<String>,
}

impl Person {
    /// Reads `name (mail)`, `mail (name)`, `name <mail>`, a bare address and a bare name.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let Some((start, end)) = address(text) else {
            return Some(Self {
                name: named(text),
                email: None,
            });
        };
        let email = Some(text[start..end].to_owned());
        // What is left of the text without the address and the marks around it.
        let before = text[..start].trim_end();
        let after = text[end..].trim_start();
        let before = before.strip_suffix("mailto:").unwrap_or(before).trim_end();
        let is_marked =
            |open: &[char], close: &[char]| before.ends_with(open) && after.starts_with(close);
        let (before, after) = if is_marked(&['(', '（'], &[')', '）'])
            || is_marked(&['<'], &['>'])
            || is_marked(&['[', '“', '"'], &[']', '”', '"'])
        {
            (strip_last(before), strip_first(after))
        } else {
            (before, after)
        };
        let rest = format!("{} {}", before.trim(), after.trim());
        Some(Self {
            name: named(&rest),
            email,
        })
    }

    /// Person of parts that are told apart already.
    pub(super) fn of_parts(name: Option<String>, email: Option<String>) -> Option<Self> {
        let filled = |part: Option<String>| {
            part.map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
        };
        let person = Self {
            name: filled(name),
            email: filled(email),
        };
        (person != Self::default()).then_some(person)
    }

    /// The name, else the address.
    pub fn label(&self) -> Option<&str> {
        self.name.as_deref().or(self.email.as_deref())
    }

    /// `name (mail)`, or what there is of it.
    pub fn full(&self) -> Option<String> {
        match (&self.name, &self.email) {
            (Some(name), Some(email)) => Some(format!("{name} ({email})")),
            (one, other) => one.clone().or_else(|| other.clone()),
        }
    }
}

fn strip_last(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next_back();
    characters.as_str()
}

fn strip_first(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.as_str()
}

/// A name without the brackets or quotes around it.
fn named(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(',').trim();
    let pairs = [
        ('(', ')'),
        ('（', '）'),
        ('"', '"'),
        ('“', '”'),
        ('<', '>'),
        ('[', ']'),
    ];
    let inside = pairs.iter().find_map(|(open, close)| {
        let inside = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    });
    let name = inside.unwrap_or(text).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Where the first address for mail stands.
fn address(text: &str) -> Option<(usize, usize)> {
    let is_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_domain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'@', bytes).find_map(|at| {
        let before = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| is_local(**byte))
            .count();
        let after = bytes[at + 1..]
            .iter()
            .take_while(|byte| is_domain(**byte))
            .count();
        let domain = text[at + 1..at + 1 + after].trim_end_matches(['.', '-']);
        let is_address = before > 0 && domain.contains('.') && !domain.starts_with('.');
        is_address.then_some((at - before, at + 1 + domain.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, name: &str, email: &str) {
        let person = Person::of(text).unwrap_or_default();
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        assert_eq!(
            (part(&person.name), part(&person.email)),
            (name.to_owned(), email.to_owned())
        );
    }

    #[test]
    fn in_every_form() {
        check("Ada Finch", "Ada Finch", "");
        check("ada@a.example", "", "ada@a.example");
        check("ada@a.example (Ada Finch)", "Ada Finch", "ada@a.example");
        check("Ada Finch (ada@a.example)", "Ada Finch", "ada@a.example");
        check("Ada Finch <ada@a.example>", "Ada Finch", "ada@a.example");
        check(
            "\"Ada Finch\" <ada@a.example>",
            "Ada Finch",
            "ada@a.example",
        );
        check("(Ada Finch)", "Ada Finch", "");
        check("mailto:ada@a.example", "", "ada@a.example");
        check("ada@a.example, Ada Finch", "Ada Finch", "ada@a.example");
        check("Ada (Harbour) Finch", "Ada (Harbour) Finch", "");
        check("@ada", "@ada", "");
        check("ada@harbour", "ada@harbour", "");
        check(" ", "", "");
    }

    #[test]
    fn beside_characters_of_many_bytes() {
        check("joe@a.example（山田）", "山田", "joe@a.example");
        check("山田（joe@a.example）", "山田", "joe@a.example");
        check("Joe “joe@a.example”", "Joe", "joe@a.example");
    }
}
