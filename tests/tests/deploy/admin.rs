//! The admin port's writes, and the question that containers ask, on the real process.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use tests::{Place, World, await_that};

const TOKEN: &str = "a-token-of-some-length";

/// A place with a token of its own, and a world where nothing happens.
fn place(token: &str) -> (World, Place) {
    let world = World::open(newsroom::Options::of(newsroom::World::Bundled));
    let place = Place::for_world(&world, "");
    let file = place.file("token");
    std::fs::write(&file, token).expect("written");
    let config = std::fs::read_to_string(place.file("copydesk.toml")).expect("readable");
    let told = format!("[admin]\ntoken_file = {:?}\n", file.display().to_string());
    let config = config.replacen("[admin]\n", &told, 1);
    std::fs::write(place.file("copydesk.toml"), config).expect("written");
    (world, place)
}

/// The first line of the answer, and its last.
#[track_caller]
fn ask(place: &Place, request: &str, headers: &[&str]) -> (String, String) {
    let address = std::fs::read_to_string(place.data().join("admin")).expect("it has said where");
    let mut stream = TcpStream::connect(address.trim()).expect("it listens");
    let lines = headers.iter().flat_map(|line| [*line, "\r\n"]);
    let more: String = lines.collect();
    let text =
        format!("{request} HTTP/1.1\r\n{more}content-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let first = answer.lines().next().unwrap_or_default().to_owned();
    let last = answer.lines().next_back().unwrap_or_default().to_owned();
    (first, last)
}

const HERE: &str = "host: 127.0.0.1";

/// A request, its headers, and what the answer begins and ends with.
const WRITES: &[(&str, &[&str], &str, &str)] = &[
    ("GET /healthz", &["host: any.example"], "200", "ok"),
    ("GET /stop", &[HERE], "405", ""),
    (
        "POST /stop",
        &["host: rebound.example"],
        "403",
        "rebound.example",
    ),
    (
        "POST /stop",
        &[HERE, "origin: http://page.example"],
        "403",
        "page.example",
    ),
    (
        "POST /nowhere",
        &["host: rebound.example"],
        "403",
        "rebound.example",
    ),
    (
        "POST /stop",
        &[HERE, "x-forwarded-for: 192.0.2.7"],
        "401",
        "needs the header",
    ),
    (
        "POST /stop",
        &[
            HERE,
            "x-forwarded-for: 192.0.2.7",
            "authorization: Bearer another-token-of-some-length",
        ],
        "401",
        "not the one",
    ),
];

#[test]
fn a_process_is_asked_how_it_is_and_told_to_stop() {
    let (_world, place) = place(TOKEN);
    let nobody = place.run(&["health"]);
    let said = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert_eq!(nobody.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing runs on "), "{said}");

    let service = place.start();
    let is_well = |arguments: &[&str]| place.run(arguments).status.success();
    let ready = || is_well(&["health", "--ready"]);
    await_that(Duration::from_secs(30), ready, || place.last_words());
    assert!(is_well(&["health"]));

    for (request, headers, expected, word) in WRITES {
        let (first, last) = ask(&place, request, headers);
        let told = format!("{request} {headers:?}: {first} {last}");
        assert!(first.contains(expected) && last.contains(word), "{told}");
    }
    assert!(is_well(&["health"]), "a refused write changes nothing");

    let proof = format!("authorization: Bearer {TOKEN}");
    let (first, _) = ask(
        &place,
        "POST /stop",
        &[HERE, "forwarded: for=192.0.2.7", &proof],
    );
    assert!(first.contains("202"), "{first}");
    assert!(service.ended().success(), "{}", place.last_words());
    assert!(!is_well(&["health"]));
    let log = std::fs::read_to_string(place.file("run.err")).expect("it has a log");
    assert!(
        log.contains("asked to stop through the admin port"),
        "{log}"
    );
    assert!(!log.contains(TOKEN), "the token is told nobody");
}

#[test]
fn a_file_without_a_token_is_a_wrong_configuration() {
    let (_world, place) = place("short");
    let output = place.run(&["run"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(78), "{said}");
    let expected = "it must be a file whose first line is the token";
    assert!(
        said.contains("admin.token_file is ") && said.contains(expected),
        "{said}"
    );
}
