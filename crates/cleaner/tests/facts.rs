//! What pages say of their articles, in the forms in which they say it.

mod facts {
    mod signed;
}
mod support;

use article::{Cleaned, ZoneKind};
use cleaner::clean;
use support::{fetched, page};

/// Paragraphs of an article that is about nothing on these pages.
const TEXT: &str = "<p>A first paragraph that is by all means long enough to be one, about the old stone bridge.</p>\
    <p>A second paragraph that is by all means long enough to be one, about the new wooden bridge.</p>\
    <p>A third paragraph that is by all means long enough to be one, about the river under them.</p>";

fn cleaned(page: &str) -> Cleaned {
    clean(&fetched(page.as_bytes().to_vec())).expect("the page has a text")
}

/// A page with that markup between headline and text.
fn with_lead(head: &str, lead: &str) -> String {
    format!(
        "<title>Bridge shut</title>{head}<article><h1>Bridge shut</h1>{lead}<div class=story>{TEXT}</div></article>"
    )
}

#[track_caller]
fn check_authors(lead: &str, expected: &[&str]) {
    assert_eq!(cleaned(&with_lead("", lead)).authors, expected, "{lead}");
}

#[track_caller]
fn check_dates(lead: &str, published: &str, modified: Option<&str>) {
    let cleaned = cleaned(&with_lead("<html lang=de>", lead));
    let day = |moment: jiff::Timestamp| moment.to_string()[..10].to_owned();
    assert_eq!(
        cleaned.published.map(day).as_deref(),
        Some(published),
        "{lead}"
    );
    assert_eq!(
        cleaned.metadata.modified.map(day).as_deref(),
        modified,
        "{lead}"
    );
}

#[test]
fn the_moment_of_a_change_is_none_of_publication() {
    for line in [
        "Updated: 6 March 2026 10:00 | Published: 4 March 2026 07:12",
        "Published: 4 March 2026 07:12 | Updated: 6 March 2026 10:00",
        "Last updated: March 6, 2026<br>First published: March 4, 2026",
        "Aktualisiert am 06.03.2026, 10:00 Uhr | Veröffentlicht am 04.03.2026, 07:12 Uhr",
        "Обновлено: 6 марта 2026 | Опубликовано: 4 марта 2026",
    ] {
        for class in ["date", "x"] {
            let lead = format!("<p class={class}>{line}</p>");
            check_dates(&lead, "2026-03-04", Some("2026-03-06"));
        }
    }
    check_dates("<p>6 March 2026</p>", "2026-03-06", None);
}

#[track_caller]
fn check_undated(page: &str) {
    assert_eq!(cleaned(page).published, None, "{page}");
}

#[test]
fn dates_of_other_things_are_none_of_publication() {
    let article = with_lead("", "");
    check_undated(&format!(
        "{article}<p>Website last updated 12 December 2019</p>"
    ));
    check_undated(&format!(
        "{article}<div class=related><a href=/x>Snow closes road</a> <span class=date>1 February 2026</span></div>"
    ));
    check_undated(&format!(
        "<aside><h3>Latest</h3><ul><li><time datetime=2026-05-01>1 May</time> Ferry painted</ul></aside>{article}"
    ));
    check_undated(&with_lead(
        "",
        "<aside class=related><time datetime=2026-02-01>1 Feb</time></aside>",
    ));
    // The page was fetched in September 2026.
    check_undated(&with_lead(
        "<meta property=article:published_time content=2099-03-04T07:12:00Z>",
        "",
    ));
    check_dates(
        "<meta property=article:published_time content=2099-03-04T07:12:00Z><p>4 March 2026</p>",
        "2026-03-04",
        None,
    );
}

#[track_caller]
fn check_text(page: &str, expected: &[&str]) {
    let text = cleaned(page).text;
    let paragraphs: Vec<&str> = text
        .split("\n\n")
        .map(|text| text.split_at(7.min(text.len())).0)
        .collect();
    assert_eq!(paragraphs, expected, "{page}");
}

#[test]
fn the_first_section_has_its_heading() {
    check_text(
        &format!(
            "<title>Bridges</title><h1>Bridges</h1><h2>Mo</h2>{TEXT}<h2>Tu</h2><p>Another paragraph that is by all means long enough to be one, about a day.</p>"
        ),
        &["Mo", "A first", "A secon", "A third", "Tu", "Another"],
    );
    let entry = |number| {
        format!(
            "<div class=entry><span class=time>0{number}:15</span><h3>E{number}</h3><p>Entry {number} is by all means long enough to be a paragraph, about the old bridge.</p></div>"
        )
    };
    let entries: String = (1..4).map(entry).collect();
    check_text(
        &format!(
            "<title>Storm</title><main><h1>Storm</h1><div class=entries>{entries}</div></main>"
        ),
        &["E1", "Entry 1", "E2", "Entry 2", "E3", "Entry 3"],
    );
    // A section's name is none of the article's headings.
    check_text(
        &format!(
            "<title>Bridges</title><h1>Bridges</h1><h2 class=section>Town</h2>{TEXT}<h2>Tu</h2><p>Another paragraph that is by all means long enough to be one, about a day.</p>"
        ),
        &["A first", "A secon", "A third", "Tu", "Another"],
    );
}

#[test]
fn inline_elements_that_are_set_apart_are_parted() {
    let one = "Engineers found that salt had eaten through most of the steel within the wall.";
    check_text(
        &format!(
            "<article><h1>B</h1><x-para>{one}</x-para><x-para>Another {one}</x-para></article>"
        ),
        &["Enginee", "Another"],
    );
    let glued = cleaned(&format!(
        "<h1>B</h1><p>{one}<span>Then</span> the wall fell into the sea, they said.</p>"
    ));
    assert!(glued.text.contains("wall. Then the"), "{}", glued.text);
}

#[track_caller]
fn check_title(head: &str, heading: &str, expected: &str) {
    let page = format!("{head}<article>{heading}{TEXT}</article>");
    assert_eq!(cleaned(&page).title, expected, "{page}");
}

#[test]
fn titles_are_the_headline_and_no_more() {
    let headline = "Old bridge shut until spring";
    check_title(
        &format!("<title>{headline} | Osier Post</title>"),
        "",
        headline,
    );
    check_title(
        &format!("<title>{headline} - Osier Post</title>"),
        "",
        headline,
    );
    check_title(
        &format!("<title>{headline} – a town cut off</title>"),
        "",
        &format!("{headline} – a town cut off"),
    );
    check_title(
        &format!("<title>{headline} | Osier Post</title>"),
        "<h1><a href=/>Osier Post</a></h1>",
        headline,
    );
    check_title(
        "<meta property=og:title content='Lee &amp;amp; Sons close'>",
        "",
        "Lee & Sons close",
    );
    check_title(
        "<title>x</title>",
        "<h1><span>Town</span><span>Old bridge shut</span></h1>",
        "Town Old bridge shut",
    );
}

#[track_caller]
fn check_image(head: &str, lead: &str, expected: Option<(&str, Option<&str>, Option<&str>)>) {
    let image = cleaned(&with_lead(head, lead)).metadata.image;
    let found = image.as_ref().map(|image| {
        (
            image.url.as_str(),
            image.caption.as_deref(),
            image.credit.as_deref(),
        )
    });
    let url = expected.map(|(path, ..)| format!("https://daily.example/{path}"));
    let expected =
        expected.map(|(_, caption, credit)| (url.as_deref().unwrap_or_default(), caption, credit));
    assert_eq!(found, expected, "{head}{lead}");
}

#[test]
fn a_large_picture_in_the_article_leads_it() {
    let own = Some(("w.jpg", None, None));
    check_image("", "<img src=/w.jpg>", own);
    check_image("", "<p><img src=/w.jpg width=900 height=600></p>", own);
    check_image(
        "",
        "<amp-img src=/w.jpg width=900 height=600></amp-img>",
        own,
    );
    check_image("", "<video poster=/w.jpg src=a.mp4></video>", own);
    check_image(
        "",
        "<img src=/logo.png><img src=/icons/a.png><img src=/a.jpg class=avatar>",
        None,
    );
    check_image("", "<img src=/w.jpg width=120>", None);
    check_image("", "<aside><img src=/w.jpg width=900></aside>", None);
}

#[test]
fn a_credit_is_parted_from_the_caption() {
    let image = cleaned(&page())
        .metadata
        .image
        .expect("the page has a picture");
    assert_eq!(image.credit.as_deref(), Some("C. Poe"));
    let own = Some(("w.jpg", Some("The wall."), Some("Ann Lee/MPA")));
    for caption in [
        "The wall. (Photo: Ann Lee/MPA)",
        "The wall. Foto: Ann Lee/MPA",
        "The wall. © Ann Lee/MPA",
        "<span class=caption-text>The wall.</span> <span class=credit>Ann Lee/MPA</span>",
        "The wall. <cite>Ann Lee/MPA</cite>",
    ] {
        check_image(
            "",
            &format!("<figure><img src=/w.jpg><figcaption>{caption}</figcaption></figure>"),
            own,
        );
    }
    check_image(
        "",
        "<div class=wp-caption><img src=/w.jpg width=900><p class=wp-caption-text>The wall. Credit: Ann Lee/MPA</p></div>",
        own,
    );
    check_image(
        r#"<script type="application/ld+json">{"@type":"NewsArticle","image":{"@type":"ImageObject","url":"https://daily.example/w.jpg","caption":"The wall.","creditText":"Ann Lee/MPA"}}</script>"#,
        "",
        own,
    );
}

#[test]
fn data_that_a_template_broke_are_read() {
    for data in [
        r#"{"@type":"NewsArticle","author":[{"name":"Ann Lee"},],"datePublished":"2026-03-04T08:00:00Z",}"#,
        r#"{"@type":"NewsArticle","headline":"He said "no" to it","author":"Ann Lee","datePublished":"2026-03-04"}"#,
    ] {
        let lead = format!(r#"<script type="application/ld+json">{data}</script>"#);
        check_authors(&lead, &["Ann Lee"]);
        check_dates(&lead, "2026-03-04", None);
    }
}

#[test]
fn teasers_behind_the_text_credit_nobody() {
    let related = "<div class=related><h3>Related</h3><p>MPA: ferry runs aground</p></div>";
    let page = with_lead("", "").replace("</article>", &format!("{related}</article>"));
    let zones = cleaned(&page).layout.zones;
    assert!(
        zones.iter().all(|zone| zone.kind != ZoneKind::Credit),
        "{zones:?}"
    );
}

#[test]
fn a_zone_has_its_name_in_other_scripts() {
    for zone in ["(МСК)", "мск"] {
        let page = with_lead("", &format!("<p>12 апреля 2026, 09:41 {zone}</p>"));
        let published = cleaned(&page).published.map(|moment| moment.to_string());
        assert_eq!(published.as_deref(), Some("2026-04-12T06:41:00Z"), "{zone}");
    }
}

#[test]
fn a_number_out_of_range_takes_nothing_with_it() {
    let page = format!(
        "<script type='application/ld+json'>{{\"@type\": \"NewsArticle\", \"wordCount\": 1e400, \
         \"author\": {{\"@type\": \"Person\", \"name\": \"Ann Lee\"}}}}</script><article>{TEXT}</article>"
    );
    assert_eq!(cleaned(&page).authors, ["Ann Lee"]);
}

#[test]
fn moments_in_data_have_zones_of_many_kinds() {
    let page = |moment: &str| {
        with_lead(
            &format!(
                r#"<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":{moment}}}</script>"#
            ),
            "",
        )
    };
    for moment in [
        r#""2026-05-17T08:00:00 EST""#,
        r#""2026-05-17T08:00:00 -0500""#,
        r#""Sun May 17 08:00:00 EST 2026""#,
        r#"{"@value":"2026-05-17T13:00:00Z"}"#,
        "1779022800",
        "1779022800000",
    ] {
        let published = cleaned(&page(moment))
            .published
            .map(|moment| moment.to_string());
        assert_eq!(
            published.as_deref(),
            Some("2026-05-17T13:00:00Z"),
            "{moment}"
        );
    }
}

#[test]
fn a_declared_language_is_no_verdict() {
    let text = TEXT
        .replace("A first paragraph that is by all means long enough to be one, about the old stone bridge.", "Ein Absatz, der auf alle Fälle lang genug ist, um einer zu sein, über die alte Brücke am Fluss.")
        .replace("A second paragraph that is by all means long enough to be one, about the new wooden bridge.", "Ein zweiter Absatz, der ebenso lang genug ist, um einer zu sein, über die neue Brücke aus Holz.")
        .replace("A third paragraph that is by all means long enough to be one, about the river under them.", "Ein dritter Absatz, der auch lang genug ist, um einer zu sein, über den Fluss unter den Brücken.");
    for (declared, expected) in [
        (r#""inLanguage":"en-GB""#, Some("en-gb")),
        (r#""language":"en""#, Some("en")),
        (
            r#""inLanguage":{"@type":"Language","name":"English","alternateName":"en"}"#,
            Some("en"),
        ),
        (r#""inLanguage":"English""#, None),
        (r#""keywords":"de""#, None),
    ] {
        let page = format!(
            "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",{declared}}}</script><h1>Brücke</h1>{text}"
        );
        let cleaned = cleaned(&page);
        assert_eq!(cleaned.language.as_deref(), expected, "{declared}");
        let found = cleaned.metadata.text_language.map(|found| found.code);
        assert_eq!(found.as_deref(), Some("de"), "{declared}");
    }
}
