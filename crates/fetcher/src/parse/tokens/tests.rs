use super::*;

#[track_caller]
fn check(text: &str, expected: &str, repairs: &[Repair]) {
    check_in("description", text, expected, repairs);
}

/// The tokens of a document, each on a line of its own.
#[track_caller]
fn check_in(open: &str, text: &str, expected: &str, repairs: &[Repair]) {
    let mut report = Report::default();
    let mut tokens = Tokens::new(text);
    let mut found = Vec::new();
    while let Some(token) = tokens.next(open, &mut report) {
        found.push(match token {
            Token::Start(tag) if tag.is_empty => format!("<{}|{}/>", tag.name, tag.attributes),
            Token::Start(tag) => format!("<{}|{}>", tag.name, tag.attributes),
            Token::End(name) => format!("</{name}>"),
            Token::Text(text) => format!("'{text}'"),
            Token::Cdata(text) => format!("[{text}]"),
            Token::Doctype(text) => format!("!{text}"),
        });
    }
    assert_eq!(found.join(" "), expected);
    let done: Vec<Repair> = report.repairs.into_keys().collect();
    assert_eq!(done, repairs);
}

#[test]
fn well_formed_documents() {
    check("<a b='c'>d</a>", "<a| b='c'> 'd' </a>", &[]);
    check("<a/><b c='>'/>", "<a|/> <b| c='>'/>", &[]);
    check("<!-- <x> --><?p x?><a ></a >", "<a| > </a>", &[]);
    check("<![CDATA[<x>]]>", "[<x>]", &[]);
    check(
        "<!DOCTYPE r [<!ENTITY a '>'>]><r/>",
        "! r [<!ENTITY a '>'>] <r|/>",
        &[],
    );
    check("<!doctype html><p>", "! html <p|>", &[]);
    check("<日本 語='x'>é</日本>", "<日本| 語='x'> 'é' </日本>", &[]);
}

#[test]
fn broken_tags() {
    check("a < b <c>", "'a ' '< b ' <c|>", &[Repair::BareLessThan]);
    check("<a <b>c</b", "<a| > <b|> 'c'", &[Repair::Tag]);
    check("<a b='c><d>e", "<a| b='c> <d|> 'e'", &[]);
    check("<a b=\"c><d e=\"f\">", "<a| b=\"c> <d| e=\"f\">", &[]);
    check("<a b='it''s'>c", "<a| b='it''s'> 'c'", &[]);
    check("</><a>", "<a|>", &[Repair::Tag]);
    check("</a<b>", "</a> <b|>", &[Repair::Tag]);
}

#[test]
fn sections_that_do_not_end() {
    let open = &[Repair::OpenCdata];
    check(
        "<![CDATA[x</description><b/>",
        "[x] </description> <b|/>",
        open,
    );
    check("<![CDATA[x]]</description>", "[x] </description>", open);
    check("<![CDATA[x", "[x]", open);
    check(
        "<![CDATA[x</description><b><![CDATA[y]]></b>",
        "[x] </description> <b|> [y] </b>",
        open,
    );
    check("<!-- x ><a>", "' x >' <a|>", &[Repair::OpenComment]);
    check("<?php x ><a>", "'php x >' <a|>", &[Repair::OpenComment]);
}

#[test]
fn what_holds_the_beginning_of_a_section_may_be_whole() {
    check(
        "<![CDATA[write <![CDATA[ to quote]]>",
        "[write <![CDATA[ to quote]",
        &[],
    );
}

#[test]
fn items_that_are_hidden_are_counted() {
    let text = "<!-- <item>x</item> <items> --><![CDATA[<entry a='b'>]]><item>";
    let mut tokens = Tokens::new(text);
    while tokens.next("", &mut Report::default()).is_some() {}
    assert_eq!(tokens.hidden, 2);
}

#[test]
fn nothing_but_openings_is_soon_done() {
    for opening in [
        "<!--",
        "<?",
        "<![CDATA[",
        "<!DOCTYPE [",
        "<a b='",
        "<a",
        "</",
        "<",
        "<!",
    ] {
        let text = opening.repeat(300_000);
        let mut tokens = Tokens::new(&text);
        let mut count = 0;
        while tokens.next("a", &mut Report::default()).is_some() {
            count += 1;
        }
        assert!(count <= 300_000, "{opening}");
    }
}
