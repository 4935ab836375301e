//! Documents that are not as they should be, and what is made of them. Each is a fault that was found
//! in feeds.

use super::*;

/// A fault inside an RSS feed of two items: both are read, and the repair is told.
#[track_caller]
fn check_item(inner: &str, expected: (&str, &str), repaired: &[Repair]) {
    let document = format!(
        "<rss version='2.0'><channel><title>T</title><item>{inner}</item>\
         <item><title>Next</title><link>https://a.example/next</link></item></channel></rss>"
    );
    let feed = parsed(&document);
    assert_eq!(feed.items.len(), 2, "{:#?}", feed.items);
    let item = &feed.items[0];
    assert_eq!(
        (title(item).as_str(), value(item.summary.as_ref())),
        expected
    );
    assert_eq!(title(&feed.items[1]), "Next");
    assert_eq!(repairs(&feed), repaired);
    assert_eq!(losses(&feed), []);
}

#[test]
fn markup_that_is_not_well_formed() {
    use Repair::*;
    check_item("<title>Q & A</title>", ("Q & A", "-"), &[BareAmpersand]);
    check_item("<title>1 < 2</title>", ("1 < 2", "-"), &[BareLessThan]);
    check_item("<title>caf&eacute;</title>", ("café", "-"), &[HtmlEntity]);
    check_item(
        "<title>don&#146;t</title>",
        ("don’t", "-"),
        &[CharacterReference],
    );
    check_item(
        "<title>One<description>d</description>",
        ("One", "d"),
        &[UnclosedElement],
    );
    check_item(
        "<title>One</title></foo><description>d</description>",
        ("One", "d"),
        &[StrayEndTag],
    );
    check_item(
        "<title>One</title><description>a <b>b <i>c</b> d</i></description>",
        ("One", "a <b>b <i>c</i></b> d"),
        &[UnclosedElement, StrayEndTag, NakedMarkup],
    );
    check_item(
        "<description>one<br>two</description><title>One</title>",
        ("One", "one<br />two"),
        &[UnclosedElement, NakedMarkup],
    );
    check_item(
        "<description><![CDATA[d</description><title>One</title>",
        ("One", "d"),
        &[OpenCdata],
    );
    check_item(
        "<title>One</title><description/><media:description/>",
        ("One", "-"),
        &[Prefix],
    );
}

#[test]
fn an_item_without_its_end() {
    let document = "<rss version='2.0'><channel><item><title>One</title><item><title>Two</title></item></channel></rss>";
    let feed = parsed(document);
    let titles: Vec<String> = feed.items.iter().map(title).collect();
    assert_eq!(titles, ["One", "Two"]);
    assert_eq!(repairs(&feed), [Repair::UnclosedElement]);
}

#[test]
fn escaping() {
    use Repair::*;
    check_item(
        "<title>x</title><description>&amp;lt;p&amp;gt;Tide &amp;amp;amp; time&amp;lt;/p&amp;gt;</description>",
        ("x", "<p>Tide &amp; time</p>"),
        &[DoubleEscaped],
    );
    check_item(
        "<title>Q&amp;amp;A</title><description>x</description>",
        ("Q&A", "x"),
        &[],
    );
    check_item(
        "<title>a &lt; b</title><description>5 &gt; 4</description>",
        ("a < b", "5 > 4"),
        &[],
    );
    check_item(
        "<title>x</title><description><div>&lt;p&gt;y&lt;/p&gt;</div></description>",
        ("x", "<p>y</p>"),
        &[NakedMarkup],
    );
}

#[track_caller]
fn check_dialect(document: &str, dialect: Dialect, repaired: &[Repair]) {
    let feed = parsed(document);
    assert_eq!((feed.dialect, feed.items.len()), (dialect, 1), "{feed:#?}");
    assert_eq!(repairs(&feed), repaired);
    assert_eq!(title(&feed.items[0]), "One");
}

#[test]
fn dialects_that_are_not_quite() {
    use Repair::*;
    let item = "<item><title>One</title></item>";
    check_dialect(
        &format!("<rss><channel>{item}</channel></rss>"),
        Dialect::Rss2,
        &[RssVersion],
    );
    check_dialect(
        &format!("<rss version='0.93'><channel>{item}</channel></rss>"),
        Dialect::Rss0,
        &[],
    );
    check_dialect(
        &format!("<rss version='2.01'><channel>{item}</channel></rss>"),
        Dialect::Rss2,
        &[RssVersion],
    );
    check_dialect(
        &format!("<rss version='2.0' xmlns='http://a.example/rss'><channel>{item}</channel></rss>"),
        Dialect::Rss2,
        &[Namespace],
    );
    check_dialect(
        "<r:rss version='2.0' xmlns:r='http://backend.userland.com/rss2'><r:channel><r:item><r:title>One</r:title></r:item></r:channel></r:rss>",
        Dialect::Rss2,
        &[],
    );
    check_dialect(
        &format!("<channel>{item}</channel>"),
        Dialect::Rss2,
        &[Root],
    );
    check_dialect(item, Dialect::Rss2, &[Place, Root]);
    check_dialect(
        &format!("<xml><rss version='2.0'><channel>{item}</channel></rss></xml>"),
        Dialect::Rss2,
        &[Root],
    );
    check_dialect(
        &format!("<rss version='2.0'><channel/>{item}</rss>"),
        Dialect::Rss2,
        &[],
    );
    check_dialect(
        &format!("Warning: x\n<rss version='2.0'><channel>{item}</channel></rss>"),
        Dialect::Rss2,
        &[LeadingText],
    );
    check_dialect(
        "<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>One</TITLE></ITEM></CHANNEL></RSS>",
        Dialect::Rss2,
        &[],
    );
    let entry = "<entry><title>One</title></entry>";
    check_dialect(
        &format!("<feed>{entry}</feed>"),
        Dialect::Atom,
        &[Namespace],
    );
    check_dialect(
        &format!("<feed xmlns='http://a.example/atom'>{entry}</feed>"),
        Dialect::Atom,
        &[Namespace],
    );
    check_dialect(
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>One</a:title></a:entry></a:feed>",
        Dialect::Atom,
        &[],
    );
    check_dialect(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='text/html'>&lt;b&gt;One&lt;/b&gt;</title></entry></feed>",
        Dialect::Atom,
        &[TextType],
    );
}

#[test]
fn fields_are_of_what_they_stand_in() {
    let document = "<rss version='2.0' xmlns:x='http://x.example/'><channel><x:box><title>Box</title></x:box><title>T</title>\
        <textInput><title>Search</title></textInput>\
        <item><source url='https://b.example/'>Elsewhere</source><x:box><title>Box</title></x:box><title>One</title></item></channel></rss>";
    let feed = parsed(document);
    assert_eq!(value(feed.channel.title.as_ref()), "T");
    assert_eq!(title(&feed.items[0]), "One");
}

#[test]
fn what_is_lost_is_told() {
    let document = "<rss version='2.0'><channel><item><pubDate>last week</pubDate>\
        <foo><item>inner</item></foo></item><!-- <item>x</item> --></channel></rss>";
    let feed = parsed(document);
    assert_eq!(feed.items.len(), 1);
    assert_eq!(losses(&feed), [(Loss::HiddenItem, 2), (Loss::Date, 1)]);
    let example = feed.report.losses[&Loss::Date].example.as_deref();
    assert_eq!(example, Some("last week"));
    // What breaks off would be taken for another: the address may go on.
    let cut = parsed(
        "<rss version='2.0'><channel><item><title>One</title></item><item><link>http://a.example/2",
    );
    assert_eq!(cut.items.len(), 1);
    assert_eq!(losses(&cut), [(Loss::Cut, 1)]);
}

#[test]
fn the_base_of_relative_addresses() {
    let rss = b"<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>";
    let located = |value: &str| [("content-location".to_owned(), value.to_owned())];
    let link = |headers: &[(String, String)], url| {
        parse(rss, headers, url).expect("a feed").items[0]
            .link
            .clone()
            .unwrap_or_default()
    };
    assert_eq!(link(&[], "not an address"), "/1");
    assert_eq!(link(&[], URL), "https://a.example/1");
    assert_eq!(
        link(&located("https://b.example/x"), URL),
        "https://b.example/1"
    );
}

#[test]
fn the_label_of_http_is_used() {
    let bytes =
        b"<rss version='2.0'><channel><title>\xcd\xee\xe2\xee\xf1\xf2\xe8</title></channel></rss>";
    let headers = [(
        "content-type".to_owned(),
        "text/xml; charset=windows-1251".to_owned(),
    )];
    let feed = parse(bytes, &headers, URL).expect("a feed");
    assert_eq!(value(feed.channel.title.as_ref()), "Новости");
}

#[track_caller]
fn check_refused(document: impl AsRef<[u8]>, expected: &ParseError) {
    let error = parse(document.as_ref(), &[], URL).expect_err("no feed");
    assert_eq!(&error, expected);
}

#[test]
fn what_is_no_feed_is_named() {
    check_refused("", &ParseError::Empty);
    check_refused(" \n\t ", &ParseError::Empty);
    check_refused(
        "<!DOCTYPE html><html><body><item>hello</item></body></html>",
        &ParseError::Html,
    );
    check_refused("<head><title>x</title>", &ParseError::Html);
    check_refused(
        "<html xmlns='http://www.w3.org/1999/xhtml'><head/></html>",
        &ParseError::Html,
    );
    check_refused("just text", &ParseError::NoMarkup);
    check_refused(b"\x00\x01\x02\xff", &ParseError::NoMarkup);
    check_refused("<opml><body/></opml>", &ParseError::NotAFeed("opml".into()));
    check_refused(
        "{\"a\": 1}",
        &ParseError::NotAFeed("JSON without items".into()),
    );
    let broken = parse(
        b"{\"version\": \"https://jsonfeed.org/version/1\"",
        &[],
        URL,
    );
    assert!(matches!(broken, Err(ParseError::Json(_))), "{broken:?}");
}
