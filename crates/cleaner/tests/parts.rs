//! What of a page's parts names its sources, where the parts are all that was kept of it.

use article::ZoneKind;
use cleaner::Parts;

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
