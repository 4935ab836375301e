//! What of a page names its sources: of whole pages, and of the parts that were kept of one.

mod support;

use article::{Zone, ZoneKind};
use cleaner::{Parts, clean};
use support::{fetched, page};

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[track_caller]
fn check_element(names: &str, text: &str, expected: Option<ZoneKind>) {
    let elements = pairs(&[(names, text)]);
    let parts = Parts {
        elements: &elements,
        ..Parts::default()
    };
    let kinds: Vec<ZoneKind> = parts.zones().iter().map(|zone| zone.kind).collect();
    assert_eq!(kinds, Vec::from_iter(expected), "{names}: {text}");
}

#[test]
fn an_element_is_what_its_names_say() {
    check_element("article__byline", "Ann Person, MPA", Some(ZoneKind::Byline));
    check_element(
        "byline-image",
        "Ann Person/MPA",
        Some(ZoneKind::ImageCredit),
    );
    check_element("photo-caption", "Rain (MPA)", Some(ZoneKind::ImageCredit));
    check_element("related-links-author", "Ann Person, MPA", None);
    check_element("article-preview__author", "Ann Person, MPA", None);
    check_element("related-articles", "Ann Person, MPA", None);
    check_element("comment-author", "Ann Person", None);
    check_element("copyright", "© MPA 2026", Some(ZoneKind::Credit));
    check_element("copyright", "© MPA", Some(ZoneKind::ImageCredit));
    check_element("image-copyright", "© MPA 2026", Some(ZoneKind::ImageCredit));
}

/// The zones of a page whose byline is this markup instead.
fn zones_of_page(byline: &str) -> Vec<Zone> {
    let own =
        r#"<div class="byline">By <a rel="author" href="/by/ann">Ann Lee</a> and Bob Ray</div>"#;
    let page = page();
    assert!(page.contains(own), "the page has its byline");
    let cleaned = clean(&fetched(page.replace(own, byline).into_bytes()));
    cleaned.expect("the page has a text").layout.zones
}

/// The kinds in which a text is a zone of a page on which it stands in `around` instead of `TEXT`.
#[track_caller]
fn check_around(around: &str, text: &str, expected: &[ZoneKind]) {
    let paragraph = "<p>The council met on Tuesday and agreed to rebuild the old bridge, which has been shut since \
        the flood of last spring.</p>";
    let body = format!("<div class=article-body>{}</div>", [paragraph; 3].concat());
    let html = format!(
        "<h1>Bridge</h1>{}",
        around.replace("BODY", &body).replace("TEXT", text)
    );
    let cleaned = clean(&fetched(html.into_bytes())).expect("the page has a text");
    let zones = cleaned.layout.zones.iter().filter(|zone| zone.text == text);
    let kinds: Vec<ZoneKind> = zones.map(|zone| zone.kind).collect();
    assert_eq!(kinds, expected, "{around}");
}

#[test]
fn lines_just_outside_of_the_body_name_sources_too() {
    let line = "Ann Lee, Reuters";
    check_around("<div>TEXT</div>BODY", line, &[ZoneKind::Byline]);
    check_around(
        "BODY<div>TEXT</div>",
        "Quelle: dpa",
        &[ZoneKind::ImageCredit],
    );
    check_around(
        "BODY<div>Text: dpa, mpa</div>",
        "Text: dpa, mpa",
        &[ZoneKind::Credit],
    );
    check_around("BODY<aside>TEXT</aside>", line, &[]);
    check_around("BODY<h3>TEXT</h3>", line, &[]);
    check_around("BODY<div><a href=x>TEXT</a></div>", line, &[]);
    let far = "<div>a</div>".repeat(4);
    check_around(&format!("BODY{far}<div>TEXT</div>"), line, &[]);
}

#[test]
fn a_text_from_the_data_has_the_zones_of_its_page() {
    let body =
        "The council met on Tuesday and agreed to rebuild the old bridge by autumn. ".repeat(12);
    let html = format!(
        "<script type='application/ld+json'>{{\"@type\": \"NewsArticle\", \"articleBody\": \"{body}\"}}</script>\
         <h1>Bridge</h1><div>Ann Lee, Reuters</div><p>Loading the article, please wait for it a little.</p>"
    );
    let cleaned = clean(&fetched(html.into_bytes())).expect("the data has a text");
    let zones = &cleaned.layout.zones;
    assert!(
        zones.iter().any(|zone| zone.text == "Ann Lee, Reuters"),
        "{zones:?}"
    );
}

/// A page and its parts are read alike: an element of these names is of the same kind in both.
#[track_caller]
fn check_page(names: &str, text: &str, expected: Option<ZoneKind>) {
    check_element(names, text, expected);
    let zones = zones_of_page(&format!("<div class=\"{names}\">{text}</div>"));
    let kinds: Vec<ZoneKind> = zones
        .iter()
        .filter(|zone| zone.text == text && zone.kind != ZoneKind::SignOff)
        .map(|zone| zone.kind)
        .collect();
    assert!(
        kinds.iter().all(|kind| Some(*kind) == expected),
        "{names}: {kinds:?}"
    );
    assert_eq!(kinds.is_empty(), expected.is_none(), "{names}: {zones:?}");
}

#[test]
fn the_kind_of_a_page_is_no_picture() {
    for names in [
        "asset-byline",
        "video__byline",
        "gallery-author",
        "multimedia__byline",
    ] {
        check_page(names, "Ann Person, MPA", Some(ZoneKind::Byline));
    }
    check_page(
        "photo-byline",
        "Ann Person, MPA",
        Some(ZoneKind::ImageCredit),
    );
}

#[test]
fn rights_are_of_the_text_where_they_have_a_year() {
    check_page("author-copyright", "© MPA 2026", Some(ZoneKind::Credit));
    check_page("author-copyright", "© MPA", Some(ZoneKind::ImageCredit));
    check_page(
        "photo-author-copyright",
        "© MPA 2026",
        Some(ZoneKind::ImageCredit),
    );
}

#[test]
fn who_signs_within_a_figure_made_the_picture() {
    let within = |around: &str, end: &str| {
        let markup = format!("{around}<span class=\"author\">Cy Further, MPA</span>{end}");
        let zones = zones_of_page(&markup);
        let of_it = zones.iter().filter(|zone| zone.text == "Cy Further, MPA");
        of_it.map(|zone| zone.kind).collect::<Vec<_>>()
    };
    let in_figure = within(
        "<figure><img src=/a.jpg><figcaption>",
        "</figcaption></figure>",
    );
    assert_eq!(in_figure, [ZoneKind::ImageCredit]);
    assert_eq!(
        within("<div class=\"photo-story\"><p>", "</p></div>"),
        [ZoneKind::Byline]
    );
}

#[test]
fn what_stands_there_again_and_again_is_a_list_of_other_articles() {
    let elements = pairs(&[("byline", "A B"), ("byline", "C D"), ("byline", "E F")]);
    let parts = Parts {
        elements: &elements,
        ..Parts::default()
    };
    assert_eq!(parts.zones().len(), 2);
}

#[test]
fn fields_are_those_of_the_article_and_not_of_its_pictures() {
    let metas = pairs(&[("Author", "MPA"), ("twitter:creator", "@mpa")]);
    let linked = pairs(&[
        ("ImageObject.author", "Bob Other"),
        ("WebPage.publisher", "City Site"),
        ("NewsArticle.author", "Ann Person | MPA"),
        ("NewsArticle.publisher", "City Post"),
        ("NewsArticle.author", "Cy Further"),
    ]);
    let parts = Parts {
        metas: &metas,
        linked: &linked,
        elements: &[],
    };
    let zones = parts.zones();
    let texts: Vec<&str> = zones.iter().map(|zone| zone.text.as_str()).collect();
    assert_eq!(texts, ["MPA", "Ann Person"]);
    assert!(zones.iter().all(|zone| zone.kind == ZoneKind::AuthorField));
    assert_eq!(parts.publisher(), Some("City Post"));
}
