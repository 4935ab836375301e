//! What comes out of whole pages.

mod support;

use article::{Fetched, TextQuality};
use cleaner::{Clean, clean};
use jiff::Timestamp;
use pipeline::{Reason, Record, Stage};
use support::{LONG, MORE, fetched, page};

fn html(page: &str) -> Fetched {
    fetched(page.as_bytes().to_vec())
}

#[test]
#[allow(clippy::too_many_lines, reason = "one record, whole")]
fn a_page_becomes_text_and_facts() {
    let cleaned = clean(&html(&page())).expect("the page has a text");
    insta::assert_json_snapshot!(cleaned, @r#"
    {
      "id": "6f0973288460d45e67eeb3293dec9402",
      "version": 1,
      "fetched_at": "2026-09-21T14:13:20Z",
      "url": "https://daily.example/news/bridge-to-be-rebuilt",
      "canonical_url": "https://daily.example/news/bridge-to-be-rebuilt",
      "feed": {
        "url": "https://daily.example/feed"
      },
      "outlet": "The Daily Example",
      "title": "Old bridge to be rebuilt by autumn",
      "authors": [
        "Ann Lee",
        "Bob Ray"
      ],
      "published": "2026-05-17T08:30:00Z",
      "language": "en-gb",
      "summary": "The council has found the money, and a builder.",
      "text": "The council has found the money to rebuild the old stone bridge, which has been closed since the flood of last spring, its leader said on Sunday.\n\nWork is to begin in June. “We could not wait for the county any longer,” said the leader, who had promised as much in a letter to residents.\n\nThree builders asked\n\nThree builders were asked for an offer.\n\nThe cheapest asked for 1.2 million, less than half of what the county had estimated a year ago.\n\nStone from the old quarry is to be used again.\n\nCyclists get a path of their own.\n\nA temporary crossing for walkers opens next week.",
      "layout": {
        "blocks": [
          {
            "kind": "paragraph"
          },
          {
            "kind": "paragraph"
          },
          {
            "kind": "heading",
            "level": 2
          },
          {
            "kind": "paragraph"
          },
          {
            "kind": "paragraph"
          },
          {
            "kind": "item",
            "group": 1
          },
          {
            "kind": "item",
            "group": 1
          },
          {
            "kind": "paragraph"
          }
        ],
        "byline": "By Ann Lee and Bob Ray",
        "zones": [
          {
            "kind": "author_field",
            "text": "Ann Lee"
          },
          {
            "kind": "author_field",
            "text": "Bob Ray"
          },
          {
            "kind": "byline",
            "text": "Ann Lee"
          },
          {
            "kind": "byline",
            "text": "By Ann Lee and Bob Ray"
          },
          {
            "kind": "image_credit",
            "text": "The bridge before the flood, seen from the mill. Photo: C. Poe"
          },
          {
            "kind": "sign_off",
            "text": "Stone from the old quarry is to be used again.",
            "offset": 453
          },
          {
            "kind": "sign_off",
            "text": "Cyclists get a path of their own.",
            "offset": 501
          },
          {
            "kind": "sign_off",
            "text": "A temporary crossing for walkers opens next week.",
            "offset": 536
          }
        ],
        "text_quality": "good"
      },
      "metadata": {
        "published_precision": "second",
        "published_zone": "+01:00",
        "publisher": "The Daily Example",
        "image": {
          "url": "https://daily.example/news/bridge.jpg",
          "caption": "The bridge before the flood, seen from the mill.",
          "credit": "C. Poe"
        },
        "word_count": 108,
        "text_language": {
          "code": "en",
          "confidence": 100
        },
        "sources": {
          "title": "json-ld",
          "authors": "json-ld",
          "published": "json-ld",
          "canonical_url": "link",
          "outlet": "og:site_name",
          "publisher": "json-ld",
          "language": "html",
          "summary": "og:description",
          "image": "figure"
        }
      }
    }
    "#);
}

#[test]
fn the_stage_does_the_same() {
    let fetched = html(&page());
    let record = Record {
        topic: "articles.fetched".into(),
        partition: 0,
        offset: 0,
        written_at: Timestamp::UNIX_EPOCH,
        value: fetched.clone(),
    };
    let out = Clean.apply(record, &mut ()).expect("the page has a text");
    assert_eq!(out, [clean(&fetched).expect("the page has a text")]);
}

#[test]
fn a_body_that_only_the_data_holds_is_taken_from_it() {
    let body = format!(
        "{LONG}\\n{MORE}\\n{LONG} Again.\\n{MORE} Again.\\n{LONG} And again.\\n{MORE} And again."
    );
    let page = format!(
        r#"<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{body}"}}</script><p>Loading</p>"#
    );
    let text = clean(&html(&page)).expect("the data has a text").text;
    assert!(
        text.starts_with(LONG) && text.ends_with("And again."),
        "{text}"
    );
}

#[test]
fn the_feed_answers_what_the_page_leaves_open() {
    let mut fetched = html("<script>app()</script>");
    fetched.discovered.title = Some("Bridge &amp; road".into());
    fetched.discovered.content = Some(format!("<p>{LONG}</p><p>{MORE}</p>"));
    fetched.discovered.authors = vec!["Ann Lee".into()];
    fetched.discovered.published = Some(Timestamp::UNIX_EPOCH);
    fetched.discovered.language = Some("DE".into());
    fetched.discovered.summary = Some("<b>Short</b>".into());
    fetched.discovered.feed.publisher = Some("The Daily".into());
    let cleaned = clean(&fetched).expect("the feed has a text");
    assert_eq!(cleaned.text, format!("{LONG}\n\n{MORE}"));
    assert_eq!(cleaned.title, "Bridge & road");
    assert_eq!(cleaned.authors, ["Ann Lee"]);
    assert_eq!(cleaned.published, Some(Timestamp::UNIX_EPOCH));
    assert_eq!(cleaned.language.as_deref(), Some("de"));
    assert_eq!(cleaned.summary.as_deref(), Some("Short"));
    assert_eq!(cleaned.outlet, "The Daily");
    assert_eq!(cleaned.canonical_url, fetched.final_url);
}

#[test]
fn a_page_that_shows_only_the_beginning_takes_the_feeds_text() {
    let mut fetched = html(&format!("<h1>Bridge</h1><p>{LONG}</p>"));
    fetched.discovered.content = Some(format!("<p>{LONG}</p><p>{MORE}</p><p>{LONG} Again.</p>"));
    let cleaned = clean(&fetched).expect("the feed has a text");
    assert_eq!(cleaned.text, format!("{LONG}\n\n{MORE}\n\n{LONG} Again."));
    assert_eq!(cleaned.layout.text_quality, Some(TextQuality::Feed));
    fetched.discovered.content = Some(format!("<p>{MORE}</p>"));
    let cleaned = clean(&fetched).expect("the page has a text");
    assert_eq!(cleaned.text, LONG);
    assert_eq!(cleaned.layout.text_quality, Some(TextQuality::Thin));
}

#[track_caller]
fn check_language(page: &str, declared: Option<&str>, expected: &str) {
    let cleaned = clean(&html(page)).expect("a text");
    assert_eq!(cleaned.language.as_deref(), declared, "{page}");
    let found = cleaned.metadata.text_language.map(|found| found.code);
    assert_eq!(found.as_deref(), Some(expected), "{page}");
}

#[test]
fn the_text_says_what_language_it_is_in() {
    let german = "<p>Der Rat hat das Geld gefunden, mit dem die alte steinerne Brücke wieder aufgebaut wird.</p>";
    check_language(german, None, "de");
    check_language(&format!("<html lang=de>{german}"), Some("de"), "de");
    check_language(&format!("<html lang=en>{german}"), Some("en"), "de");
    check_language("<html lang=en><p>2:1 (1:0).", Some("en"), "und");
}

#[test]
fn the_outlet_is_never_empty() {
    assert_eq!(
        clean(&html("Text.")).expect("a text").outlet,
        "daily.example"
    );
    let named = "<meta property=og:site_name content='The Page'>Text.";
    assert_eq!(clean(&html(named)).expect("a text").outlet, "The Page");
}

#[track_caller]
fn check_title(head: &str, expected: &str) {
    let cleaned = clean(&html(&format!("{head}<p>{LONG}</p>"))).expect("a text");
    assert_eq!(cleaned.title, expected, "{head}");
}

#[test]
fn the_outlets_name_is_no_part_of_the_title() {
    let site = "<meta property=og:site_name content='Osier Valley Times'>";
    check_title(
        &format!("{site}<title>Osier Valley Times: Motorway shut</title>"),
        "Motorway shut",
    );
    check_title(
        &format!("{site}<meta property=og:title content='Motorway shut — Osier Valley Times'>"),
        "Motorway shut",
    );
    let linked = r#"<script type="application/ld+json">{"@type":"NewsArticle","publisher":{"name":"Valley Press"}}</script>"#;
    check_title(
        &format!("{site}{linked}<title>Valley Press» Motorway shut</title>"),
        "Motorway shut",
    );
    check_title(
        "<title>Motorway: shut until May</title>",
        "Motorway: shut until May",
    );
}

#[test]
fn a_feeds_publisher_is_no_part_of_the_title() {
    let mut fetched = html(&format!(
        "<title>Osier Valley Times: Motorway shut</title><p>{LONG}</p>"
    ));
    fetched.discovered.feed.publisher = Some("Osier Valley Times".into());
    assert_eq!(clean(&fetched).expect("a text").title, "Motorway shut");
}

#[track_caller]
fn check_reject(fetched: &Fetched, reason: Reason, detail: &str) {
    let reject = clean(fetched).expect_err("nothing to clean");
    assert_eq!((reject.reason, reject.detail.as_str()), (reason, detail));
}

#[test]
fn what_has_no_text_is_rejected() {
    check_reject(
        &html("<nav><a href=/>…</a></nav>"),
        Reason::Empty,
        "no text on the page of https://daily.example/news/bridge-to-be-rebuilt (status 200, 28 bytes) and none in its feed",
    );
    check_reject(
        &html("<div>News</div><div>Sport</div><div>Weather</div><div>Loading</div>"),
        Reason::Empty,
        "no text on the page of https://daily.example/news/bridge-to-be-rebuilt (status 200, 67 bytes) and none in its feed",
    );
}

#[test]
fn what_is_no_page_is_rejected() {
    let mut pdf = fetched(b"%PDF-1.7 ...".to_vec());
    let address = pdf.final_url.clone();
    check_reject(
        &pdf,
        Reason::Unprocessable,
        &format!("{address} is application/pdf, not a web page"),
    );
    pdf.headers = vec![("content-type".into(), "Image/JPEG".into())];
    check_reject(
        &pdf,
        Reason::Unprocessable,
        &format!("{address} is image/jpeg, not a web page"),
    );
}

#[test]
fn the_character_set_is_as_served() {
    let mut fetched = fetched(b"<p>\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0.</p>".to_vec());
    fetched.headers = vec![(
        "content-type".into(),
        "text/html; charset=windows-1251".into(),
    )];
    assert_eq!(clean(&fetched).expect("a text").text, "Привет, мир.");
}
