//! What each fuzz target does with an input: shared with the test that replays `fuzz/seeds`.

use article::canonical;
use article::{ArticleId, Discovered, Feed, Fetched};
use fetcher::parse::markup::Sanitiser;
use jiff::Timestamp;
use language::Prior;
use pipeline::headers::Headers;
use pipeline::log::Stored;
use pipeline::staged::decode;

/// A target: its name, which is its folder in `fuzz/seeds`, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every parser of bytes from outside.
pub const TARGETS: &[Target] = &[
    ("canonical", canonical),
    ("date", date),
    ("feed", feed),
    ("language", language),
    ("opml", opml),
    ("page", page),
    ("record", record),
    ("shown", shown),
];

/// What no feed of a fuzzer's size may need: reading is linear, with small factors.
const MOST_ITEMS: usize = 1 << 20;

/// An address, as feeds and pages write it.
pub fn canonical(input: &[u8]) {
    let Ok(address) = std::str::from_utf8(input) else {
        return;
    };
    let key = canonical::key(address);
    assert_eq!(
        canonical::key(&key),
        key,
        "the key of a key is the key: {address:?}"
    );
    let _ = canonical::is_homepage(&key);
    let _ = canonical::is_shortened(&key);
}

/// A date, as feeds write it.
pub fn date(input: &[u8]) {
    let Ok(said) = std::str::from_utf8(input) else {
        return;
    };
    if let Some(moment) = fetcher::parse::date::read(said) {
        // What is printed of it is a date again, and the same.
        let again = fetcher::parse::date::read(&moment.instant.to_string());
        assert_eq!(
            again.map(|again| again.instant),
            Some(moment.instant),
            "{said:?}"
        );
    }
}

/// A feed's bytes, whatever the server sends and says of them. The first line is the content type.
pub fn feed(input: &[u8]) {
    let (content_type, body) = first_line(input);
    let headers = [(
        "content-type".to_owned(),
        String::from_utf8_lossy(content_type).into_owned(),
    )];
    let read = || fetcher::parse::parse(body, &headers, "https://a.example/feed.xml");
    let once = read();
    assert_eq!(once, read(), "the same bytes are the same feed");
    match once {
        Ok(feed) => assert!(feed.items.len() < MOST_ITEMS),
        Err(fetcher::parse::ParseError::Panicked(why)) => panic!("{why}"),
        Err(_) => {}
    }
}

/// The texts of a feed as they are shown and said.
pub fn shown(input: &[u8]) {
    let Ok(feed) = fetcher::parse::parse(input, &[], "https://a.example/feed.xml") else {
        return;
    };
    let mut sanitiser = Sanitiser::default();
    for item in &feed.items {
        for text in [&item.title, &item.summary, &item.content]
            .into_iter()
            .flatten()
        {
            let _ = text.plain();
            let shown = sanitiser.shown(text, feed.base.as_deref());
            let is_markup = text.form != fetcher::parse::Form::Plain;
            assert!(
                !is_markup || !shown.to_ascii_lowercase().contains("<script"),
                "{shown}"
            );
        }
    }
}

/// A text of any language and of none. The first line is what its page declares.
pub fn language(input: &[u8]) {
    let (tag, text) = first_line(input);
    let (Ok(tag), Ok(text)) = (std::str::from_utf8(tag), std::str::from_utf8(text)) else {
        return;
    };
    let alone = language::detect(text);
    assert!((0.0..=1.0).contains(&alone.confidence), "{alone:?}");
    for trust in [0.0, 0.5, 1.0, f32::NAN, f32::INFINITY] {
        let told = language::detect_with(text, &[Prior { tag, trust }]);
        assert!((0.0..=1.0).contains(&told.confidence), "{told:?}");
        // A declaration makes no language of what is none, nor none of one.
        if alone.language == language::UNDETERMINED && alone.confidence >= 1.0 {
            assert_eq!(told, alone);
        }
    }
}

/// A list of feeds that somebody exported somewhere.
pub fn opml(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        let _ = copydesk::opml::parse(text);
    }
}

/// A page's bytes, whatever the server sends.
pub fn page(input: &[u8]) {
    let url = "https://a.example/news/1";
    let fetched = Fetched {
        id: ArticleId::of_url(url),
        discovered: Discovered::at(
            url,
            Feed::at("https://a.example/feed.xml"),
            Timestamp::UNIX_EPOCH,
        ),
        listings: Vec::new(),
        fetched_at: Timestamp::UNIX_EPOCH,
        version: 1,
        final_url: url.to_owned(),
        status: 200,
        headers: Vec::new(),
        page: input.to_vec().into(),
    };
    let _ = cleaner::clean(&fetched);
}

/// A record's value, whoever wrote it to the topic.
pub fn record(input: &[u8]) {
    let record = Stored {
        offset: 0,
        written_at: Timestamp::UNIX_EPOCH,
        key: None,
        value: Some(input.to_vec()),
        headers: Headers::new(),
    };
    let _ = decode::<Feed>(&record);
    let _ = decode::<Discovered>(&record);
    let _ = decode::<Fetched>(&record);
    let _ = decode::<article::Cleaned>(&record);
}

fn first_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    end.map_or((&[], input), |end| (&input[..end], &input[end + 1..]))
}
