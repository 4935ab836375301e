use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(address: &str, expected: &str) {
    assert_eq!(key(address), expected, "{address}");
    assert_eq!(key(expected), expected, "its own key");
}

#[track_caller]
fn check_same(addresses: &[&str]) {
    for address in addresses {
        assert_eq!(
            key(address),
            key(addresses[0]),
            "{address} and {}",
            addresses[0]
        );
    }
}

#[track_caller]
fn check_other(a: &str, b: &str) {
    assert_ne!(key(a), key(b), "{a} and {b}");
}

#[test]
fn scheme_host_and_port() {
    check("HTTPS://WWW.A.example:443/x/", "http://a.example/x");
    check("https://a.example:80", "http://a.example");
    check("https://user:pw@a.example./x", "http://a.example/x");
    check("https://a.example:8080/x", "http://a.example:8080/x");
    check(
        "https://münchen.example/x",
        "http://xn--mnchen-3ya.example/x",
    );
    check(
        "https://www.xn--mnchen-3ya.example/x",
        "http://xn--mnchen-3ya.example/x",
    );
    check("http://[2001:DB8::1]/x", "http://[2001:db8::1]/x");
    check("http://0x7f.1/x", "http://127.0.0.1/x");
}

#[test]
fn what_is_clear_is_repaired() {
    check_same(&[
        "http://a.example/x",
        "http:/a.example/x",
        "http:\\\\a.example\\x",
        "//a.example/x",
        "www.a.example/x",
        "http://http://a.example/x",
        "http://https://a.example/x",
        "http://a.example:/x",
        "feed://a.example/x",
        "feed:https://a.example/x",
    ]);
}

#[test]
fn one_site_in_several_dresses() {
    check_same(&[
        "https://a.example/x",
        "https://m.a.example/x",
        "https://mobile.a.example/x",
        "https://amp.a.example/x",
        "https://www.m.a.example/x",
    ]);
    check_same(&[
        "https://en.m.wikipedia.org/wiki/News",
        "https://en.wikipedia.org/wiki/News",
    ]);
    check_other("https://news.a.example/x", "https://a.example/x");
    // Sites of their own, and not the registries that they are under.
    check("https://m.co.uk/x", "http://m.co.uk/x");
    check("https://www.com/x", "http://www.com/x");
    check("https://mobile.de/x", "http://mobile.de/x");
}

#[test]
fn amp_is_a_form_of_the_page() {
    check_same(&[
        "https://www.a.example/2026/ferry-is-late-again",
        "https://www.a.example/2026/ferry-is-late-again/amp",
        "https://www.a.example/2026/ferry-is-late-again/amp/",
        "https://www.a.example/amp/2026/ferry-is-late-again",
        "https://www.a.example/2026/ferry-is-late-again?amp",
        "https://www.a.example/2026/ferry-is-late-again?amp=1&usqp=mq331A",
        "https://www.a.example/2026/ferry-is-late-again?outputType=amp",
        "https://www.a.example/2026/ferry-is-late-again.amp",
        "https://www-a-example.cdn.ampproject.org/c/s/www.a.example/2026/ferry-is-late-again",
        "https://www-a-example.cdn.ampproject.org/v/s/www.a.example/2026/ferry-is-late-again?amp_js_v=0.1",
        "https://www.google.com/amp/s/www.a.example/2026/ferry-is-late-again",
        "https://www.google.com/url?rct=j&url=https://www.a.example/2026/ferry-is-late-again&ct=ga",
    ]);
    check_other("https://a.example/guitars/amp", "https://a.example/guitars");
    check_other("https://a.example/amp/guitars", "https://a.example/guitars");
    check_other("https://a.example/x?amp=5", "https://a.example/x");
}

#[test]
fn paths() {
    check("https://a.example/a/./b/../c//d/", "http://a.example/a/c/d");
    check("https://a.example/a/index.html", "http://a.example/a");
    check("https://a.example/index.php?id=5", "http://a.example?id=5");
    check(
        "https://a.example/%7Euser/%e4%b8%ad",
        "http://a.example/~user/%E4%B8%AD",
    );
    check("https://a.example/中", "http://a.example/%E4%B8%AD");
    check("https://a.example/a%2Fb", "http://a.example/a%2Fb");
    check("https://a.example/100%", "http://a.example/100%25");
    check("https://a.example/%%34%31", "http://a.example/%2541");
    check(
        "https://a.example/x;jsessionid=0A1B?id=1",
        "http://a.example/x?id=1",
    );
    check_other("https://a.example/a/b", "https://a.example/a-b");
    check_other("https://a.example/story/1", "https://a.example/story/2");
}

#[test]
fn case_of_words_and_of_codes() {
    check_same(&[
        "https://a.example/News/topStories/ABC",
        "https://a.example/news/topstories/abc",
    ]);
    check_same(&[
        "https://a.example/Ferry-Is-Late-Again-idUSx1Y",
        "https://a.example/ferry-is-late-again-idusx1y",
    ]);
    check_same(&[
        "https://a.example/%c3%89t%C3%A9/News",
        "https://a.example/%C3%89t%C3%A9/news",
    ]);
    check_other(
        "https://a.example/v/aFCO6WidGVM",
        "https://a.example/v/afco6widgvm",
    );
    check_other(
        "https://a.example/v/oKyFAMiZMbU",
        "https://a.example/v/okyfamizmbu",
    );
    check_other("https://bit.ly/News", "https://bit.ly/news");
    check_other("https://a.example/?v=AbC", "https://a.example/?v=abc");
}

#[test]
fn parameters() {
    check(
        "https://a.example/x?b=2&a=1&b=1",
        "http://a.example/x?a=1&b=2&b=1",
    );
    check(
        "https://a.example/x?utm_source=rss&UTM_x=1&fbclid=2&id=7&p=",
        "http://a.example/x?id=7&p",
    );
    check(
        "https://a.example/x?a=1&amp;b=2",
        "http://a.example/x?a=1&b=2",
    );
    check("https://a.example/x?q=a+b", "http://a.example/x?q=a%20b");
    check("https://a.example/x?q=a%20b", "http://a.example/x?q=a%20b");
    check("https://a.example/x?&&=&", "http://a.example/x");
    check("https://a.example/x?ref=rss&mod=home", "http://a.example/x");
    check("https://a.example/x?source=rss_top", "http://a.example/x");
    check(
        "https://a.example/x?PHPSESSID=1&ASPSESSIONIDABC=2",
        "http://a.example/x",
    );
    check(
        "https://youtube.com/watch?v=aFCO6WidGVM&si=x",
        "http://youtube.com/watch?v=aFCO6WidGVM",
    );
    for kept in [
        "id=1",
        "p=1",
        "article=1",
        "storyid=1",
        "ref=12345",
        "source=agency",
        "page=2",
        "s=words",
        "sid=88",
        "q=%E9",
        "si=x",
    ] {
        check_other(
            &format!("https://a.example/x?{kept}"),
            "https://a.example/x",
        );
    }
    check_other("https://a.example/?q=%E9", "https://a.example/?q=%E8");
    check_other("https://a.example/?q=a%26b=c", "https://a.example/?q=a&b=c");
    check_other("https://a.example/?q=a%2Bb", "https://a.example/?q=a+b");
}

#[test]
fn fragments_that_applications_route_by() {
    check("https://a.example/x#top", "http://a.example/x");
    check("https://a.example/#!/story/1", "http://a.example#!/story/1");
    check_other("https://a.example/#/story/1", "https://a.example/#/story/2");
}

#[test]
fn what_is_no_address_of_the_web_is_its_own_key() {
    for text in [
        "",
        "tag:a.example,2026:1",
        "not a url",
        "mailto:desk@a.example",
        "urn:uuid:1",
        "/relative",
        "http://",
        "12345",
    ] {
        assert_eq!(key(text), text);
        assert_eq!(host(text), "");
        assert!(!is_homepage(text) && !is_shortened(text), "{text}");
    }
    let nested = "www.google.com/amp/s/".repeat(40);
    let nested = format!("https://{nested}a.example/x");
    assert_eq!(key(&nested), nested);
}

#[test]
fn the_host_is_the_sites() {
    assert_eq!(host("https://m.a.example:8080/x"), "a.example");
    assert_eq!(
        host("https://a-example.cdn.ampproject.org/c/a.example/x1"),
        "a.example"
    );
}

#[test]
fn homepages() {
    for address in [
        "https://a.example",
        "https://a.example/",
        "https://www.a.example///?utm_source=x#top",
        "https://a.example/en",
        "https://a.example/pt-BR/",
        "https://a.example/index.html",
        "https://a.example/us/en",
        "https://a.example/Global/",
    ] {
        assert!(is_homepage(address), "{address}");
    }
    for address in [
        "https://a.example/politics",
        "https://a.example/?p=1",
        "https://a.example/en/politics",
        "https://a.example/#!/1",
        "https://bit.ly/x",
        "https://a.example/news/en/1",
    ] {
        assert!(!is_homepage(address), "{address}");
    }
}

#[test]
fn shorteners() {
    for address in [
        "https://bit.ly/x",
        "http://nyti.ms/4K9g6u",
        "https://www.tinyurl.com/y",
        "https://feedproxy.google.com/~r/x/1",
    ] {
        assert!(is_shortened(address), "{address}");
    }
    for address in [
        "https://bit.ly/",
        "https://a.example/bit.ly",
        "https://notbit.ly/x",
        "https://feedproxy.google.com/x",
    ] {
        assert!(!is_shortened(address), "{address}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "http://",
        "https:",
        "//",
        "\\",
        "www.",
        "m.",
        "amp.",
        "a.example",
        "co.uk",
        "google.com/amp/",
        "s/",
        "google.com/url?url=",
        "x.cdn.ampproject.org/c/",
        "/",
        "..",
        ".",
        ":80",
        ":",
        "@",
        "%",
        "%2e",
        "%41",
        "%25",
        "é",
        "A",
        "b1C",
        "amp",
        ".amp",
        "index.html",
        ";jsessionid=1",
        "?",
        "&",
        "=",
        "amp;",
        "utm_x",
        "ref",
        "rss",
        "+",
        "#",
        "#!",
        "[",
        " ",
        "1",
        "feed:",
        "-",
        "bit.ly/",
        "~R/",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_key_is_its_own_key(address in pieces()) {
        let key = key(&address);
        prop_assert_eq!(super::key(&key), key.as_str());
        prop_assert_eq!(host(&key), host(&address));
        is_homepage(&address);
        is_shortened(&address);
    }

    #[test]
    fn no_text_makes_it_panic(address in "\\PC{0,60}", path in "\\PC{0,40}") {
        for address in [address.clone(), format!("http://a.example/{path}"), format!("https://{address}/{path}")] {
            let key = key(&address);
            prop_assert_eq!(super::key(&key), key.as_str());
        }
    }

    /// Whatever tells pages apart stays: numbers in paths and in parameters that are nobody's.
    #[test]
    fn numbers_are_never_merged(a in 0u32..10_000, b in 0u32..10_000, form in 0usize..5) {
        prop_assume!(a != b);
        let forms = ["https://a.example/story/{}", "https://a.example/story?id={}", "https://a.example/{}/amp",
            "https://m.a.example/news-{}.html?utm_source=x", "https://a.example/#!/{}"];
        let address = |n: u32| forms[form].replace("{}", &n.to_string());
        prop_assert_ne!(key(&address(a)), key(&address(b)));
    }
}
