//! Who signed an article.

use crate::{TEXT, check_authors, check_undated, cleaned, with_lead};

const LAST: &str =
    "A last paragraph that is by all means long enough to be one, about the ferry beside them.";

#[test]
fn a_date_or_a_section_before_the_author_is_no_name() {
    for lead in [
        "<span class=posted-on>Posted on <time>March 4, 2026</time></span> <span class=byline>by <span class='author vcard'><a>Ann Lee</a></span></span>",
        "<span class=post-date>March 4, 2026</span><span class=post-author>By Ann Lee</span>",
        "<div class=updated>Updated March 5</div><div class=author>Ann Lee</div>",
        "<div class=story-meta>Harbour News</div><div class=author>Ann Lee</div>",
        "<p>Posted on March 4, 2026 by Ann Lee</p>",
        "<p class=published>Veröffentlicht am 4. März 2026 um 7:12 Uhr von Ann Lee</p>",
    ] {
        check_authors(lead, &["Ann Lee"]);
    }
}

#[test]
fn line_breaks_part_a_byline() {
    for lead in [
        "<p>By Ann Lee<br>March 4, 2026</p>",
        "<p><b>By Ann Lee</b><br>Staff Writer</p>",
        "<p>Bridges<br>By Ann Lee<br>Osier</p>",
        "<div class=byline><a>Ann Lee</a><span>Chief Reporter in Osier</span></div>",
    ] {
        check_authors(lead, &["Ann Lee"]);
    }
    check_authors(
        "<p>By Ann Lee,<br>Bob Ray<br>and Cy Poe</p>",
        &["Ann Lee", "Bob Ray", "Cy Poe"],
    );
}

#[test]
fn places_outlets_and_offices_are_no_names() {
    check_authors(
        "<p class=byline>By Ann Lee for Osier Post</p>",
        &["Ann Lee"],
    );
    check_authors(
        "<p class=byline>By Ann Lee, Harbour Correspondent</p>",
        &["Ann Lee"],
    );
    check_authors(
        "<p class=byline>By Ann Lee Political Editor</p>",
        &["Ann Lee"],
    );
    check_authors(
        "<p class=byline>By Ann Lee and Bob Ray in Osier and Cy Poe in Port Reed</p>",
        &["Ann Lee", "Bob Ray", "Cy Poe"],
    );
    check_authors(
        "<p class=byline>Reviewed by Bob Ray</p><p class=byline>By Ann Lee</p>",
        &["Ann Lee"],
    );
}

#[test]
fn a_time_is_nobody() {
    for lead in [
        "<p class=byline>By Friday Evening</p><p class=byline>By Ann Lee</p>",
        "<p>By Late Tuesday</p><p>By Ann Lee</p>",
        "<p class=author>Von Freitag Abend</p><p class=author>Von Ann Lee</p>",
        "<p class=byline>Por Lunes Tarde</p><p class=byline>Por Ann Lee</p>",
    ] {
        check_authors(lead, &["Ann Lee"]);
        check_undated(&with_lead("", lead));
    }
    check_authors("<p class=byline>By April May</p>", &["April May"]);
    check_authors("<p class=byline>By Tuesday Weir</p>", &["Tuesday Weir"]);
}

#[test]
fn names_are_read_in_many_languages() {
    check_authors(
        "<p class=byline>Door Piet van der Meer</p>",
        &["Piet van der Meer"],
    );
    check_authors(
        "<p class=byline>Por Ana de los Santos Gil y Pedro Soto</p>",
        &["Ana de los Santos Gil", "Pedro Soto"],
    );
    check_authors(
        "<p class=byline>Par Luc Roux avec AFP</p>",
        &["Luc Roux", "AFP"],
    );
    check_authors("<p class=byline>Oleh: Suharto</p>", &["Suharto"]);
    check_authors("<p class=author>记者：王小明</p>", &["王小明"]);
    check_authors("<p class=author>Írta: Kovács Anna</p>", &["Kovács Anna"]);
    check_authors("<p class=author>Teksti: Liisa Mäki</p>", &["Liisa Mäki"]);
    check_authors("<p class=author>लेखक: राजेश कुमार</p>", &["राजेश कुमार"]);
    check_authors("<p class=author>Της Μαρίας Λέκκα</p>", &["Μαρίας Λέκκα"]);
}

#[test]
fn offices_sign_where_nobody_is_named() {
    for (desk, name) in [
        ("<meta name=author content='Redaktion'>", "Redaktion"),
        ("<meta name=author content='News Desk'>", "News Desk"),
        (
            "<p><span itemprop=author>La rédaction</span></p>",
            "La rédaction",
        ),
        (
            r#"<script type="application/ld+json">{"@type":"NewsArticle","author":{"name":"Daily staff reporter"}}</script>"#,
            "Daily staff reporter",
        ),
    ] {
        check_authors(desk, &[name]);
    }
    for desk in ["Redaktion", "News Desk", "Admin"] {
        let lead = format!("<meta name=author content='{desk}'><p class=byline>By Ann Lee</p>");
        check_authors(&lead, &["Ann Lee"]);
    }
    for nobody in ["admin", "root", "null", "Unknown", "webmaster"] {
        check_authors(&format!("<meta name=author content={nobody}>"), &[]);
    }
    check_authors(
        "<p class=byline>By Ann Lee, MPA National Political Writer</p>",
        &["Ann Lee"],
    );
}

#[test]
fn data_give_names_in_parts_and_in_fields() {
    check_authors(
        r#"<script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Person","givenName":"Ann","familyName":"Lee"}}</script>"#,
        &["Ann Lee"],
    );
    check_authors(
        "<span itemprop=author itemscope><meta itemprop=name content='Ann Lee'></span>",
        &["Ann Lee"],
    );
}

#[test]
fn editors_are_no_authors() {
    check_authors(
        "<p>Reporting by Ann Lee; Editing by Cy Poe</p>",
        &["Ann Lee"],
    );
    check_authors(
        "<p>Reporting by Ann Lee and Bob Ray; editing by Cy Poe and Di Fox</p>",
        &["Ann Lee", "Bob Ray"],
    );
}

#[test]
fn editors_signed_where_nobody_else_did() {
    for lead in [
        "<p class=byline>Edited by Ann Lee; reporting by Bob Ray</p>",
        "<p>Edited by Ann Lee; reporting by Bob Ray</p>",
        "<p class=byline>Edited by Ann Lee</p><p class=byline>Reporting by Bob Ray</p>",
        "<p>Edited by Ann Lee</p><p>By Bob Ray</p>",
        "<p class=byline>Edited by Ann Lee<br>Reporting by Bob Ray</p>",
        "<p class=byline><b>Edited by</b><br>Ann Lee<br><b>Reporting by</b><br>Bob Ray</p>",
        "<meta name=author content='Reporting by Bob Ray Editing by Ann Lee'>",
        "<p>Redigiert von Ann Lee, Text: Bob Ray</p>",
    ] {
        check_authors(lead, &["Bob Ray"]);
    }
    check_authors("<p>Редактор: Анна Ли; текст: Борис Рей</p>", &["Борис Рей"]);
    check_authors("<p class=byline>记者：李大海 责编：王小明</p>", &["李大海"]);
    check_authors("<p class=byline>Edited by Ann Lee</p>", &["Ann Lee"]);
    check_authors("<p class=byline>责编：王小明</p>", &["王小明"]);
    check_authors("<p class=byline>Reviewed by Ann Lee</p>", &[]);
}

#[test]
fn elements_named_after_authors_hold_names_in_every_script() {
    for name in [
        "Анна Иванова",
        "王小明",
        "أحمد علي",
        "أحمد عبد الله محمد",
        "राजेश कुमार शर्मा",
        "Μαρία Λέκκα",
        "สมชาย ใจดี",
        "דנה כהן",
        "Ann Lee",
    ] {
        for class in ["by", "written-by", "автор", "作者", "yazar", "كاتب"] {
            check_authors(&format!("<div class={class}>{name}</div>"), &[name]);
        }
        check_authors(&format!("<div class=sort-by>{name}</div>"), &[]);
    }
    check_authors("<div class=by>이영희 기자</div>", &["이영희"]);
    check_authors("<div class=by>By March 4, 2026</div>", &[]);
    // Short names of a style sheet take no text with them.
    let page = format!("<h1>Bridge shut</h1><div class='a by'>{TEXT}<p class=by>{LAST}</p></div>");
    assert!(cleaned(&page).text.ends_with(LAST), "{page}");
}

#[test]
fn data_of_frameworks_name_authors_where_nothing_else_does() {
    let data = |article: &str| {
        format!(
            "<script id=__NEXT_DATA__ type=application/json>{{\"props\":{{\"more\":\
             [{{\"title\":\"Snow\",\"author\":\"Cy Poe\"}}],\"page\":{article}}}}}</script>"
        )
    };
    let own = data(r#"{"title":"Bridge shut","authors":[{"name":"Ann Lee"},{"name":"王小明"}]}"#);
    check_authors(&own, &["Ann Lee", "王小明"]);
    check_authors(
        &format!("{own}<p class=byline>By Bob Ray</p>"),
        &["Bob Ray"],
    );
    check_authors(
        &data(r#"{"title":"Bridge open","authors":["Ann Lee"]}"#),
        &[],
    );
}
