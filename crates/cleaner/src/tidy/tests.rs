use super::*;

#[track_caller]
fn check(page: &str, expected: &str) {
    assert_eq!(tidy(page).html, expected, "{page}");
}

#[test]
fn what_nobody_reads_goes() {
    check("a<script>if (a < b) { '</p>' }</script>b", "ab");
    check("a<style>p > a {}</style><!-- <p> -->b", "ab");
    check(
        "a<svg><path d=\"M0\"/></svg><noscript><img></noscript>b",
        "ab",
    );
    // A picture stays: it may be the article's.
    check(
        "<!doctype html><p>a<wbr>b<img src=x></p>",
        "<p>ab<img src=\"x\"></p>",
    );
    check("<SCRIPT>x</SCRIPT ><P>a</P>", "<P>a</P>");
    check("<p>a<script>if (a) b(); <p>c", "<p>a</p>");
    check("<p>a<style>p > a {} <p>c", "<p>a</p>");
    check("漢<rp>(</rp><rt>かん</rt><rp>)</rp>字", "漢字");
}

#[test]
fn missing_ends_are_supplied() {
    check("<p>a<p>b", "<p>a</p><p>b</p>");
    check(
        "<ul><li>a<li>b<ul><li>c</ul></ul>",
        "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
    );
    check("<div><b>a</div>b", "<div><b>a</b></div>b");
    check("<p><b>a<div>b</div>", "<p><b>a</b></p><div>b</div>");
    check(
        "<table><tr><td>a<td>b<tr><td>c</table>",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
    );
    check("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt><dd>b</dd></dl>");
    check("<h2>a<h3>b</h3>", "<h2>a</h2><h3>b</h3>");
    check("<p>a<hr>b", "<p>a</p><hr>b");
}

#[test]
fn stray_ends_close_nothing() {
    check("<div>a</span></p></b>b</div></div>", "<div>ab</div>");
    check(
        "<div><table><tr><td></div>a</table>b</div>",
        "<div><table><tr><td>a</td></tr></table>b</div>",
    );
}

#[test]
fn only_attributes_that_are_read_stay() {
    check(
        r#"<div class="a" onclick="x > y" class="b" style="color: red" data-x='1'>t</div>"#,
        r#"<div class="a">t</div>"#,
    );
    check(
        "<div style='Display : none'>t</div>",
        r#"<div style="Display : none">t</div>"#,
    );
    check(
        r#"<div id='say "hi"'>t</div>"#,
        r#"<div id="say &quot;hi&quot;">t</div>"#,
    );
    check(
        "<a href=/x/ id=y rel=author>t</a>",
        r#"<a rel="author">t</a>"#,
    );
    check(
        "<link rel=stylesheet href=x><link rel=canonical href=y>",
        r#"<link rel="canonical" href="y">"#,
    );
}

#[test]
fn a_bare_sign_stays_text() {
    check("1 < 2 <<!-- x -->b>", "1 &lt; 2 &lt;b>");
    check("a </ b> c", "a  c");
    check("a <", "a &lt;");
}

#[test]
fn linked_data_is_lifted_out() {
    let tidied = tidy(r#"<script type="application/ld+json">{"a":1}</script>t"#);
    assert_eq!(tidied.linked_data, [r#"{"a":1}"#]);
    assert_eq!(tidied.html, "t");
}

#[test]
fn nesting_is_bounded_and_text_survives() {
    let page = format!("{}x{}y", "<div>".repeat(5000), "</div>".repeat(5000));
    let html = tidy(&page).html;
    assert_eq!(html.matches("<div>").count(), MAX_DEPTH);
    assert!(
        html.contains('x') && html.ends_with('y'),
        "{}",
        &html[html.len() - 40..]
    );
}

#[test]
fn elements_are_bounded() {
    let html = tidy(&"<b>".repeat(MAX_ELEMENTS * 3)).html;
    assert!(html.matches("<b>").count() <= MAX_ELEMENTS + 1);
}
