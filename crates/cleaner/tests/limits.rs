//! Shapes of pages that took long once, or would take long by what is done to them: cleaning ends soon. And whatever
//! the bytes, it does not panic.

mod support;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use support::{fetched, page};

/// Generous, because tests run unoptimised and beside others: a quadratic step on a page of this
/// size takes minutes.
const SOON: Duration = Duration::from_secs(20);

#[track_caller]
fn check_soon(what: &str, html: String) -> String {
    let begin = Instant::now();
    let read = cleaner::read(&fetched(html.into_bytes()));
    let spent = begin.elapsed();
    assert!(spent < SOON, "{what} took {spent:?}");
    read.text
}

const PARAGRAPH: &str = "<p>The council met on Tuesday and agreed to rebuild the old bridge, which \
    had been closed since the flood of last spring.</p>";

#[test]
fn nesting_does_no_harm() {
    for tag in [
        "div",
        "b",
        "span",
        "a",
        "ul><li",
        "table><tr><td",
        "blockquote",
        "x-y",
        "font",
    ] {
        let html = format!(
            "{PARAGRAPH}{}{PARAGRAPH}",
            format!("<{tag}>").repeat(200_000)
        );
        let text = check_soon(tag, html);
        assert!(
            text.contains("rebuild the old bridge"),
            "{tag}: {}",
            text.len()
        );
    }
}

#[test]
fn open_tags_do_no_harm() {
    let count = 1024 * 1024 / 4;
    check_soon("<p>a", "<p>a".repeat(count));
    check_soon("<b><p>", "<b id=x><p>a".repeat(count / 3));
    check_soon("stray ends", "<i></div></b></p>".repeat(count / 4));
    check_soon(
        "buttons",
        format!("{}</button>", "<button>".repeat(count / 2)),
    );
    check_soon("comments", "<!-- ".repeat(count));
    check_soon("half tags", "<a </a ".repeat(count / 2));
    check_soon("signs", "<".repeat(count * 4));
    check_soon("breaks", "a<br>".repeat(count));
    check_soon("names", format!("<div {}>", "a=b ".repeat(count)));
    let different: Vec<String> = (0..count / 2).map(|n| format!("a{n}=1")).collect();
    check_soon("different names", format!("<div {}>", different.join(" ")));
    check_soon("bylines", "<i class=byline>a".repeat(count / 4));
    let lists = "<ul><li>".repeat(100) + &"<li><a href=x>a</a>".repeat(count / 5);
    check_soon("lists", lists);
    check_soon("figures", "<figure>a".repeat(count / 3));
}

#[test]
fn rows_of_readers_do_no_harm() {
    let told = PARAGRAPH.repeat(6);
    let row = "<i>Ann Lee 2 hours ago</i><br><br>a<br><br>".repeat(60_000);
    check_soon("names and moments", format!("{told}{row}"));
    let rows = (0..30_000)
        .map(|n| {
            format!(
                "<div class=a{}>Name {n}</div><div>1 May 2026 10:15</div>a<br><br>",
                n % 30
            )
        })
        .collect::<Vec<_>>()
        .concat();
    check_soon(
        "names and moments of many kinds",
        format!("{told}<div>{rows}</div>"),
    );
    check_soon("line ends", format!("{told}<pre>{}", "a\n".repeat(500_000)));
    let data = "\"a, \" ,".repeat(100_000);
    check_soon(
        "broken data",
        format!("<script type=application/ld+json>{{{data}</script>{told}"),
    );
}

#[test]
fn inline_data_does_no_harm() {
    let data = "var a = {\"b\": [1, 2, 3], \"c\": \"</ d\"};".repeat(35_000);
    let text = check_soon("script", format!("<script>{data}</script>{PARAGRAPH}"));
    assert!(text.starts_with("The council met"));
    let linked = format!(
        "<script type='application/ld+json'>{}</script>",
        "[".repeat(900_000)
    );
    let text = check_soon("linked data", format!("{linked}{PARAGRAPH}"));
    assert!(text.starts_with("The council met"));
}

#[test]
fn attributes_and_entities_do_no_harm() {
    let value = "a ".repeat(25 * 1024 * 1024);
    let text = check_soon("value", format!("<div class=\"{value}\">{PARAGRAPH}</div>"));
    assert!(text.starts_with("The council met"));
    check_soon(
        "entities",
        "&amp;&#38;&#x26;&bogus;&#9999999999;".repeat(30_000),
    );
    check_soon("open entities", "&".repeat(1024 * 1024));
}

#[test]
fn pictures_and_dates_do_no_harm() {
    let hidden = "<noscript><img src=\"a</noscript><noscript><img src='b</noscript>";
    check_soon("pictures", format!("<div>{}", hidden.repeat(30_000)));
    check_soon(
        "elements",
        "<x-image srcset='a 1w, b 2w, c'>".repeat(60_000),
    );
    let set = "a.jpg 320w, ".repeat(100_000);
    check_soon(
        "set",
        format!("<link rel=preload imagesrcset='{set}'>{PARAGRAPH}"),
    );
    let data = "{\"publishedAt\": \"publishedAt\": ".repeat(60_000);
    check_soon(
        "data",
        format!("<script type='application/json'>{data}</script>{PARAGRAPH}"),
    );
    check_soon(
        "dates",
        "<p>1.1.1. 2.2.2. 31 of de of de 2026".repeat(30_000),
    );
    check_soon(
        "years",
        format!("<h1>a</h1>{}", "<p>31 30 29 1399 2569 ".repeat(30_000)),
    );
}

#[test]
fn dates_beside_the_article_do_no_harm() {
    let asides = format!("<aside><h2>More</h2>{}", "<aside>".repeat(240));
    let dates = "<p>3 May 2026</p>".repeat(30_000);
    let lines = "<p>The council met.</p>".repeat(40_000);
    check_soon(
        "dates in asides",
        format!("<h1>a</h1>{lines}{asides}{dates}"),
    );
    let times = "<time>3 May 2026</time> ".repeat(30_000);
    check_soon(
        "times in asides",
        format!("<h1>a</h1>{lines}{asides}{times}"),
    );
}

/// JSON-LD of many objects, each with many authors that are one and the same object, by reference.
fn references() -> String {
    let names = vec!["\"<b>&amp;</b>\""; 1_500].join(",");
    let author = "{\"@id\":\"#x\"}";
    let authors = vec![author; 100].join(",");
    let article = format!("{{\"@type\":\"Article\",\"author\":[{authors}]}}");
    let articles = vec![article; 20].join(",");
    format!("[{{\"@id\":\"#x\",\"name\":[{names}]}},{articles}]")
}

#[test]
fn what_is_said_of_authors_does_no_harm() {
    let linked = format!(
        "<script type='application/ld+json'>{}</script>{PARAGRAPH}",
        references()
    );
    check_soon("references", linked);
    let names = "a und b ".repeat(200_000);
    check_soon(
        "long field",
        format!("<meta name=author content='{names}'>{PARAGRAPH}"),
    );
    let linked = format!("{{\"@type\":\"Article\",\"author\":\"{names}\"}}");
    check_soon(
        "long name",
        format!("<script type='application/ld+json'>{linked}</script>{PARAGRAPH}"),
    );
    let field = format!("<meta name=author content='{}'>", "a und b ".repeat(100));
    check_soon("fields", field.repeat(15_000));
    let nested = format!("<i class=byline>{}", "a ".repeat(200)).repeat(250);
    check_soon("nested bylines", nested + &"<b>a</b>".repeat(150_000));
}

#[test]
fn lines_and_entries_do_no_harm() {
    let lines: Vec<String> = (0..80_000)
        .map(|n| format!("<p><a href=x>More{n} on this</a> today, or not</p>"))
        .collect();
    let lines = lines.concat();
    check_soon("lines half link", format!("{PARAGRAPH}{lines}"));
    let entry =
        "<section><h3>Noon</h3><p>The council met on Tuesday and voted on it.</p></section>";
    check_soon(
        "entries",
        format!(
            "<script type='application/ld+json'>{{\"@type\":\"LiveBlogPosting\"}}</script>{PARAGRAPH}{}",
            entry.repeat(40_000)
        ),
    );
}

#[test]
fn tables_do_no_harm() {
    let table = |rows: usize, cells: usize| {
        let row = format!("<tr>{}</tr>", "<td>12.5</td>".repeat(cells));
        format!("{}<table>{}</table>", PARAGRAPH.repeat(4), row.repeat(rows))
    };
    for (rows, cells) in [(1, 150_000), (390, 390), (75_000, 1)] {
        check_soon(&format!("{rows} rows of {cells}"), table(rows, cells));
    }
    // Old pages stand in one cell as a whole.
    let different =
        |n| format!("<p>{n} on the council met, and agreed to rebuild it as planned, or not.</p>");
    let paragraphs: String = (0..40_000).map(different).collect();
    let text = check_soon("one cell", format!("<table><tr><td>{paragraphs}"));
    assert!(text.starts_with("0 on the council met"));
}

#[test]
fn one_long_text_does_no_harm() {
    let text = check_soon("text", "word and another, ".repeat(230_000));
    assert!(text.len() > 4_000_000);
    let text = check_soon("dense text", "日本語の文章です。".repeat(150_000));
    assert!(text.len() > 4_000_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let fetched = fetched(bytes);
        let first = cleaner::clean(&fetched);
        prop_assert_eq!(first, cleaner::clean(&fetched));
    }

    #[test]
    fn mutilated_pages_are_read(
        cut in 0..4000usize,
        hole in 0..4000usize,
        width in 0..400usize,
        junk in "[<>/a-z\"'= &;!-]{0,40}",
    ) {
        let mut html = page();
        let cut = html.floor_char_boundary(cut);
        html.insert_str(cut, &junk);
        let (from, to) = (html.floor_char_boundary(hole), html.floor_char_boundary(hole + width));
        html.replace_range(from..to, "");
        let read = cleaner::read(&fetched(html.into_bytes()));
        prop_assert!(!read.text.contains("\n\n\n"));
        prop_assert_eq!(read.text.trim(), &read.text);
    }

    #[test]
    fn tag_soup_is_read(soup in prop::collection::vec(
        prop::sample::select(vec![
            "<p>", "</p>", "<div class=share>", "</div>", "<a href=x>", "</a>", "<li>", "<ul>", "</ul>",
            "<table>", "<tr>", "<td>", "</table>", "<h1>", "</h1>", "<br>", "<script>", "</script>",
            "<title>", "</title>", "<time>", "</time>", "<article>", "</article>", "<b>", "</b>", "<!--",
            "-->", "<form>", "<svg>", "</svg>", "<body class=x>", "<html lang=de>", "<figure>", "<button>",
            "text", " ", "Ein Satz mit einigen Wörtern, der lang genug für einen Absatz ist, steht hier.",
        ]), 0..120)) {
        cleaner::read(&fetched(soup.concat().into_bytes()));
    }
}
