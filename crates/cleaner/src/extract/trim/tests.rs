use super::*;

#[track_caller]
fn check(text: &str, expected: bool) {
    assert_eq!(is_sentence(text), expected, "{text}");
}

#[test]
fn sentences_end_before_quotes_brackets_and_pictograms() {
    check("He said \u{201c}no.\u{201d}", true);
    check("(And so on.)", true);
    check("Hi everyone! \u{1f44b}", true);
    check("それは本当です。", true);
    check("By Ann Lee \u{2764}\u{fe0f}", false);
}

const LONG: &str = "The council met on Tuesday and agreed to rebuild the old bridge, which has been shut \
    since the flood of last spring.";

/// What of a page's blocks is kept.
fn kept(html: &str) -> Vec<String> {
    let mut page = crate::page::read(&crate::tidy::tidy(html));
    let weights = super::super::weigh::weigh(&mut page, 0);
    let all = super::super::candidates::all(&page, &weights, 0);
    let trimmed = trim(&page, &all[0], "");
    let texts = trimmed
        .kept
        .iter()
        .map(|index| page.blocks[*index].text.clone());
    texts.collect()
}

#[test]
fn sentences_that_begin_as_notes_do_are_text() {
    for line in include_str!("../../../tests/fixtures/sentences.txt").lines() {
        let html = format!("<p>{LONG}</p><p>{line}</p><p>{LONG} Again.</p>");
        assert_eq!(kept(&html).len(), 3, "{line}");
    }
}

#[test]
fn an_article_may_begin_as_a_note_does() {
    let first =
        "Copyright law has to change, the judge wrote in the opinion that she gave on Tuesday.";
    let html = format!("<p>{first}</p><p>{LONG}</p><p>{LONG} Again.</p>");
    assert_eq!(kept(&html)[0], first);
}

#[test]
fn notes_are_no_text_wherever_they_stand() {
    for line in include_str!("../../../tests/fixtures/notes.txt").lines() {
        let html = format!("<p>{LONG}</p>{line}<p>{LONG} Again.</p>");
        assert_eq!(kept(&html).len(), 2, "{line}");
    }
    for line in ["Subscribe to our evening letter.", "Follow us for more."] {
        let html = format!("<p>{LONG}</p><p>{LONG} Again.</p><p>{line}</p>");
        assert_eq!(kept(&html).len(), 2, "{line}");
    }
}

/// How many blocks of the article and of what follows stay, where it has six paragraphs.
#[track_caller]
fn check_closing(below: &str, expected: usize) {
    let text = paragraphs(0..6);
    let kept = kept(&format!("<div>{text}{below}</div>"));
    assert_eq!(kept.len(), expected, "{below}: {kept:?}");
}

#[test]
fn a_line_closes_where_what_is_below_leads_away() {
    let card = |n: usize| format!("<h3>Town votes {n}</h3><p>{LONG} Card {n}.</p>");
    let cards: String = (0..3).map(card).collect();
    for heading in ["Read more", "Mehr zum Thema", "Recommended", "Comments"] {
        check_closing(&format!("<h2>{heading}</h2>{cards}"), 6);
    }
    let section = paragraphs(6..9);
    check_closing(&format!("<h2>Comments from residents</h2>{section}"), 10);
    check_closing(&format!("<p>Lesen Sie auch</p>{section}"), 9);
    check_closing(&format!("<h2>About the author</h2><p>{LONG} She.</p>"), 6);
}

fn paragraphs(numbers: std::ops::Range<usize>) -> String {
    let paragraphs = numbers.map(|n| format!("<p>{LONG} {n}.</p>"));
    paragraphs.collect::<Vec<_>>().concat()
}
