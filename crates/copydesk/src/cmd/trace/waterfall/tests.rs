use article::ArticleId;
use pipeline::headers::Headers;
use pipeline::log::Stored;
use serde_json::json;

use super::*;
use crate::way::Stop;

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER: &str = "00-11111111111111111111111111111111-b7ad6b7169203331-01";

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).expect("a small number")
}

fn stop(topic: &str, offset: u64, written_at: i64, trace: &str, value: &Value) -> Stop {
    Stop {
        topic: topic.to_owned(),
        partition: 1,
        record: Stored {
            offset,
            written_at: at(written_at),
            key: None,
            value: Some(value.to_string().into_bytes()),
            headers: Headers::new().with("traceparent", trace),
        },
    }
}

fn way(stops: Vec<Stop>, broken: Option<Break>) -> Way {
    Way {
        id: ArticleId::of_url("https://a.example/1"),
        stops,
        broken,
        dead: Vec::new(),
    }
}

/// Five records: polled at second 10, all there by second 14.
fn whole() -> Vec<Stop> {
    let enriched = json!({
        "title": "Ferry\u{1b} adrift",
        "outlet": "The A",
        "url": "https://a.example/1",
        "version": 2,
        "published": at(4_000),
    });
    vec![
        stop(
            "feeds.polled",
            3,
            10_020,
            TRACE,
            &json!({"fetched_at": at(10_000)}),
        ),
        stop(
            "articles.discovered",
            4,
            10_020,
            TRACE,
            &json!({"polled_at": at(10_000)}),
        ),
        stop(
            "articles.fetched",
            5,
            12_050,
            TRACE,
            &json!({"fetched_at": at(12_000)}),
        ),
        stop("articles.cleaned.g2", 6, 13_000, OTHER, &json!({})),
        stop("articles.enriched.g2", 7, 14_000, OTHER, &enriched),
    ]
}

#[test]
fn a_whole_way_is_a_waterfall() {
    let text = of(&way(whole(), None), &TimeZone::UTC, false);
    let id = ArticleId::of_url("https://a.example/1");
    let expected = format!(
        "Ferry adrift
The A  https://a.example/1
article  {id}, version 2
trace    11111111111111111111111111111111 (recorded)
took     4.000 s from 1970-01-01 00:00:10.000 on, 6.000 s after it was published

       0 ms  fetch feed                  ━                                          0 ms  feeds.polled/1/3  in trace 0af7651916cd43dd8448eb211c80319c
       0 ms  send articles.discovered    ━                                         20 ms  articles.discovered/1/4  in trace 0af7651916cd43dd8448eb211c80319c
      20 ms  fetch page                  ━━━━━━━━━━━━━━━━━━                      1.980 s    in trace 0af7651916cd43dd8448eb211c80319c
    2.000 s  send articles.fetched                         ━                       50 ms  articles.fetched/1/5  in trace 0af7651916cd43dd8448eb211c80319c
    2.050 s  process articles.fetched                      ━━━━━━━━━              950 ms  articles.cleaned.g2/1/6
    3.000 s  process articles.cleaned                               ━━━━━━━━━    1.000 s  articles.enriched.g2/1/7
"
    );
    assert_eq!(text, expected, "\n{text}\n{expected}");
}

#[track_caller]
fn check_tells(stops: Vec<Stop>, broken: Option<Break>, expected: &str) {
    let text = of(&way(stops, broken), &TimeZone::UTC, false);
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_is_missing_is_told() {
    let late = whole().split_off(3);
    check_tells(
        late.clone(),
        Some(Break::Gone("articles.fetched/1/5".into())),
        "what came before has gone, as articles.fetched/1/5 is no longer kept",
    );
    check_tells(
        late,
        Some(Break::Untold("articles.fetched/1/5".into())),
        "what came before is not known: articles.fetched/1/5 does not tell",
    );
    check_tells(Vec::new(), None, "article  ");
}

#[test]
fn clocks_that_differ_make_no_part_shorter_than_nothing() {
    let mut stops = whole();
    // Written, by another clock, before the page was fetched.
    stops[2].record.written_at = at(11_000);
    let text = of(&way(stops, None), &TimeZone::UTC, false);
    assert!(text.contains("  2.000 s  send articles.fetched"), "{text}");
    assert!(text.matches("━").count() > 5, "{text}");
}

#[track_caller]
fn check_duration(milliseconds: u64, expected: &str) {
    assert_eq!(duration(milliseconds), expected);
}

#[test]
fn durations_have_the_unit_that_fits() {
    check_duration(0, "0 ms");
    check_duration(999, "999 ms");
    check_duration(1_000, "1.000 s");
    check_duration(61_500, "1 min 1 s");
    check_duration(3_660_000, "1 h 1 min");
    check_duration(90_000_000, "1 d 1 h");
}
