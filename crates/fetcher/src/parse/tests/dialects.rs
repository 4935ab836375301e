//! Whole feeds of every dialect.

use super::*;

#[test]
fn rss_2() {
    let document = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Harbour &amp; Quay</title><link>https://a.example/</link><language>en-GB</language>
<atom:link rel="self" href="/feeds/news.xml"/><atom:link rel="hub" href="https://hub.example/"/>
<managingEditor>desk@a.example (Ada Finch)</managingEditor><description>News of the harbour</description>
<copyright>All of us</copyright><generator>Press 1</generator><ttl>30</ttl><lastBuildDate>Mon, 05 Oct 2026 10:00:00 GMT</lastBuildDate>
<skipHours><hour>0</hour><hour>24</hour><hour>7</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
<image><title>Logo</title><link>https://a.example/logo</link><url>https://a.example/logo.png</url></image>
<item><title>Ferries &lt;b&gt;resume&lt;/b&gt;</title><link> https://a.example/ferries </link>
<guid isPermaLink="false">ferries-7</guid><pubDate>Mon, 05 Oct 2026 10:00:00 +0200</pubDate>
<description>&lt;p&gt;They sail.&lt;/p&gt;</description><content:encoded><![CDATA[<p>They sail again.</p>]]></content:encoded>
<dc:creator>Ada Finch</dc:creator><dc:creator>Bo Reed</dc:creator><category>Transport</category><category>Sea</category>
<enclosure url="/ferry.mp3" type="audio/mpeg" length="1000"/><comments>/ferries#talk</comments></item>
<item><title>No guid</title><link>/tides</link></item>
<item><guid>https://a.example/by-guid</guid></item>
</channel></rss>"#;
    let expected = [
        ("ferries-7", "https://a.example/ferries", "Ferries resume"),
        (
            "https://a.example/tides",
            "https://a.example/tides",
            "No guid",
        ),
        (
            "https://a.example/by-guid",
            "https://a.example/by-guid",
            "-",
        ),
    ];
    check(document, Dialect::Rss2, &expected);
    let feed = parsed(document);
    assert_eq!(feed.report, Report::default());
    let channel = &feed.channel;
    assert_eq!(value(channel.title.as_ref()), "Harbour & Quay");
    assert_eq!(channel.link.as_deref(), Some("https://a.example/"));
    assert_eq!(channel.language.as_deref(), Some("en-GB"));
    assert_eq!(value(channel.subtitle.as_ref()), "News of the harbour");
    assert_eq!(value(channel.rights.as_ref()), "All of us");
    assert_eq!(
        channel.authors[0].full().as_deref(),
        Some("Ada Finch (desk@a.example)")
    );
    assert_eq!(instant(channel.updated), "2026-10-05T10:00:00Z");
    assert_eq!(
        (channel.ttl, channel.update_period),
        (Some(30), Some(21_600))
    );
    assert_eq!(
        (channel.skip_hours.as_slice(), channel.skip_days.as_slice()),
        (&[0, 0, 7][..], &["sunday".to_owned()][..])
    );
    let links: Vec<_> = channel
        .links
        .iter()
        .map(|link| (link.rel.as_str(), link.url.as_str()))
        .collect();
    assert_eq!(
        links,
        [
            ("self", "https://a.example/feeds/news.xml"),
            ("hub", "https://hub.example/")
        ]
    );
    let item = &feed.items[0];
    assert_eq!(value(item.summary.as_ref()), "<p>They sail.</p>");
    assert_eq!(value(item.content.as_ref()), "<p>They sail again.</p>");
    let authors: Vec<_> = item.authors.iter().filter_map(Person::label).collect();
    assert_eq!(authors, ["Ada Finch", "Bo Reed"]);
    assert_eq!(item.categories, ["Transport", "Sea"]);
    assert_eq!(item.enclosures[0].url, "https://a.example/ferry.mp3");
    assert_eq!(item.enclosures[0].length.as_deref(), Some("1000"));
    assert_eq!(
        item.comments.as_deref(),
        Some("https://a.example/ferries#talk")
    );
    assert_eq!(instant(item.published), "2026-10-05T08:00:00Z");
}

#[test]
fn rss_0_91() {
    let document = "<rss version='0.91'><channel><title>T</title>\
        <item><title>One</title><link>https://a.example/1</link></item></channel></rss>";
    let expected = [("https://a.example/1", "https://a.example/1", "One")];
    check(document, Dialect::Rss0, &expected);
}

#[test]
fn rdf() {
    let document = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.example/"><title>T</title><items><rdf:Seq><rdf:li resource="https://a.example/1"/></rdf:Seq></items></channel>
<image rdf:about="https://a.example/logo"><title>Logo</title></image>
<item rdf:about="urn:one"><title>Eins</title><link>https://a.example/1</link><dc:date>2026-10-05T10:00:00+02:00</dc:date>
<dc:subject>Stadt</dc:subject></item></rdf:RDF>"#;
    check(
        document,
        Dialect::Rdf,
        &[("urn:one", "https://a.example/1", "Eins")],
    );
    let feed = parsed(document);
    assert_eq!(instant(feed.items[0].updated), "2026-10-05T08:00:00Z");
    assert_eq!(feed.items[0].categories, ["Stadt"]);
    assert_eq!(value(feed.channel.title.as_ref()), "T");
}

#[test]
fn rss_0_90_with_its_items_in_the_channel() {
    let document = r#"<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>T</title><item><title>Eins</title><link>https://a.example/1</link></item></channel></r:RDF>"#;
    check(
        document,
        Dialect::Rdf,
        &[("https://a.example/1", "https://a.example/1", "Eins")],
    );
}

#[test]
fn atom() {
    let document = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/section/" xml:lang="es">
<title>T</title><id>urn:feed</id><updated>2026-10-05T08:00:00Z</updated><subtitle type="html">&lt;i&gt;S&lt;/i&gt;</subtitle>
<author><name>Desk</name><email>desk@b.example</email></author>
<entry xml:lang="ca"><id>tag:b.example,2026:1</id><title type="html">Uno &amp;amp; &lt;i&gt;dos&lt;/i&gt;</title>
<link rel="self" href="https://b.example/api/1"/><link rel="enclosure" href="1.mp3" type="audio/mpeg" length="7"/>
<link rel="alternate" type="application/pdf" href="1.pdf"/><link rel="alternate" type="text/html" href="1"/>
<updated>2026-10-05T08:00:00Z</updated><published>2026-10-04T08:00:00Z</published><category term="mar" label="Mar"/>
<author><name>Eva</name></author><source><title>Elsewhere</title><id>urn:x</id></source>
<content type="xhtml" xml:base="pages/"><div xmlns="http://www.w3.org/1999/xhtml"><p>x &lt; <a href="2">y</a><br/></p></div></content></entry>
<entry><id>tag:b.example,2026:2</id><title type="text">a &lt;b&gt; c</title><link href="https://b.example/2"/>
<updated>2026-10-05T08:00:00Z</updated></entry></feed>"#;
    let expected = [
        (
            "tag:b.example,2026:1",
            "https://b.example/section/1",
            "Uno & dos",
        ),
        ("tag:b.example,2026:2", "https://b.example/2", "a <b> c"),
    ];
    check(document, Dialect::Atom, &expected);
    let feed = parsed(document);
    assert_eq!(feed.report, Report::default());
    assert_eq!(feed.channel.language.as_deref(), Some("es"));
    assert_eq!(feed.channel.id.as_deref(), Some("urn:feed"));
    assert_eq!(
        feed.channel.authors[0].email.as_deref(),
        Some("desk@b.example")
    );
    let item = &feed.items[0];
    let content = item.content.as_ref().expect("a content");
    assert_eq!(content.value, "<p>x &lt; <a href=\"2\">y</a><br /></p>");
    assert_eq!(
        content.base.as_deref(),
        Some("https://b.example/section/pages/")
    );
    assert_eq!(item.language.as_deref(), Some("ca"));
    assert_eq!(item.categories, ["mar"]);
    assert_eq!(item.authors[0].label(), Some("Eva"));
    assert_eq!(item.enclosures[0].url, "https://b.example/section/1.mp3");
    assert_eq!(instant(item.published), "2026-10-04T08:00:00Z");
}

#[test]
fn atom_0_3() {
    let document = r#"<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title>
<tagline>About</tagline><modified>2026-10-05T08:00:00Z</modified><copyright>R</copyright>
<entry><id>urn:1</id><title mode="escaped" type="text/html">&lt;b&gt;Un&lt;/b&gt;</title><link rel="alternate" type="text/html" href="https://b.example/1"/>
<issued>2026-10-04T08:00:00Z</issued><created>2026-10-03T08:00:00Z</created>
<content type="text/html" mode="base64">PHA+eDwvcD4=</content></entry></feed>"#;
    check(
        document,
        Dialect::Atom03,
        &[("urn:1", "https://b.example/1", "Un")],
    );
    let feed = parsed(document);
    assert_eq!(value(feed.channel.subtitle.as_ref()), "About");
    assert_eq!(value(feed.channel.rights.as_ref()), "R");
    assert_eq!(instant(feed.channel.updated), "2026-10-05T08:00:00Z");
    let item = &feed.items[0];
    assert_eq!(value(item.content.as_ref()), "<p>x</p>");
    assert_eq!(instant(item.published), "2026-10-04T08:00:00Z");
    assert_eq!(instant(item.created), "2026-10-03T08:00:00Z");
    assert_eq!(repairs(&feed), [Repair::Base64]);
}

#[test]
fn cdf() {
    let document = r#"<CHANNEL HREF="https://a.example/"><TITLE>T</TITLE><ABSTRACT>About</ABSTRACT>
<ITEM HREF="/1" LASTMOD="2026-10-05T08:00:00Z"><TITLE>One</TITLE><ABSTRACT>x</ABSTRACT></ITEM></CHANNEL>"#;
    check(
        document,
        Dialect::Cdf,
        &[("https://a.example/1", "https://a.example/1", "One")],
    );
    let feed = parsed(document);
    assert_eq!(feed.channel.link.as_deref(), Some("https://a.example/"));
    assert_eq!(value(feed.items[0].summary.as_ref()), "x");
    assert_eq!(instant(feed.items[0].updated), "2026-10-05T08:00:00Z");
}

#[test]
fn json_feed() {
    let document = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "de",
"home_page_url": "/", "authors": [{"name": "Desk"}], "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
"items": [{"id": "j-1", "url": "/eins", "title": "Eins <b>", "content_html": "<p>x</p>", "tags": ["Stadt"],
"date_published": "2026-10-05T08:00:00Z", "attachments": [{"url": "/1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}]}]}"#;
    check(
        document,
        Dialect::Json,
        &[("j-1", "https://a.example/eins", "Eins <b>")],
    );
    let feed = parsed(document);
    assert_eq!(feed.report, Report::default());
    assert_eq!(feed.channel.language.as_deref(), Some("de"));
    assert_eq!(feed.channel.link.as_deref(), Some("https://a.example/"));
    assert_eq!(feed.channel.links[0].rel, "hub");
    let item = &feed.items[0];
    assert_eq!(value(item.content.as_ref()), "<p>x</p>");
    assert_eq!(item.enclosures[0].url, "https://a.example/1.mp3");
    assert_eq!(item.enclosures[0].length.as_deref(), Some("9"));
}

#[test]
fn json_feed_as_it_is_found() {
    let document = r#"{"version": "http://jsonfeed.org/version/1", "author": {"name": "Ada"},
"items": [{"id": 17, "title": null, "content_text": "a
b", "tags": "Stadt, Fluss"}, "odd", {"id": "2", "author": "Bo"}]} trailing"#;
    let feed = parsed(document);
    assert_eq!(feed.channel.authors[0].label(), Some("Ada"));
    assert_eq!(feed.items[0].identity, "17");
    assert_eq!(value(feed.items[0].content.as_ref()), "a\nb");
    assert_eq!(feed.items[0].categories, ["Stadt", "Fluss"]);
    assert_eq!(feed.items[1].authors[0].label(), Some("Bo"));
    assert_eq!(losses(&feed), [(Loss::JsonItem, 1)]);
    let expected = [
        Repair::ControlCharacters,
        Repair::JsonVersion,
        Repair::JsonType,
    ];
    assert_eq!(repairs(&feed), expected);
}

/// An array with holes, as PHP writes it, and what is no list at all.
#[test]
fn json_items_that_are_no_array() {
    let document = |items: &str| {
        format!(r#"{{"version":"https://jsonfeed.org/version/1.1","items":{items}}}"#)
    };
    let feed = parsed(document(r#"{"0":{"id":"a"},"2":{"id":"b"}}"#));
    let names: Vec<&str> = feed.items.iter().map(|item| &*item.identity).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(repairs(&feed), [Repair::JsonType]);
    let feed = parsed(document(r#"{"id":"a"}"#));
    assert_eq!(feed.items.len(), 1);
    let feed = parsed(document("\"none\""));
    assert_eq!(losses(&feed), [(Loss::JsonItem, 1)]);
    let tags = vec!["\"t\""; 10_000].join(",");
    let feed = parsed(document(&format!(r#"[{{"id":"a","tags":[{tags}]}}]"#)));
    assert!(feed.report.losses.contains_key(&Loss::TooManyParts));
}

#[test]
fn sitemaps() {
    let document = r#"<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://a.example/1</loc><lastmod>2026-10-05</lastmod><changefreq>daily</changefreq>
<image:image><image:loc>https://a.example/1.jpg</image:loc><image:title>Photo</image:title></image:image></url>
<url><loc> https://a.example/2 </loc><news:news><news:publication><news:name>Quay</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-10-05T08:00:00Z</news:publication_date><news:title>Two</news:title><news:keywords>sea, ships</news:keywords></news:news></url></urlset>"#;
    let expected = [
        ("https://a.example/1", "https://a.example/1", "-"),
        ("https://a.example/2", "https://a.example/2", "Two"),
    ];
    check(document, Dialect::Sitemap, &expected);
    let feed = parsed(document);
    assert_eq!(instant(feed.items[0].updated), "2026-10-05T00:00:00Z");
    assert_eq!(instant(feed.items[1].published), "2026-10-05T08:00:00Z");
    assert_eq!(feed.items[1].language.as_deref(), Some("en"));
    assert_eq!(feed.items[1].categories, ["sea", "ships"]);
    assert_eq!(feed.report, Report::default());
}

#[test]
fn a_list_of_sitemaps() {
    let document = "<sitemapindex><sitemap><loc>https://a.example/s1.xml</loc><lastmod>2026-10-05T08:00:00Z</lastmod></sitemap></sitemapindex>";
    check(
        document,
        Dialect::SitemapIndex,
        &[("https://a.example/s1.xml", "https://a.example/s1.xml", "-")],
    );
}

#[test]
fn without_guid_and_link_the_text_is_the_name() {
    let item = |title, text| {
        let item = format!("<item><title>{title}</title><description>{text}</description></item>");
        let document = format!("<rss version='2.0'><channel>{item}</channel></rss>");
        parsed(document).items[0].identity.clone()
    };
    assert_eq!(item("One", "text"), item("Edited", "text"));
    assert_ne!(item("One", "text"), item("One", "other"));
    assert_ne!(item("One", ""), item("Two", ""));
    assert_eq!(item("One", ""), item("One", ""));
}

#[test]
fn podcasts_and_media() {
    let document = r#"<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<itunes:author>Ada</itunes:author><itunes:owner><itunes:name>Desk</itunes:name><itunes:email>d@a.example</itunes:email></itunes:owner>
<itunes:summary>About</itunes:summary><itunes:category text="News"><itunes:category text="Sea"/></itunes:category><dc:language>en_GB</dc:language>
<item><media:group><media:content url="x"><media:title>Inner</media:title><media:description type="html">&lt;b&gt;x&lt;/b&gt;</media:description></media:content>
<media:credit role="author">Bo</media:credit></media:group><dc:title>Outer</dc:title><itunes:subtitle>Sub</itunes:subtitle></item></channel></rss>"#;
    let feed = parsed(document);
    assert_eq!(feed.channel.authors[0].label(), Some("Ada"));
    assert_eq!(value(feed.channel.subtitle.as_ref()), "About");
    assert_eq!(feed.channel.language.as_deref(), Some("en-GB"));
    let item = &feed.items[0];
    assert_eq!(title(item), "Outer");
    assert_eq!(value(item.summary.as_ref()), "Sub");
    assert_eq!(item.authors[0].label(), Some("Bo"));
}
