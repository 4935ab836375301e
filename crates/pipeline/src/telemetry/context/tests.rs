use proptest::prelude::*;

use super::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

#[track_caller]
fn check(text: &str, expected: Option<&str>) {
    let parsed = Context::parse(text, None).traceparent();
    assert_eq!(parsed.as_deref(), expected, "{text}");
}

#[test]
fn traceparents_are_read_as_the_standard_says() {
    let sampled = format!("00-{TRACE}-{SPAN}-01");
    let unsampled = format!("00-{TRACE}-{SPAN}-00");
    check(&sampled, Some(&sampled));
    check(&unsampled, Some(&unsampled));
    // Flags that nobody knows yet are not passed on; what a later version adds is left aside.
    check(&format!("00-{TRACE}-{SPAN}-03"), Some(&sampled));
    check(&format!("cc-{TRACE}-{SPAN}-01"), Some(&sampled));
    check(&format!("cc-{TRACE}-{SPAN}-01-what-is-new"), Some(&sampled));
    check(&format!(" {sampled} "), Some(&sampled));
    check(&format!("cc-{TRACE}-{SPAN}-01what"), None);
    check(&format!("ff-{TRACE}-{SPAN}-01"), None);
    check(&format!("00-{TRACE}-{SPAN}-01-more"), None);
    check(&format!("00-{}-{SPAN}-01", "0".repeat(32)), None);
    check(&format!("00-{TRACE}-{}-01", "0".repeat(16)), None);
    check(&format!("00-{}-{SPAN}-01", TRACE.to_uppercase()), None);
    check(&format!("00-{}x-{SPAN}-01", &TRACE[1..]), None);
    check(&format!("00_{TRACE}_{SPAN}_01"), None);
    check(&sampled[..54], None);
    check("", None);
}

#[test]
fn what_other_systems_add_is_passed_on() {
    let parent = format!("00-{TRACE}-{SPAN}-01");
    let headers = Headers::new()
        .with(TRACEPARENT, parent.as_str())
        .with(TRACESTATE, "vendor=a,other=b");
    let context = Context::of(&headers);
    let next = Context::after(&Origin::Continues(context.clone()));
    assert_eq!(next.trace_id(), context.trace_id());
    assert_ne!(next.traceparent(), context.traceparent());
    let stamped = next.stamp(headers);
    assert_eq!(stamped.0.len(), 2, "in place of the other: {stamped:?}");
    assert_eq!(stamped.text(TRACESTATE), Some("vendor=a,other=b"));
    assert_eq!(Context::of(&stamped).traceparent(), next.traceparent());
    let unreadable = Context::parse(&parent, Some("=,=")).traceparent();
    assert_eq!(
        unreadable,
        Some(parent),
        "and is no reason to lose the trace"
    );
}

fn record(headers: Headers, written_at: i64) -> Stored {
    Stored {
        offset: 0,
        written_at: Timestamp::from_second(written_at).expect("a small number of seconds"),
        key: None,
        value: None,
        headers,
    }
}

#[track_caller]
fn check_age(age: i64, expected: fn(Context) -> Origin) {
    let parent = format!("00-{TRACE}-{SPAN}-01");
    let context = Context::parse(&parent, None);
    let headers = Headers::new().with(TRACEPARENT, parent.as_str());
    let now = Timestamp::from_second(10_000).expect("a small number of seconds");
    let origin = Origin::of(&record(headers, 10_000 - age), now);
    assert_eq!(origin, expected(context), "{age} s old");
}

#[test]
fn a_context_is_gone_on_with_for_a_quarter_of_an_hour() {
    check_age(0, Origin::Continues);
    check_age(15 * 60, Origin::Continues);
    check_age(15 * 60 + 1, Origin::PointsTo);
    // Of a clock that is ahead.
    check_age(-60, Origin::Continues);
}

#[test]
fn what_points_to_another_trace_is_recorded_where_that_one_is() {
    for flags in ["01", "00"] {
        let other = Context::parse(&format!("00-{TRACE}-{SPAN}-{flags}"), None);
        let own = Context::after(&Origin::PointsTo(other.clone()));
        assert_ne!(own.trace_id(), other.trace_id());
        assert_eq!(own.is_sampled(), other.is_sampled());
    }
}

#[test]
fn a_record_sent_back_from_the_dead_begins_anew() {
    let headers = Headers::new()
        .with(TRACEPARENT, format!("00-{}-{SPAN}-00", "1".repeat(32)))
        .with(DIED, format!("00-{TRACE}-{SPAN}-01"));
    let origin = Origin::of(&record(headers, 0), Timestamp::UNIX_EPOCH);
    let Origin::PointsTo(died) = origin else {
        panic!("{origin:?}");
    };
    assert_eq!(died.trace_id().as_deref(), Some(TRACE));
    let strange = Headers::new().with(DIED, "nonsense");
    let origin = Origin::of(&record(strange, 0), Timestamp::UNIX_EPOCH);
    assert!(Context::after(&origin).is_some(), "{origin:?}");
}

proptest! {
    #[test]
    fn contexts_survive_their_header(trace in 1u128.., span in 1u64.., is_sampled: bool) {
        let flags = u8::from(is_sampled);
        let text = format!("00-{trace:032x}-{span:016x}-{flags:02x}");
        let context = Context::parse(&text, None);
        prop_assert_eq!(context.traceparent(), Some(text));
        prop_assert_eq!(context.is_sampled(), is_sampled);
        prop_assert_eq!(context.trace_id(), Some(format!("{trace:032x}")));
        let headers = context.stamp(Headers::new().with("schema", "a/1"));
        prop_assert_eq!(Context::of(&headers), context);
    }

    /// Whatever strangers write there: no panic, and what is read is valid.
    #[test]
    fn anything_may_stand_in_the_header(text in "\\PC{0,80}|[0-9a-f-]{50,60}", state in "\\PC{0,40}") {
        let context = Context::parse(&text, Some(&state));
        if let Some(parent) = context.traceparent() {
            prop_assert!(fields(&parent).is_some());
        }
    }
}
