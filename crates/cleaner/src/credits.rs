//! Who made a picture: how lines say so. The one reader of `data/picture-credits.txt`.

use std::sync::LazyLock;

use crate::lists::sections;

/// What stands before the name of who made a picture.
#[derive(Debug)]
struct Label {
    words: &'static str,
    colon: Colon,
    /// Whether it is one at the beginning of a line as well.
    begins_lines: bool,
}

/// Whether a colon stands behind a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colon {
    Always,
    /// It may be missing at the beginning of a line.
    Within,
    Never,
}

impl Label {
    fn of(line: &'static str, begins_lines: bool) -> Self {
        let (words, colon) = if let Some(words) = line.strip_suffix(":?") {
            (words, Colon::Within)
        } else if let Some(words) = line.strip_suffix(':') {
            (words, Colon::Always)
        } else {
            (line, Colon::Never)
        };
        Self {
            words,
            colon,
            begins_lines,
        }
    }

    /// Its length at the beginning of `text`, which is in lower case. `photo by` is none in `photo bylaws`.
    fn length_in(&self, text: &str, is_line: bool) -> Option<usize> {
        let rest = text.strip_prefix(self.words)?;
        let ends = !self.words.ends_with(char::is_alphanumeric)
            || !rest.starts_with(char::is_alphanumeric);
        let colon = rest.trim_start();
        if self.colon != Colon::Never && colon.starts_with(':') {
            return Some(text.len() - colon.len() + 1);
        }
        let may_lack = self.colon == Colon::Never || (is_line && self.colon == Colon::Within);
        (ends && may_lack).then_some(self.words.len())
    }
}

#[derive(Debug)]
struct Credits {
    labels: Vec<Label>,
    ends: Vec<&'static str>,
    stock: Vec<&'static str>,
}

static CREDITS: LazyLock<Credits> = LazyLock::new(|| {
    let mut credits = Credits {
        labels: Vec::new(),
        ends: Vec::new(),
        stock: Vec::new(),
    };
    for (section, line) in sections(include_str!("../data/picture-credits.txt")) {
        match section {
            "label" | "within" => credits.labels.push(Label::of(line, section == "label")),
            "end" => credits.ends.push(line),
            "stock" => credits.stock.push(line),
            other => unreachable!("picture-credits.txt has no section {other:?}"),
        }
    }
    credits
});

/// The longest line that is a credit and no paragraph, in characters.
const LINE: usize = 120;

/// Whether a line says who took a picture.
pub(crate) fn begins(line: &str) -> bool {
    if line.chars().count() >= LINE {
        return false;
    }
    let lower = line.to_lowercase();
    let mut labels = CREDITS.labels.iter().filter(|label| label.begins_lines);
    labels.any(|label| label.length_in(&lower, true).is_some())
}

/// The length of the label that a text in lower case begins with.
pub(crate) fn label(lower: &str) -> Option<usize> {
    let labels = CREDITS.labels.iter();
    labels
        .filter_map(|label| label.length_in(lower, false))
        .max()
}

/// Where each label stands last within a text in lower case, and its words.
pub(crate) fn last_labels(lower: &str) -> impl Iterator<Item = (usize, &'static str)> {
    CREDITS.labels.iter().filter_map(|label| {
        let mut places = lower.rmatch_indices(label.words).map(|(at, _)| at);
        let at = places.find(|at| label.length_in(&lower[*at..], false).is_some())?;
        Some((at, label.words))
    })
}

/// Whether a name in a byline is that of who made or sold a picture.
pub(crate) fn is_of_picture(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut labels = CREDITS.labels.iter().filter(|label| label.begins_lines);
    labels.any(|label| lower.starts_with(label.words))
        || CREDITS.stock.iter().any(|stock| lower.starts_with(stock))
}

/// How far from a caption's end its credit may begin, in characters.
const END: usize = 60;

/// Whether a block ends with a picture's credit: but for names nothing is behind it, and where a name follows its
/// stroke, it stands apart from what is before. "... was carried out for Reuters/Ipsos in May." is none.
pub(crate) fn ends(text: &str) -> bool {
    let skipped = text.chars().count().saturating_sub(END);
    let from = text.char_indices().nth(skipped).map_or(0, |(at, _)| at);
    let end = text[from..].trim_end_matches([')', ']', '.', ' ']);
    let lower = end.to_lowercase();
    let mut found = CREDITS
        .ends
        .iter()
        .filter(|phrase| lower.contains(**phrase));
    found.any(|phrase| {
        let mut places = end.char_indices().map(|(at, _)| at);
        places.any(|at| {
            let behind = behind(&end[at..], phrase);
            behind.is_some_and(|behind| {
                let before = &text[..from + at];
                (!phrase.ends_with('/') || is_apart(before)) && names_only(behind)
            })
        })
    })
}

/// What follows a phrase in lower case at the beginning of `text`.
fn behind<'a>(text: &'a str, phrase: &str) -> Option<&'a str> {
    let mut left = phrase.chars();
    for (at, c) in text.char_indices() {
        if left.as_str().is_empty() {
            return Some(&text[at..]);
        }
        for lower in c.to_lowercase() {
            if left.next() != Some(lower) {
                return None;
            }
        }
    }
    left.as_str().is_empty().then_some("")
}

fn is_parter(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Whether what stands before a credit ends there: a sentence, a bracket, a name and a stroke.
fn is_apart(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty() || before.ends_with(is_parter)
}

/// Whether there are names and what joins them, and no words of a sentence.
fn names_only(text: &str) -> bool {
    const JOINTS: [&str; 11] = [
        "via", "for", "by", "and", "of", "file", "photo", "opens", "new", "tab", "pool",
    ];
    let mut words = text.split(is_parter).filter(|word| !word.is_empty());
    words.all(|word| !word.starts_with(char::is_lowercase) || JOINTS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_line(text: &str, expected: bool) {
        assert_eq!(begins(text), expected, "{text}");
    }

    #[test]
    fn a_line_begins_with_who_made_the_picture() {
        for line in [
            "Photo: Ann Lee",
            "Photo Ann Lee",
            "Crédit photo Ann Lee",
            "Bildquelle Ann Lee",
            "Photo : Ann Lee",
            "© Ann Lee",
        ] {
            check_line(line, true);
        }
        for line in [
            "Photographs hang there",
            "Source: the town",
            "Pictures of the wall",
            "Image of a wall",
        ] {
            check_line(line, false);
        }
    }

    #[track_caller]
    fn check_caption(text: &str, expected: bool) {
        assert_eq!(ends(text), expected, "{text}");
    }

    #[test]
    fn a_credit_stands_apart_at_the_end() {
        check_caption("The bridge on Sunday. REUTERS/Ann Lee", true);
        check_caption("The bridge, May 17, 2026. REUTERS/Ann Lee/File Photo", true);
        check_caption("The bridge (Photo by Ann Lee)", true);
        check_caption("Ann Lee/AFP via Getty Images", true);
        check_caption(
            "The survey was carried out for Reuters/Ipsos in May.",
            false,
        );
        check_caption("The survey was carried out for Reuters/Ipsos.", false);
        check_caption("It is what imago images sells to dailies, he said.", false);
    }
}
