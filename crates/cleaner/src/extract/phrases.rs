//! How blocks begin that are no part of an article.

use std::sync::LazyLock;

/// The phrases of `data/phrases.txt`, sorted.
#[derive(Debug)]
pub(crate) struct Phrases {
    related: Vec<&'static str>,
    service: Vec<&'static str>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases {
        related: Vec::new(),
        service: Vec::new(),
    };
    let mut in_service = false;
    for line in include_str!("../../data/phrases.txt").lines() {
        let line = line.trim();
        match line {
            "[related]" => in_service = false,
            "[service]" => in_service = true,
            _ if line.is_empty() || line.starts_with('#') => {}
            _ if in_service => phrases.service.push(line),
            _ => phrases.related.push(line),
        }
    }
    phrases.related.sort_unstable();
    phrases.service.sort_unstable();
    phrases
});

impl Phrases {
    pub(crate) fn get() -> &'static Self {
        &PHRASES
    }

    /// Whether a block leads to another article.
    pub(crate) fn is_related(&self, text: &str) -> bool {
        begins(&self.related, text)
    }

    /// Whether a block offers, asks or declares something on the outlet's behalf.
    pub(crate) fn is_service(&self, text: &str) -> bool {
        begins(&self.service, text)
    }
}

fn begins(phrases: &[&str], text: &str) -> bool {
    let start: String = text
        .chars()
        .skip_while(|c| !c.is_alphanumeric() && !matches!(c, '©' | 'ⓒ'))
        .take(48)
        .flat_map(char::to_lowercase)
        .collect();
    phrases.iter().any(|phrase| {
        start.strip_prefix(phrase).is_some_and(|rest| {
            let joins = phrase.ends_with(char::is_alphanumeric)
                && rest.starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
            !joins
        })
    })
}
