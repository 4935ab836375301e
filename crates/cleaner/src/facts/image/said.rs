//! What is said of a picture: what it shows, and who made it.

use article::Image;

use super::bare;
use crate::credits;
use crate::page::{Marks, Page};

/// How long a credit is, in characters.
const CREDIT: usize = 90;

/// The caption and the credit in a figure.
pub(super) fn of(page: &Page, figure: usize) -> Image {
    let mut captions: Vec<&str> = Vec::new();
    let mut image = bare(String::new());
    for block in &page.blocks[page.nodes[figure].blocks.clone()] {
        let text = block.text.trim();
        let marks = page.nodes[block.node].marks;
        let is_named =
            marks.has(Marks::CREDIT.with(Marks::RIGHTS)) && text.chars().count() <= CREDIT;
        if image.credit.is_none() && (is_named || credits::begins(text)) {
            image.credit = Some(without_label(text).to_owned());
        } else {
            captions.push(text);
        }
    }
    let caption = captions.join(" ");
    if image.credit.is_none()
        && let Some((shown, credit)) = parted(&caption)
    {
        image.credit = Some(credit.to_owned());
        image.caption = Some(shown.to_owned());
    } else {
        image.caption = Some(caption);
    }
    image.caption = image.caption.filter(|text| !text.is_empty());
    image
}

/// A credit without what says that it is one; whole where nothing else is left.
fn without_label(text: &str) -> &str {
    let bare = text.trim_matches(['(', ')', '[', ']', ' ']);
    let lower = bare.to_lowercase();
    let length = credits::label(&lower).unwrap_or(0);
    // Of another length in lower case it is cut nowhere.
    let rest = if lower.len() == bare.len() {
        bare.get(length..)
    } else {
        None
    };
    rest.map(|rest| rest.trim_matches([' ', ':', '©']))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(bare)
}

/// What is shown, and who made it, where one line says both: `The bridge. (Photo: Ann Lee/MPA)`.
fn parted(caption: &str) -> Option<(&str, &str)> {
    let lower = caption.to_lowercase();
    if lower.len() != caption.len() {
        return None;
    }
    let labelled = credits::last_labels(&lower)
        .filter(|(at, label)| begins_credit(&lower[..*at], label))
        .map(|(at, _)| at);
    let at = labelled.min().or_else(|| bracket(&lower))?;
    let (shown, credit) = (caption.get(..at)?, caption.get(at..)?);
    let shown = shown.trim_end_matches(['(', '[', '|', '/', '–', '—', '-', ' ']);
    let credit = without_label(credit.trim());
    let is_short = credit.chars().count() <= CREDIT && credit.chars().any(char::is_alphabetic);
    (!shown.is_empty() && is_short).then_some((shown, credit))
}

/// Whether a label goes on from the end of a caption, rather than standing within a sentence.
fn begins_credit(before: &str, label: &str) -> bool {
    let head = before.trim_end();
    let ends = head.ends_with([
        '.', '!', '?', '…', '(', '[', '|', '–', '—', '/', '"', '”', ')', '。',
    ]);
    ends || (label == "©" && head.len() < before.len())
}

/// Where the bracket begins that ends a caption and says of a photo whose it is: `(MPA Photo/Ann Lee)`.
fn bracket(lower: &str) -> Option<usize> {
    let end = lower.trim_end_matches(['.', ' ']);
    let open = end.rfind('(').filter(|_| end.ends_with(')'))?;
    let inside = &end[open..];
    let says = ["photo", "foto"].iter().any(|word| inside.contains(word));
    (says && inside.chars().count() <= CREDIT).then_some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(caption: &str, expected: Option<(&str, &str)>) {
        assert_eq!(parted(caption), expected, "{caption}");
    }

    #[test]
    fn a_caption_may_end_in_a_credit() {
        check(
            "The wall. (Photo: Ann Lee/MPA)",
            Some(("The wall.", "Ann Lee/MPA")),
        );
        check(
            "Die Mauer. Foto: mpa/Ann Lee",
            Some(("Die Mauer.", "mpa/Ann Lee")),
        );
        check("The wall. © Ann Lee", Some(("The wall.", "Ann Lee")));
        check(
            "The wall (MPA Photo/Ann Lee)",
            Some(("The wall", "MPA Photo/Ann Lee")),
        );
        check(
            "The wall, seen in a photo by Ann Lee that hangs there",
            None,
        );
        check("Her source: the sea", None);
        check("The wall.", None);
    }

    #[test]
    fn a_label_is_no_part_of_a_credit() {
        assert_eq!(without_label("Foto: mpa"), "mpa");
        assert_eq!(without_label("© Ann Lee"), "Ann Lee");
        assert_eq!(without_label("Photo Ann Lee"), "Photo Ann Lee");
        assert_eq!(without_label("©"), "©");
    }
}
