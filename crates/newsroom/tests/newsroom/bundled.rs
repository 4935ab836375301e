//! The bundled world is what it claims to be.

use std::collections::{BTreeMap, BTreeSet};

use article::RelationKind;
use newsroom::{TrueArticle, World};

use crate::client::{get, room};

fn text_of(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push(' ');
    }
    let text = text.replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs of five words.
fn shingles(text: &str) -> BTreeSet<Vec<String>> {
    let words: Vec<String> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.windows(5).map(<[String]>::to_vec).collect()
}

#[tokio::test]
async fn it_has_the_outlets_languages_and_reports_that_were_asked_for() {
    let room = room(World::Bundled).await;
    let feeds = room.feeds();
    assert!(feeds.len() >= 9, "{}", feeds.len());
    assert!(
        feeds
            .iter()
            .all(|feed| feed.publisher.is_some() && feed.country.is_some())
    );
    let agencies = feeds
        .iter()
        .filter(|feed| feed.kind.as_deref() == Some("agency"));
    assert_eq!(agencies.count(), 1);
    let mut by_language: BTreeMap<String, usize> = BTreeMap::new();
    for article in room.truth().articles {
        let language = article.lang.expect("a language")[..2].to_owned();
        *by_language.entry(language).or_default() += 1;
    }
    assert!(by_language["en"] >= 30, "{by_language:?}");
    assert!(
        by_language["de"] >= 3 && by_language["es"] >= 3,
        "{by_language:?}"
    );
}

#[tokio::test]
async fn sources_come_before_what_was_made_from_them() {
    let room = room(World::Bundled).await;
    let truth = room.truth();
    let mut seen: BTreeMap<String, TrueArticle> = BTreeMap::new();
    for (place, article) in truth.articles.iter().enumerate() {
        assert_eq!(article.index, place);
        assert_eq!(truth.get(&article.id), Some(article));
        if let Some((kind, source)) = &article.relation {
            let source = seen.get(source).expect("an earlier source");
            assert_eq!(source.event, article.event, "{}", article.url);
            let same_outlet = source.outlet == article.outlet;
            assert_eq!(
                same_outlet,
                *kind == RelationKind::Update,
                "{}",
                article.url
            );
        }
        let before = seen.insert(article.url.clone(), article.clone());
        assert_eq!(before, None, "two articles at one address");
    }
}

#[tokio::test]
async fn the_texts_bear_out_the_relations() {
    let room = room(World::Bundled).await;
    let truth = room.truth();
    let mut pages = BTreeMap::new();
    // What pages on several events have in common is furniture.
    let mut events: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    for article in &truth.articles {
        let reply = get(room.address(), &article.url).await;
        assert_eq!(reply.status, 200, "{}", article.url);
        let runs = shingles(&text_of(&String::from_utf8_lossy(&reply.body)));
        let event = article.event.as_ref().unwrap_or(&article.url);
        for run in &runs {
            events.entry(run.clone()).or_default().insert(event.clone());
        }
        pages.insert(article.url.clone(), runs);
    }
    let mut kinds: BTreeMap<RelationKind, usize> = BTreeMap::new();
    for article in &truth.articles {
        let Some((kind, source)) = &article.relation else {
            continue;
        };
        *kinds.entry(*kind).or_default() += 1;
        let told = |url: &String| -> BTreeSet<Vec<String>> {
            let page = pages[url].iter();
            page.filter(|run| events[*run].len() == 1)
                .cloned()
                .collect()
        };
        let (own, other) = (told(&article.url), told(source));
        let shared = own.intersection(&other).count() as f64;
        let (contained, contains) = (shared / own.len() as f64, shared / other.len() as f64);
        let fits = match kind {
            RelationKind::Copy => contained > 0.6 && contains > 0.8,
            RelationKind::Near => contained > 0.4 && contains > 0.3,
            RelationKind::Rewrite => (0.03..0.35).contains(&contained),
            RelationKind::Update => contained > 0.3 && contains > 0.4,
            RelationKind::SameEvent => contained < 0.03,
        };
        assert!(
            fits,
            "{} {kind:?} {contained:.2} {contains:.2}",
            article.url
        );
    }
    for (kind, least) in [
        (RelationKind::Copy, 5),
        (RelationKind::Near, 5),
        (RelationKind::Rewrite, 5),
        (RelationKind::Update, 3),
        (RelationKind::SameEvent, 5),
    ] {
        assert!(kinds[&kind] >= least, "{kinds:?}");
    }
}

#[tokio::test]
async fn reports_have_the_length_of_reports() {
    let room = room(World::Bundled).await;
    // The agency's feed carries whole texts.
    let agency = get(room.address(), "http://mpa.example/wire.xml")
        .await
        .text();
    let contents: Vec<&str> = agency.split("<content:encoded>").skip(1).collect();
    assert!(contents.len() >= 10);
    for content in contents {
        let words = content.split("</content:encoded>").next().expect("a text");
        let words = words.split_whitespace().count();
        assert!((120..=350).contains(&words), "{words}");
    }
}

#[tokio::test]
async fn charsets_are_what_the_outlets_say() {
    let room = room(World::Bundled).await;
    let address = room.address();
    let old = get(
        address,
        "http://osier-valley-times.example/archive/threlford-dam-crack.htm",
    )
    .await;
    assert_eq!(
        old.header("content-type"),
        Some("text/html; charset=windows-1252")
    );
    assert!(std::str::from_utf8(&old.body).is_err());
    assert!(
        old.body.windows(2).any(|pair| pair == b"\x93A"),
        "an opening quotation mark"
    );
    let bote = "http://gruenfurter-bote.example/artikel/markthalle-bleibt-geschlossen.html";
    let bote = get(address, bote).await;
    assert_eq!(bote.header("content-type"), Some("text/html"));
    let html: String = bote.body.iter().map(|byte| char::from(*byte)).collect();
    assert!(html.contains("<meta charset=\"iso-8859-1\">"), "{html}");
    assert!(
        html.contains("Die Balken") && html.contains("Sie müssen einzeln"),
        "{html}"
    );
}

#[tokio::test]
async fn a_page_stays_as_it_was_published() {
    let room = crate::client::paced(World::Bundled, 1e6).await;
    while room.published() < room.total() {
        tokio::task::yield_now().await;
    }
    let url = room.truth().articles[10].url.clone();
    let first = get(room.address(), &url).await;
    room.publish_all();
    let second = get(room.address(), &url).await;
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("etag"), second.header("etag"));
}
