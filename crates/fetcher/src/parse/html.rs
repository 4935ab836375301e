//! What is known of HTML where a feed's texts are judged.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The elements that HTML has or had.
const ELEMENTS: &str = "
    a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del
    details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend
    li link main map mark marquee math menu meta meter nav nobr noscript object ol optgroup
    option output p param picture pre progress q rp rt ruby s samp script section select small
    source span strike strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track tt u ul var video wbr
";

static NAMES: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| ELEMENTS.split_ascii_whitespace().collect());

/// Whether HTML has an element of that name, in the past or now.
fn is_html(name: &str) -> bool {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        NAMES.contains(name.to_ascii_lowercase().as_str())
    } else {
        NAMES.contains(name)
    }
}

/// Elements that have no end tag.
pub(super) fn is_void(name: &str) -> bool {
    [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ]
    .iter()
    .any(|void| void.eq_ignore_ascii_case(name))
}

/// Names of the tags of HTML in a text, and whether they are end tags.
pub(super) fn tags(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let tags_end = text.rfind('>').unwrap_or(0);
    text.match_indices('<').filter_map(move |(at, _)| {
        let after = &text[at + 1..];
        let (after, closes) = match after.strip_prefix('/') {
            Some(after) => (after, true),
            None => (after, false),
        };
        let length = after
            .bytes()
            .take(16)
            .position(|byte| !byte.is_ascii_alphanumeric())?;
        let name = &after[..length];
        let is_tag = matches!(
            after.as_bytes()[length],
            b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'
        ) && at < tags_end
            && is_html(name);
        is_tag.then_some((name, closes))
    })
}
