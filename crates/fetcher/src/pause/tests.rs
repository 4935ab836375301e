use super::*;
use crate::config::Config;
use crate::outcome::{Answer, Trouble};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a small number of seconds")
}

fn pace() -> Pace {
    Pace {
        jitter_percent: 0,
        ..Pace::new(&Config::default())
    }
}

type Came = Result<Answer, Trouble>;

fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Answer {
        status,
        headers: headers.iter().map(own).collect(),
        ..Answer::default()
    }
}

/// How long a host is left alone after each of these, every one of another page.
#[track_caller]
fn check(results: &[Came], expected: &[Option<i64>]) {
    let mut hosts = Table::named("hosts");
    let mut waits = Vec::new();
    for (page, result) in results.iter().enumerate() {
        let outcome = Outcome {
            at: at(2_000),
            host: "a.example".into(),
            result: result.clone(),
        };
        let until = note(
            &mut hosts,
            &pace(),
            &format!("http://a.example/{page}"),
            &outcome,
        );
        waits.push(until.map(|held| held.until.duration_since(outcome.at).as_secs()));
    }
    assert_eq!(waits, expected, "{results:?}");
}

#[test]
fn refusals_in_a_row_count_for_the_host_whatever_it_was_asked_for() {
    let busy = || Ok(answer(429, &[]));
    check(
        &[busy(), busy(), busy(), Ok(answer(200, &[])), busy()],
        &[Some(30), Some(60), Some(120), None, Some(30)],
    );
    // To refuse and to ask for no pause is no leave to go on.
    let at_once = || Ok(answer(429, &[("retry-after", "0")]));
    check(&[at_once(), at_once()], &[Some(30), Some(60)]);
    let timeout = || Err(Trouble::Timeout("header"));
    let connect = || Err(Trouble::Connect("refused".into()));
    check(
        &[
            timeout(),
            connect(),
            Ok(answer(503, &[])),
            Ok(answer(404, &[])),
            timeout(),
        ],
        &[Some(30), Some(60), Some(120), None, Some(30)],
    );
    let many: Vec<_> = (0..40).map(|_| timeout()).collect();
    let mut waits: Vec<_> = (0..40).map(|n| Some(30 << n.min(20))).collect();
    waits
        .iter_mut()
        .flatten()
        .for_each(|wait| *wait = (*wait).min(21_600));
    check(&many, &waits);
}

#[test]
fn what_a_host_asks_for_is_obeyed_in_bounds() {
    check(
        &[
            Ok(answer(429, &[("retry-after", "7200")])),
            Ok(answer(503, &[("retry-after", "120")])),
            Ok(answer(
                429,
                &[("retry-after", "Thu, 01 Jan 1970 00:35:00 GMT")],
            )),
            Ok(answer(429, &[("retry-after", "316800")])),
            Ok(answer(429, &[])),
        ],
        &[Some(7_200), Some(120), Some(100), Some(86_400), Some(480)],
    );
}

#[test]
fn where_nobody_was_asked_nothing_changes() {
    let offline = || Err(Trouble::Offline("a.example".into()));
    let dns = || Err(Trouble::Dns("no such name".into()));
    check(
        &[Ok(answer(429, &[])), offline(), dns(), Ok(answer(429, &[]))],
        &[Some(30), None, None, Some(60)],
    );
    check(&[Ok(answer(500, &[("retry-after", "120")]))], &[None]);
}

#[test]
fn a_redirect_clears_the_host_that_led_on_and_pauses_the_one_that_refused() {
    let mut hosts = Table::named("hosts");
    let mut refuse = |host: &str, url| {
        let outcome = Outcome {
            at: at(0),
            host: host.into(),
            result: Ok(answer(429, &[])),
        };
        note(&mut hosts, &pace(), url, &outcome);
        hosts
            .iter()
            .filter(|(_, pause)| pause.until > at(0))
            .map(|(host, _)| host.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(refuse("a.example", "http://a.example/1"), ["a.example"]);
    assert_eq!(refuse("b.example", "http://a.example/2"), ["b.example"]);
}

#[test]
fn a_pause_of_before_is_read() {
    let pause: Pause =
        serde_json::from_str("{\"until\":\"1970-01-01T00:00:07Z\"}").expect("a pause");
    assert_eq!((pause.until, pause.refusals), (at(7), 0));
}

/// What is left alone when these addresses are asked for, one after the other: `429` with a busy answer.
#[track_caller]
fn check_scope(asked: &[(&str, u16)], expected: &[&str]) {
    let mut hosts = Table::named("hosts");
    let mut scopes = Vec::new();
    for (second, (url, status)) in asked.iter().enumerate() {
        let outcome = Outcome {
            at: at(second as i64),
            host: host_of(url),
            result: Ok(answer(*status, &[])),
        };
        let held = note(&mut hosts, &pace(), url, &outcome);
        let is_site = site_until(&hosts, &outcome.host, outcome.at).is_some();
        scopes.push(match held {
            None => "none",
            Some(_) if is_site => "site",
            Some(held) if held.is_host => "host",
            Some(_) => "address",
        });
    }
    assert_eq!(scopes, expected, "{asked:?}");
}

#[test]
fn an_address_that_is_refused_while_others_are_answered_holds_up_nobody() {
    let (bad, good) = ("http://gateway.example/bad", "http://gateway.example/good");
    let thrice = [(bad, 429), (good, 200), (bad, 429), (good, 200), (bad, 429)];
    let shown = ["host", "none", "host", "none", "address"];
    let later = [(good, 200), (bad, 429), (good, 429)];
    check_scope(
        &[&thrice[..], &later].concat(),
        &[&shown[..], &["none", "address", "host"]].concat(),
    );
    // Until it is answered.
    check_scope(
        &[&thrice[..], &[(bad, 200), (bad, 429)]].concat(),
        &[&shown[..], &["none", "host"]].concat(),
    );
    // Another that is refused in between: the host.
    check_scope(
        &[(bad, 429), (good, 200), (bad, 429), (good, 429), (bad, 429)],
        &["host", "none", "host", "host", "host"],
    );
    // Nothing is answered: the host.
    check_scope(
        &[(bad, 503), (bad, 503), (bad, 503)],
        &["host", "host", "host"],
    );
}

#[test]
fn hosts_of_a_site_that_refuse_together_are_left_alone_together() {
    let blogs = [
        "http://a.blogs.example/",
        "http://b.blogs.example/",
        "http://c.blogs.example/",
    ];
    let [a, b, c] = blogs;
    check_scope(
        &[(a, 429), (a, 429), (b, 429), (c, 429)],
        &["host", "host", "host", "site"],
    );
    check_scope(
        &[(a, 429), (b, 429), (a, 200), (c, 429)],
        &["host", "host", "none", "host"],
    );
    check_scope(&[(a, 503), (b, 503), (c, 503)], &["host", "host", "host"]);
}

#[test]
fn what_is_one_site() {
    for (host, site) in [
        ("a.example", None),
        ("news.a.example", Some("*.a.example")),
        ("x.news.a.example", Some("*.a.example")),
        ("paper.co.uk", None),
        ("www.paper.co.uk", Some("*.paper.co.uk")),
        ("192.0.2.1", None),
        ("localhost", None),
    ] {
        assert_eq!(site_of(host).as_deref(), site, "{host}");
    }
}
