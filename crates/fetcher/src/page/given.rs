//! Pages that a feed gives whole: an item's full text as the page that the cleaner reads. Pure.

use article::{Discovered, Marks};
use jiff::Timestamp;

use crate::outcome::Answer;
use crate::parse::escaped;
use crate::settle::{Effect, Settled, Waiting, fetched};

/// The page of a waiting article where its feed is said to carry the full text and the item does, within
/// `limit` bytes. Its event time is that of the poll: then the bytes were read.
pub(super) fn given(waiting: &Waiting, limit: usize) -> Option<(Answer, Timestamp)> {
    let discovered = &waiting.discovered;
    let content = discovered.content.as_deref()?;
    let is_given = discovered.feed.full_text && !content.trim().is_empty();
    if !is_given || content.len() > limit {
        return None;
    }
    let answer = Answer {
        final_url: discovered.url.clone(),
        status: 200,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        body: page(discovered, content).into(),
        ..Answer::default()
    };
    Some((answer, discovered.polled_at))
}

/// What a given page leads to.
pub(super) fn settle(waiting: Waiting, answer: Answer, at: Timestamp) -> Settled {
    let (known, mut effect) = fetched(waiting, answer, at);
    if let Effect::Fetched(fetched) = &mut effect {
        fetched.marks = Marks {
            from_feed: true,
            ..Marks::default()
        };
    }
    Settled { known, effect }
}

/// The item's facts in the places where pages have them.
fn page(discovered: &Discovered, content: &str) -> String {
    let title = discovered.title.iter().map(|title| escaped(title));
    let title = title.map(|title| format!("<title>{title}</title>\n"));
    let authors = discovered.authors.iter().map(|author| escaped(author));
    let authors = authors.map(|author| format!("<meta name=\"author\" content=\"{author}\">\n"));
    let published = discovered.published.iter().map(|published| {
        format!("<meta property=\"article:published_time\" content=\"{published}\">\n")
    });
    let head: String = title.chain(authors).chain(published).collect();
    let language = discovered.language.as_deref().map(escaped);
    let language = language.map_or_else(String::new, |lang| format!(" lang=\"{lang}\""));
    let title = discovered.title.as_deref().map(escaped).unwrap_or_default();
    format!(
        "<!doctype html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n{head}\
         <link rel=\"canonical\" href=\"{}\">\n</head>\n<body>\n<article>\n<h1>{title}</h1>\n\
         {content}\n</article>\n</body>\n</html>\n",
        escaped(&discovered.url)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::found;
    use crate::settle::{Known, accept};

    fn waiting(change: impl FnOnce(&mut Discovered)) -> Waiting {
        let mut discovered = found("https://a.example/1?a&b", 1, 0);
        discovered.feed.full_text = true;
        discovered.content = Some("<p>The ferry is <b>late</b>.</p>".into());
        change(&mut discovered);
        match accept(None, discovered, None, Timestamp::UNIX_EPOCH) {
            Some(Known::Waiting(waiting)) => *waiting,
            known => panic!("{known:?}"),
        }
    }

    #[test]
    fn an_item_becomes_a_page_with_its_facts() {
        let waiting = waiting(|item| {
            item.title = Some("Ferry <late> & \"stuck\"".into());
            item.authors = vec!["A & B".into()];
            item.published = Some(Timestamp::UNIX_EPOCH);
            item.language = Some("en".into());
        });
        let (answer, at) = given(&waiting, 1_000).expect("it is given");
        assert_eq!(at, waiting.discovered.polled_at);
        let expected = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
            <title>Ferry &lt;late&gt; &amp; &quot;stuck&quot;</title>\n\
            <meta name=\"author\" content=\"A &amp; B\">\n\
            <meta property=\"article:published_time\" content=\"1970-01-01T00:00:00Z\">\n\
            <link rel=\"canonical\" href=\"https://a.example/1?a&amp;b\">\n</head>\n<body>\n<article>\n\
            <h1>Ferry &lt;late&gt; &amp; &quot;stuck&quot;</h1>\n\
            <p>The ferry is <b>late</b>.</p>\n</article>\n</body>\n</html>\n";
        assert_eq!(String::from_utf8_lossy(&answer.body), expected);
        let Effect::Fetched(fetched) = settle(waiting, answer, at).effect else {
            panic!("it is the first version");
        };
        assert!(fetched.marks.from_feed && fetched.version == 1);
        assert_eq!(fetched.fetched_at, at);
    }

    #[test]
    fn what_is_not_given_is_fetched() {
        assert!(given(&waiting(|_| {}), 1_000).is_some());
        assert!(given(&waiting(|_| {}), 10).is_none());
        assert!(given(&waiting(|item| item.content = None), 1_000).is_none());
        assert!(given(&waiting(|item| item.content = Some(" ".into())), 1_000).is_none());
        assert!(given(&waiting(|item| item.feed.full_text = false), 1_000).is_none());
    }
}
