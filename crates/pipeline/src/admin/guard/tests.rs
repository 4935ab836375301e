use axum::http::HeaderValue;

use super::*;

const TOKEN: &str = "a-token-of-some-length";

#[track_caller]
fn check_write(
    guard: &Guard,
    peer: &str,
    headers: &[(&'static str, &'static str)],
    expected: Result<(), &Refusal>,
) {
    let peer: IpAddr = peer.parse().expect("an address");
    let pairs = headers.iter().map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    });
    // Collecting would keep the last of two equal names.
    let mut map = HeaderMap::new();
    pairs.for_each(|(name, value)| _ = map.append(name, value));
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let judged = guard.judge(&method, peer, &map);
        assert_eq!(
            judged.as_ref().copied(),
            expected,
            "{method} {peer} {headers:?}"
        );
    }
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(guard.judge(&method, peer, &map), Ok(()), "reading is free");
    }
}

fn with_token() -> Guard {
    Guard {
        token: Some(Token(TOKEN.to_owned())),
    }
}

#[test]
fn a_write_from_this_machine_must_be_sent_to_it() {
    let guard = Guard::default();
    let foreign = |host: &str| Refusal::ForeignHost(host.to_owned());
    check_write(&guard, "127.0.0.1", &[("host", "127.0.0.1:9600")], Ok(()));
    check_write(&guard, "127.0.0.2", &[("host", "LocalHost:9600")], Ok(()));
    check_write(&guard, "::1", &[("host", "[::1]:9600")], Ok(()));
    check_write(&guard, "::1", &[("host", "[::1]")], Ok(()));
    check_write(&guard, "::ffff:127.0.0.1", &[("host", "127.0.0.1")], Ok(()));
    for host in [
        "rebound.example:9600",
        "192.0.2.7:9600",
        "127.0.0.1.example",
        "localhost.example",
        "",
    ] {
        check_write(&guard, "127.0.0.1", &[("host", host)], Err(&foreign(host)));
    }
    check_write(&guard, "127.0.0.1", &[], Err(&foreign("")));
    let two = [("host", "127.0.0.1:9600"), ("host", "rebound.example")];
    check_write(&guard, "127.0.0.1", &two, Err(&foreign("")));
}

#[test]
fn a_web_page_writes_nothing() {
    let here = ("host", "127.0.0.1:9600");
    let guard = with_token();
    let own = [here, ("origin", "http://127.0.0.1:9600")];
    check_write(&guard, "127.0.0.1", &own, Ok(()));
    for origin in [
        "https://page.example",
        "http://127.0.0.1:3000",
        "https://127.0.0.1:9600",
        "http://localhost:9600",
        "null",
        "",
    ] {
        let refusal = Refusal::ForeignOrigin(origin.to_owned());
        let headers = [here, ("origin", origin)];
        check_write(&guard, "127.0.0.1", &headers, Err(&refusal));
        let proven = [
            here,
            ("origin", origin),
            ("authorization", "Bearer a-token-of-some-length"),
        ];
        check_write(&guard, "127.0.0.1", &proven, Err(&refusal));
    }
}

#[test]
fn a_write_from_elsewhere_needs_the_token() {
    let guard = with_token();
    let away = "192.0.2.7";
    let proof = ("authorization", "Bearer a-token-of-some-length");
    check_write(&guard, away, &[proof], Ok(()));
    check_write(&guard, "2001:db8::7", &[proof], Ok(()));
    let lower = ("authorization", "bearer a-token-of-some-length");
    check_write(&guard, away, &[lower], Ok(()));
    check_write(&guard, away, &[], Err(&Refusal::Unproven));
    let here = ("host", "127.0.0.1:9600");
    check_write(&guard, away, &[here], Err(&Refusal::Unproven));
    for other in [
        "Bearer a-token-of-some-lengtH",
        "Bearer a-token-of-some-length-and-more",
        "Bearer a-token",
        "Bearer ",
    ] {
        let headers = [("authorization", other)];
        check_write(&guard, away, &headers, Err(&Refusal::OtherToken));
    }
    for unread in ["a-token-of-some-length", "Basic a-token-of-some-length", ""] {
        let headers = [("authorization", unread)];
        check_write(&guard, away, &headers, Err(&Refusal::Unproven));
    }
    check_write(&guard, away, &[proof, lower], Err(&Refusal::Unproven));
    check_write(&Guard::default(), away, &[proof], Err(&Refusal::NoToken));
}

#[test]
fn whom_a_proxy_on_this_machine_asks_for_is_elsewhere() {
    for name in [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
    ] {
        let headers = [("host", "127.0.0.1:9600"), (name, "192.0.2.7")];
        check_write(
            &with_token(),
            "127.0.0.1",
            &headers,
            Err(&Refusal::Unproven),
        );
    }
}

#[track_caller]
fn check_token(content: &str, expected: Result<&str, &str>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("token");
    std::fs::write(&file, content).expect("written");
    match (Guard::of_file(&file), expected) {
        (Ok(guard), Ok(token)) => assert_eq!(guard.token.expect("a token").0, token),
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
        (outcome, _) => panic!("{content:?}: {outcome:?}"),
    }
}

#[test]
fn a_token_is_the_first_line_of_its_file() {
    check_token("a-token-of-some-length\n", Ok(TOKEN));
    check_token("a-token-of-some-length\r\nand a remark\n", Ok(TOKEN));
    let short = "16 or more visible ASCII characters";
    check_token("", Err(short));
    check_token("\na-token-of-some-length\n", Err(short));
    check_token("short", Err(short));
    check_token("sixteen letters and spaces", Err(short));
    let absent = Guard::of_file(Path::new("/nonexistent/token")).expect_err("no file");
    let text = absent.to_string();
    assert!(
        text.starts_with("/nonexistent/token is no token file"),
        "{text}"
    );
    let none = Guard::of_file(Path::new("")).expect("no token is wanted");
    assert!(none.token.is_none());
    assert!(!format!("{:?}", with_token()).contains(TOKEN));
}
