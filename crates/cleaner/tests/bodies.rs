//! What of a page is the article's text, and what stands around it.

mod support;

use article::Fetched;
use cleaner::clean;
use support::{LONG, MORE, fetched};

fn html(page: &str) -> Fetched {
    fetched(page.as_bytes().to_vec())
}

#[track_caller]
fn check_text(page: &str, expected: &[&str]) {
    let text = clean(&html(page)).expect("the page has a text").text;
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(paragraphs, expected, "{page}");
}

#[test]
fn bodies_in_several_parts_are_joined() {
    check_text(
        &format!(
            "<div class=body-text><p>{LONG}</p></div><div class=ad>Buy</div><div class=body-text><p>{MORE}</p></div>"
        ),
        &[LONG, MORE],
    );
}

#[test]
fn other_articles_on_the_page_stay_out() {
    check_text(
        &format!(
            "<article><div class=story-body><p>{LONG}</p><p>{MORE}</p></div></article>\
             <article><div class=story-body><p>Another story, shorter than the first, stands below it on the page.</p></div></article>"
        ),
        &[LONG, MORE],
    );
}

#[test]
fn cards_of_other_articles_stay_out() {
    let card = "<h3><a href=x>Another article's headline</a></h3><p>Its teaser tells in a line or two what it is about, not more.</p>";
    check_text(
        &format!(
            "<main><h1>T</h1><p>{LONG}</p><p>{MORE}</p><div>{}</div></main>",
            card.repeat(4)
        ),
        &[LONG, MORE],
    );
}

#[test]
fn what_readers_wrote_stays_out_whatever_it_is_called() {
    let names = [
        "Ann Lee", "bob77", "Cy Poe", "D. Ray", "Eva", "F_F", "Gil Orr", "Hal",
    ];
    let comments = names
        .iter()
        .zip(1..)
        .map(|(name, hours)| {
            format!(
                "<div class=x3><div><b>{name}</b> <i>{hours} hours ago</i></div><div>My own opinion on \
                 it is longer than the whole article above, and I say so at all the length that I am given here.</div></div>"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    for (before, behind) in [
        ("<main>", "</main>"),
        ("<main><article>", "</article></main>"),
        ("", ""),
    ] {
        for around in ["div", "section", "ul"] {
            let page = format!(
                "{before}<h1>Bridge</h1><p>{LONG}</p><p>{MORE}</p><p>{LONG} Again.</p><p>{MORE} Again.</p>\
                 <{around}>{comments}</{around}>{behind}"
            );
            let again = [format!("{LONG} Again."), format!("{MORE} Again.")];
            check_text(&page, &[LONG, MORE, &again[0], &again[1]]);
        }
    }
}

#[test]
fn names_that_lie_are_not_believed() {
    check_text(
        &format!(
            "<div class=sidebar-layout><div class='share-wrapper'><p>{LONG}</p><p>{MORE}</p></div></div>"
        ),
        &[LONG, MORE],
    );
}

#[test]
fn text_without_paragraph_elements_is_text() {
    check_text(&format!("<div>{LONG}<br><br>{MORE}</div>"), &[LONG, MORE]);
    check_text(
        &format!("<table><tr><td>{LONG}<p>{MORE}</table>"),
        &[LONG, MORE],
    );
    check_text("Short.", &["Short."]);
}

#[test]
fn line_ends_part_paragraphs_where_they_are_shown() {
    check_text(&format!("{LONG}\n\n{MORE}"), &[LONG, MORE]);
    check_text(
        &format!("<h1>Bridge</h1><pre>{LONG}\n\n{MORE}</pre>"),
        &[LONG, MORE],
    );
    // One behind each paragraph; verses stay together.
    let (long, more) = (
        LONG.replace(", about", ", and longer still, about"),
        MORE.replace(", about", ", and longer still, about"),
    );
    let (long, more) = (
        format!("By all means, {long}"),
        format!("By all means, {more}"),
    );
    check_text(
        &format!("<div>{long}<br>{more}<br>{long} Again.</div>"),
        &[&long, &more, &format!("{long} Again.")],
    );
    check_text(
        &format!("<div>By the river.<br>By the sea.<br>{LONG}</div>"),
        &[&format!("By the river. By the sea. {LONG}")],
    );
}

#[test]
fn headline_author_and_day_in_lines_are_no_text() {
    let lines = "Old bridge to be rebuilt by autumn, the council says at last<br>Ann Lee<br>Sunday, May 17, 2026";
    check_text(
        &format!("<div><p>{lines}</p><p>{LONG}</p><p>{MORE}</p></div>"),
        &[LONG, MORE],
    );
    let verses = "The river runs below the wall that fell<br>and nobody will tell us where it went<br>on Sunday";
    let told = verses.replace("<br>", " ");
    check_text(
        &format!("<div><p>{verses}</p><p>{LONG}</p><p>{MORE}</p></div>"),
        &[&told, LONG, MORE],
    );
}

#[test]
fn a_paragraph_before_a_list_leads_in_to_it() {
    let items = (1..9)
        .map(|n| format!("<li>Number {n} of them. {LONG}</li>"))
        .collect::<Vec<_>>()
        .concat();
    let page =
        format!("<nav>Menu</nav><h1>Bridges</h1><p>{MORE}</p><ol>{items}</ol><p>Contact</p>");
    let text = clean(&html(&page)).expect("a text").text;
    assert!(text.starts_with(MORE), "{text}");
    let apart = page.replace(
        &format!("<p>{MORE}</p>"),
        &format!("<div><p>{MORE}</p></div>"),
    );
    let text = clean(&html(&apart)).expect("a text").text;
    assert!(text.starts_with("Number 1"), "{text}");
}

#[test]
fn a_template_that_is_shown_is_text() {
    let text = format!("<p>{LONG}</p><p>{MORE}</p>");
    check_text(
        &format!("<x-article><template shadowrootmode=open>{text}</template></x-article>"),
        &[LONG, MORE],
    );
    check_text(
        &format!("<p>{MORE}</p><template><p>{LONG}</p></template>"),
        &[MORE],
    );
}

#[test]
fn what_asks_to_pay_is_no_text() {
    for note in [
        "This article is for subscribers only. Try us for one month at 1 EUR, and cancel whenever you want.",
        "Sie haben bereits ein Abo? Dann melden Sie sich bitte hier mit Ihrem Namen und Ihrem Kennwort an.",
        "¿Ya eres suscriptor? Inicia sesión para seguir leyendo este artículo y todos los demás del diario.",
        "Contenuto riservato agli abbonati: scegli la formula che preferisci e leggi tutti gli articoli.",
        "Den här artikeln är för prenumeranter. Prova oss i en månad för en krona och läs allt som vi skriver.",
    ] {
        check_text(
            &format!("<article><h1>Bridge</h1><p>{LONG}</p><p>{MORE}</p><p>{note}</p></article>"),
            &[LONG, MORE],
        );
    }
}
