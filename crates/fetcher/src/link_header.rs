//! The header field `Link` (RFC 8288), read as it is written: what is broken in one value harms no other.

/// A link of an answer's header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    /// Its target, as given.
    pub(crate) target: String,
    /// Its relation types, with blanks between.
    pub(crate) rel: String,
    params: Vec<(String, String)>,
}

impl Link {
    /// The value of a parameter by its name in lower case.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let mut params = self.params.iter();
        let (_, value) = params.find(|(found, _)| found == name)?;
        Some(value)
    }

    /// Whether it has a relation type, whatever the case of its letters.
    pub(crate) fn has_rel(&self, rel: &str) -> bool {
        let mut rels = self.rel.split_ascii_whitespace();
        rels.any(|found| found.eq_ignore_ascii_case(rel))
    }
}

/// Every link, of every field of the name. Of a parameter that is repeated the first counts, as the RFC
/// has it for `rel`.
pub(crate) fn links(headers: &[(String, String)]) -> Vec<Link> {
    let fields = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("link"));
    let mut found = Vec::new();
    for (_, value) in fields {
        let mut rest = value.as_str();
        while let Some((_, after)) = rest.split_once('<') {
            let Some((target, after)) = after.split_once('>') else {
                break;
            };
            let (params, after) = params(after);
            let rel = params.iter().find(|(name, _)| name == "rel");
            let rel = rel.map(|(_, rel)| rel.clone()).unwrap_or_default();
            let target = target.trim().to_owned();
            found.push(Link {
                target,
                rel,
                params,
            });
            rest = after;
        }
    }
    found
}

/// The parameters of a link, and what follows behind its comma.
fn params(text: &str) -> (Vec<(String, String)>, &str) {
    let mut params = Vec::new();
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(';') {
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let name = after[..end].trim().to_ascii_lowercase();
        rest = &after[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = argument(after.trim_start());
        }
        if !name.is_empty() {
            params.push((name, value));
        }
        rest = rest.trim_start();
    }
    let rest = rest.find(',').map_or("", |at| &rest[at + 1..]);
    (params, rest)
}

/// A token or a quoted string, and what follows.
fn argument(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[&str]) -> Vec<Link> {
        let fields = values
            .iter()
            .map(|value| ("Link".to_owned(), (*value).to_owned()));
        links(&fields.collect::<Vec<_>>())
    }

    #[track_caller]
    fn check(values: &[&str], expected: &[(&str, &str)]) {
        let found = of(values);
        let found: Vec<_> = found
            .iter()
            .map(|link| (link.target.as_str(), link.rel.as_str()))
            .collect();
        assert_eq!(found, expected, "{values:?}");
    }

    #[test]
    fn links_of_every_form() {
        check(
            &["<https://a.example/>; rel=hub"],
            &[("https://a.example/", "hub")],
        );
        check(
            &[
                "<a>; rel=\"hub self\" , <b>;rel=self;title=\"x, <y>; rel=z\"",
                "<c>",
            ],
            &[("a", "hub self"), ("b", "self"), ("c", "")],
        );
        check(&["<a,b>; REL=Hub; rel=self"], &[("a,b", "Hub")]);
        check(&["< a > ; rel = hub"], &[("a", "hub")]);
        check(&["a; rel=hub, <b>; rel=\"open"], &[("b", "open")]);
        check(&["<a", "", "<>"], &[("", "")]);
        let [link] = of(&["<a>; rel=hub; title=\"a \\\"b\\\"\"; x"])
            .try_into()
            .expect("one");
        assert_eq!(
            (link.param("title"), link.param("x")),
            (Some("a \"b\""), Some(""))
        );
        assert!(link.has_rel("HUB") && !link.has_rel("hu"));
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_stops_it(value in "[<>;,=\"\\\\ a-c]{0,40}") {
            of(&[&value]);
        }
    }
}
