//! Which words stand in quotation.

use memchr::memmem;

use super::signs::Shape;
use super::spans::Span;
use crate::words::Word;

/// A quotation that is longer than this many words is a lost closing mark, not a quotation.
const LONGEST_QUOTATION: usize = 400;

/// Marks the words that stand in quotation.
pub(super) fn mark(text: &str, words: &mut [Word], spans: &[Span], handles: bool) {
    for span in spans {
        quote(words, span);
    }
    mark_posts(text, words, handles);
    unquote_statements(words);
}

/// Marks the words of a span, the first of which opens a sentence.
fn quote(words: &mut [Word], span: &Span) {
    let first = words.partition_point(|word| (word.start as usize) < span.start);
    let behind = words.partition_point(|word| (word.start as usize) < span.end);
    if span.shape == Shape::Book || behind - first > LONGEST_QUOTATION {
        return;
    }
    for (at, word) in words[first..behind].iter_mut().enumerate() {
        word.quoted = true;
        word.opens |= at == 0;
    }
}

/// Marks paragraphs that reproduce a post of a social network as quotation: they stand there without
/// marks, and every outlet that reports on one prints the same words.
fn mark_posts(text: &str, words: &mut [Word], handles: bool) {
    if !(handles && text.contains("(@"))
        && memmem::find(text.as_bytes(), b"pic.twitter.com").is_none()
    {
        return;
    }
    let mut start = 0;
    for paragraph in text.split_inclusive('\n') {
        let end = start + paragraph.len();
        if paragraph.contains("pic.twitter.com") || paragraph.contains("(@") {
            let first = words.partition_point(|word| (word.start as usize) < start);
            let last = words.partition_point(|word| (word.start as usize) < end);
            for word in &mut words[first..last] {
                word.quoted = true;
            }
        }
        start = end;
    }
}

/// Where nearly everything is quotation, as in a statement or a transcript, there is no narration to
/// tell apart: the quotation is the text.
fn unquote_statements(words: &mut [Word]) {
    let quoted = words.iter().filter(|word| word.quoted).count();
    if quoted * 5 > words.len() * 4 {
        for word in words {
            word.quoted = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::normalise::normalise;

    #[track_caller]
    fn check_quoted(text: &str, expected: &str) {
        let quoted: Vec<&str> = normalise(text)
            .words
            .iter()
            .filter(|word| word.quoted)
            .map(|word| &text[word.range()])
            .collect();
        assert_eq!(quoted.join(" "), expected, "{text}");
    }

    const REST: &str = " and so the long day ended in the town as it had begun there";

    #[test]
    fn quotations_of_several_languages_are_told_from_narration() {
        check_quoted(&format!("He said “we go now”{REST}"), "we go now");
        check_quoted(&format!("Er sagte: „Wir gehen“{REST}"), "Wir gehen");
        check_quoted(&format!("Il dit «on y va»{REST}"), "on y va");
        check_quoted(&format!("Er rief »los jetzt«{REST}"), "los jetzt");
        check_quoted(
            &format!("He said \"we go\"{REST} \"no\" {REST}"),
            "we go no",
        );
    }

    #[test]
    fn a_stray_mark_quotes_nothing() {
        check_quoted(&format!("A 5\" pipe{REST}"), "");
        check_quoted(&format!("The “pipe{REST}"), "");
    }

    #[test]
    fn a_text_that_is_all_quotation_is_narration() {
        check_quoted("“We shall go there tomorrow, all of us.”", "");
    }

    #[test]
    fn a_post_is_quotation_without_marks() {
        check_quoted(
            &format!("He posted this.{REST}\nSad day — A. Person (@person)\n{REST}"),
            "Sad day A Person person",
        );
    }
}
