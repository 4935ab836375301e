use super::*;

/// What is read where the page has no address.
fn read_alone(scripts: &[&str]) -> LinkedData {
    read(scripts, &[])
}

#[test]
fn an_article_in_a_graph_names_its_author_by_reference() {
    let data = read_alone(&[r##"{"@graph": [
        {"@type": "WebPage", "name": "Home", "datePublished": "2020-01-01"},
        {"@type": ["NewsArticle"], "headline": "A &amp; B", "datePublished": "2026-02-03",
         "author": {"@id": "#x"}, "publisher": {"@type": "Organization", "name": "The Daily &amp;#8211; A"}},
        {"@type": "Person", "@id": "#x", "name": "Ann  Lee"}]}"##]);
    assert_eq!(data.headline.as_deref(), Some("A & B"));
    assert_eq!(data.authors, ["Ann Lee"]);
    assert_eq!(data.published.as_deref(), Some("2026-02-03"));
    assert_eq!(data.publisher.as_deref(), Some("The Daily – A"));
}

#[test]
fn broken_objects_are_mended_or_left_out() {
    let data = read_alone(&[
        "{nonsense",
        "//<![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"a\nb\"};\n//]]>",
    ]);
    assert_eq!(data.headline.as_deref(), Some("a b"));
}

#[track_caller]
fn check_gallery(data: &str, expected: bool) {
    assert_eq!(read_alone(&[data]).is_gallery, expected, "{data}");
}

#[test]
fn a_gallery_is_one_where_it_is_no_part_of_an_article() {
    check_gallery(r#"{"@type": "ImageGallery", "name": "Bridges"}"#, true);
    check_gallery(
        r#"[{"@type": "WebPage", "mainEntity": {"@type": "MediaGallery"}}]"#,
        true,
    );
    check_gallery(r#"{"@type": ["NewsArticle", "ImageGallery"]}"#, true);
    check_gallery(
        r#"[{"@type": "ImageGallery"}, {"@type": "NewsArticle"}]"#,
        false,
    );
}

#[test]
fn deep_nesting_does_no_harm() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read_alone(&[&deep]).headline.is_none());
}

#[test]
fn articles_of_other_addresses_are_teasers() {
    let teaser = r#"{"@type": "NewsArticle", "url": "https://a.example/news/snow", "headline": "Snow", "author": "Bo"}"#;
    let main = r#"{"@type": "Article", "mainEntityOfPage": {"@id": "http://www.a.example/news/ferry.html"}, "headline": "Ferry"}"#;
    let own = ["https://a.example/news/ferry?ref=rss"];
    let data = read(&[teaser, main], &own);
    assert_eq!(data.headline.as_deref(), Some("Ferry"));
    assert!(data.authors.is_empty());
    // Alone it may be the article under another address.
    assert_eq!(read(&[teaser], &own).headline.as_deref(), Some("Snow"));
    assert_eq!(read(&[teaser, main], &[]).headline.as_deref(), Some("Snow"));
}
