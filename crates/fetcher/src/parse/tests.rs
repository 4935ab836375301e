use super::*;

mod dialects;
mod faults;
mod hostile;
mod properties;

const URL: &str = "https://a.example/feeds/news.xml";

#[track_caller]
fn parsed(document: impl AsRef<[u8]>) -> ParsedFeed {
    match parse(document.as_ref(), &[], URL) {
        Ok(feed) => feed,
        Err(error) => panic!("{error}"),
    }
}

/// What a document tells of its items: identity, link and title.
#[track_caller]
fn check(document: &str, dialect: Dialect, expected: &[(&str, &str, &str)]) {
    let feed = parsed(document);
    assert_eq!(feed.dialect, dialect);
    let titles: Vec<String> = feed.items.iter().map(title).collect();
    let items: Vec<_> = feed
        .items
        .iter()
        .zip(&titles)
        .map(|(item, title)| {
            let link = item.link.as_deref().unwrap_or("-");
            (item.identity.as_str(), link, title.as_str())
        })
        .collect();
    assert_eq!(items, expected);
}

fn title(item: &Item) -> String {
    item.title
        .as_ref()
        .map_or_else(|| "-".to_owned(), Text::plain)
}

fn value(text: Option<&Text>) -> &str {
    text.map_or("-", |text| text.value.as_str())
}

fn repairs(feed: &ParsedFeed) -> Vec<Repair> {
    feed.report.repairs.keys().copied().collect()
}

fn losses(feed: &ParsedFeed) -> Vec<(Loss, u64)> {
    feed.report
        .losses
        .iter()
        .map(|(loss, lost)| (*loss, lost.count))
        .collect()
}

fn instant(moment: Option<date::Moment>) -> String {
    moment.map_or_else(|| "-".to_owned(), |moment| moment.instant.to_string())
}
