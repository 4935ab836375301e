//! Pages that hold no article: what comes out of them says so, and is no furniture.

mod support;

use article::{Fetched, TextQuality};
use pipeline::Reason;
use support::{fetched, page};

/// A page is a dead letter for want of text, or its text is said to be little.
#[track_caller]
fn check(what: &str, body: &str) {
    let html = format!("<!doctype html><html lang=en><title>{what}</title><body>{body}");
    match cleaner::clean(&fetched(html.into_bytes())) {
        Ok(cleaned) => assert_eq!(
            cleaned.layout.text_quality,
            Some(TextQuality::Thin),
            "{what}: {}",
            cleaned.text
        ),
        Err(reject) => assert_eq!(reject.reason, Reason::Empty, "{what}: {}", reject.detail),
    }
}

const MENU: &str =
    "<nav><ul><li><a href=/>Home</a><li><a href=/s>Sport</a><li><a href=/c>Culture</a></ul></nav>";

/// A teaser of a list of articles, the `n`th.
fn teaser(n: usize, around: (&str, &str), heading: &str) -> String {
    let (open, close) = around;
    format!(
        "{open}<{heading}><a href=/news/{n}>Council number {n} votes on the bridge</a></{heading}>\
         <p>The council of the town met on Tuesday evening for hours and voted on plan {n} for the bridge \
         over the river, which has been shut since spring.</p>{close}"
    )
}

#[test]
fn an_index_page_is_no_article() {
    for around in [
        ("<article class=card>", "</article>"),
        ("<div class=item>", "</div>"),
        ("<li>", "</li>"),
        ("<section>", "</section>"),
    ] {
        for heading in ["h2", "h3", "strong"] {
            let teasers: String = (0..14).map(|n| teaser(n, around, heading)).collect();
            let body = format!("{MENU}<h1>News</h1><main>{teasers}</main>");
            check(&format!("index of {} and {heading}", around.0), &body);
        }
    }
}

#[test]
fn a_list_of_links_is_no_article() {
    let links = (0..60).map(|n| {
        format!("<li><a href=/{n}>Council number {n} votes on the old bridge again</a></li>")
    });
    let links = links.collect::<Vec<_>>().concat();
    check("links", &format!("{MENU}<h1>Latest</h1><ul>{links}</ul>"));
}

#[test]
fn a_login_page_is_no_article() {
    check(
        "login",
        &format!(
            "{MENU}<main><h1>Log in</h1><form><label>E-mail</label><input name=mail><label>Password</label>\
             <input type=password><button>Log in</button></form><p>Forgotten your password? <a href=/reset>Reset it \
             here.</a></p><p>By logging in you accept our <a href=/terms>terms of use</a> and our <a href=/privacy>\
             privacy notice</a>.</p></main>"
        ),
    );
}

#[test]
fn a_video_page_has_little_text() {
    check(
        "video",
        &format!(
            "{MENU}<main><h1>Watch: the bridge falls</h1><video src=a.mp4></video><p>The moment the old bridge came \
             down, filmed by a neighbour from across the river.</p><p>Duration 1:32</p></main>"
        ),
    );
}

#[test]
fn a_cookie_wall_is_no_article() {
    let wall = "<div class=consent><h2>We value your privacy</h2><p>We and our 812 partners store and access \
        information on a device, such as cookies, and process personal data, such as unique identifiers and standard \
        information sent by a device, for personalised advertising and content.</p><p>With your permission we and \
        our partners may use precise geolocation data and identification through device scanning. You may click to \
        consent to our and our partners' processing as described above.</p><button>Accept all</button></div>";
    check("cookies", wall);
    check(
        "cookies by another name",
        &wall.replace("class=consent", "class=x1"),
    );
}

#[test]
fn a_page_that_a_script_builds_has_no_text() {
    check("script", "<div id=root></div><script src=app.js></script>");
    check(
        "no script",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root>Loading</div>",
    );
}

#[track_caller]
fn check_binary(what: &str, bytes: Vec<u8>) {
    let reject = cleaner::clean(&fetched(bytes)).expect_err(what);
    assert_eq!(
        reject.reason,
        Reason::Unprocessable,
        "{what}: {}",
        reject.detail
    );
    assert!(
        reject.detail.contains("not a web page"),
        "{what}: {}",
        reject.detail
    );
}

/// Bytes as compressed data has them.
fn noise(count: usize) -> impl Iterator<Item = u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    })
    .take(count)
}

#[test]
fn what_is_no_text_is_refused_by_its_bytes() {
    for (what, start) in [
        ("a program", &b"\x7fELF\x02\x01\x01\0\0\0"[..]),
        ("a document", b"%PDF-1.7\n"),
        ("a picture", b"\x89PNG\r\n\x1a\n"),
        ("another picture", b"RIFF\x24\x10\0\0WEBPVP8 "),
        ("a film", b"\0\0\0\x20ftypisom"),
        ("noise", b""),
    ] {
        let bytes = start.iter().copied().chain(noise(20_000)).collect();
        check_binary(what, bytes);
    }
}

#[test]
fn text_is_not_taken_for_binary() {
    let told = "<p>The council met on Tuesday and agreed to rebuild the old bridge.</p>".repeat(20);
    let wide = |to_bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        let html = format!("{mark}<html>{told}");
        html.encode_utf16().flat_map(to_bytes).collect()
    };
    for bytes in [
        page().into_bytes(),
        told.clone().into_bytes(),
        format!("{told}\0\u{1}{told}").into_bytes(),
        wide(u16::to_le_bytes, "\u{feff}"),
        wide(u16::to_be_bytes, "\u{feff}"),
        "<p>\u{6a4b}</p>".repeat(400).into_bytes(),
    ] {
        let cleaned = cleaner::clean(&fetched(bytes));
        let refused = cleaned
            .err()
            .filter(|reject| reject.reason == Reason::Unprocessable);
        assert_eq!(refused, None);
    }
}

#[test]
fn the_limit_that_struck_is_named() {
    let deep = format!("{}{}", "<div>".repeat(300), "<a href=x>a</a>".repeat(10));
    let many = "<a href=x></a>".repeat(200_010);
    for (html, expected) in [
        (deep, "not read: elements nested deeper than 256"),
        (many, "not read: what follows its first 200000 elements"),
    ] {
        let reject = cleaner::clean(&fetched(html.into_bytes())).expect_err("no text");
        assert!(reject.detail.ends_with(expected), "{}", reject.detail);
    }
}

#[track_caller]
fn check_other(what: &str, file: &str, expected: bool) {
    let cleaned = cleaner::clean(&Fetched {
        headers: Vec::new(),
        ..fetched(file.as_bytes().to_vec())
    });
    let refused = cleaned.err();
    let refused = refused.filter(|reject| reject.reason == Reason::Unprocessable);
    let found = refused.is_some_and(|reject| reject.detail.contains(what));
    assert_eq!(found, expected, "{what}: {file}");
}

#[test]
fn documents_of_other_kinds_are_refused_by_how_they_begin() {
    let item = "<item><title>Bridge shut</title><description>The old bridge over the river is shut from today on, \
        says the town, and will be rebuilt by autumn.</description></item>";
    let declared = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- made by hand -->\n";
    for (what, file) in [
        ("XML (rss)", format!("<rss version=2.0><channel>{item}</channel></rss>")),
        ("XML (rss)", format!("{declared}<rss version=2.0><channel>{item}</channel></rss>")),
        ("XML (feed)", format!("{declared}<feed xmlns='http://www.w3.org/2005/Atom'>{item}</feed>")),
        ("XML (rdf:RDF)", format!("{declared}<rdf:RDF>{item}</rdf:RDF>")),
        ("XML (urlset)", format!("{declared}<urlset><url><loc>https://daily.example/</loc></url></urlset>")),
        ("XML (Error)", format!("{declared}<Error><Code>AccessDenied</Code></Error>")),
        ("JSON", "{\n  \"title\": \"Bridge shut\", \"body\": \"The old bridge is shut.\"}".to_owned()),
        ("JSON", "[ {\"title\": \"Bridge shut\"} ]".to_owned()),
        (
            "a script",
            "/*! bridge.js 1.0 | (c) Ann Lee */\n!function(e,t){\"use strict\";var n=e.document;n.title=\"Bridge\"}(window);"
                .to_owned(),
        ),
        (
            "a script",
            "const river = require('river');\nfunction bridge(a) {\n  if (a == 1) { return '<p>Shut</p>'; }\n}\n".to_owned(),
        ),
        (
            "a style sheet",
            "@charset \"utf-8\";\nbody { margin: 0; padding: 0; }\nh1, h2 { color: #333; font-weight: bold; }\n".to_owned(),
        ),
    ] {
        check_other(what, &file, true);
    }
}

#[test]
fn pages_that_begin_otherwise_are_pages() {
    let told = "<p>The council met on Tuesday and agreed to rebuild the old bridge.</p>".repeat(9);
    for file in [
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body>{told}"
        ),
        format!("<?xml version=\"1.0\"?>{told}"),
        format!("<!-- {{ }} = {{ }} = --><html><body>{told}"),
        format!("<article>{told}</article>"),
        format!("[Osier] The council met on Tuesday. {told}"),
        format!("{{Osier}} The council met on Tuesday. {told}"),
        format!("&#1052;&#1086;&#1089;&#1090; &#1079;&#1072;&#1082;&#1088;&#1099;&#1090; {told}"),
        "The council met on Tuesday; it agreed (in the end) to rebuild the bridge.".repeat(9),
        format!(
            "Warning: mysql_connect() [function.connect]: no host = none in /srv/a.php on line 3 {told}"
        ),
    ] {
        for what in ["XML", "JSON", "script"] {
            check_other(what, &file, false);
        }
    }
}

#[track_caller]
fn check_empty(body: &str) {
    let html = format!("<!doctype html><title>Daily</title><body>{MENU}{body}");
    let reject = cleaner::clean(&fetched(html.into_bytes())).expect_err(body);
    assert_eq!(reject.reason, Reason::Empty, "{body}: {}", reject.detail);
}

#[test]
fn notices_alone_are_no_text() {
    for body in [
        "<main><h1>Page not found</h1><p>Sorry, the page you were looking for does not exist. It may have been moved \
         or deleted.</p><p>Please check the address and try again.</p></main>",
        "<main><h1>Seite nicht gefunden</h1><p>Die gesuchte Seite wurde leider verschoben oder gibt es nicht \
         mehr.</p></main>",
        "<main><h1>Oups</h1><p>La page que vous recherchez n’existe pas ou a été déplacée.</p></main>",
        "<main><h1>404</h1><p>お探しのページは見つかりませんでした。</p></main>",
        "<div><h2>Cookies</h2><p>We use cookies and similar technologies to measure how our pages are read and to \
         show advertising. You can change your choices at any time.</p></div>",
        "<div><h1>Just a moment…</h1><p>Checking if the site connection is secure</p><p>daily.example needs to review \
         the security of your connection before proceeding.</p></div>",
    ] {
        check_empty(body);
    }
}

#[test]
fn short_news_of_errors_and_cookies_is_text() {
    for body in [
        "<p>The town’s website said “page not found” for most of Tuesday. Engineers found a broken cable in the \
         cellar of the town hall.</p>",
        "<p>Shops that set cookies without asking must pay up to a million, a court ruled on Monday. It is the first \
         ruling of its kind.</p>",
    ] {
        let html = format!(
            "<!doctype html><title>Daily</title><body><article><h1>Town</h1>{body}</article>"
        );
        let cleaned = cleaner::clean(&fetched(html.into_bytes())).expect(body);
        assert!(body.contains(&cleaned.text), "{}", cleaned.text);
    }
}
