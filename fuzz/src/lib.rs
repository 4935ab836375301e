//! What each fuzz target does with an input: shared with the test that replays `fuzz/seeds`.

use article::canonical;
use article::{ArticleId, Cleaned, Discovered, Feed, Fetched, Layout, Metadata, Zone, ZoneKind};
use fetcher::parse::markup::Sanitiser;
use fetcher::robots::Rules;
use jiff::Timestamp;
use language::Prior;
use pipeline::headers::Headers;
use pipeline::log::Stored;
use pipeline::staged;

/// A target: its name, which is its folder in `fuzz/seeds`, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// Every parser of bytes from outside.
pub const TARGETS: &[Target] = &[
    ("agencies", agencies),
    ("canonical", canonical),
    ("date", date),
    ("decode", decode),
    ("discover", discover),
    ("feed", feed),
    ("language", language),
    ("opml", opml),
    ("page", page),
    ("quotes", quotes),
    ("record", record),
    ("robots", robots),
    ("shown", shown),
];

/// An article of any text, which is its byline, its author and its title too: what is found stands where it is
/// said to stand, and words are slices of the text.
pub fn agencies(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let zone = |kind| Zone {
        kind,
        text: text.to_owned(),
        offset: None,
    };
    let kinds = [
        ZoneKind::AuthorField,
        ZoneKind::Byline,
        ZoneKind::Credit,
        ZoneKind::ImageCredit,
    ];
    let article = Cleaned {
        id: ArticleId::of_url(""),
        version: 1,
        fetched_at: Timestamp::UNIX_EPOCH,
        url: String::new(),
        canonical_url: text.to_owned(),
        feed: Feed::default(),
        listings: Vec::new(),
        outlet: text.to_owned(),
        title: text.to_owned(),
        authors: vec![text.to_owned()],
        published: None,
        language: None,
        summary: None,
        text: text.to_owned(),
        layout: Layout {
            zones: kinds.map(zone).to_vec(),
            byline: Some(text.to_owned()),
            ..Layout::default()
        },
        metadata: Metadata::default(),
    };
    for found in enricher::attributions(&article, &enricher::Agencies::built_in()) {
        assert!(!found.evidence.is_empty(), "{found:?}");
        for credit in found.evidence {
            let at = credit.offset.map(|at| at as usize);
            assert!(
                at.is_none_or(|at| text[at..].starts_with(&credit.text)),
                "{credit:?}"
            );
        }
    }
    let read = enricher::normalise(text);
    assert!(
        read.words.iter().all(|word| !text[word.range()].is_empty()),
        "{text:?}"
    );
    assert!(
        read.sentences.is_sorted()
            && read
                .sentences
                .iter()
                .all(|&at| text.is_char_boundary(at as usize)),
        "{text:?}"
    );
    for mark in read.marks {
        assert!(text[mark.at as usize..].starts_with(mark.sign), "{mark:?}");
    }
    let mut behind = 0;
    for span in read.spans {
        assert!(
            behind <= span.open
                && span.open <= span.start
                && span.start <= span.end
                && span.end <= span.close
                && text.get(span.start..span.end).is_some(),
            "{span:?}"
        );
        behind = span.close;
    }
}

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

/// A page's bytes as text. The first line is the content type.
pub fn decode(input: &[u8]) {
    let (content_type, page) = first_line(input);
    let content_type = std::str::from_utf8(content_type).ok();
    let decoded = cleaner::decode(page, content_type, "a.example");
    // No byte becomes more than one replacement character.
    assert!(decoded.text.len() <= page.len() * 3 + 3);
}

/// A page in which feeds are looked for. The first line is the value of its `Link` field.
pub fn discover(input: &[u8]) {
    let (link, page) = first_line(input);
    let headers = [(
        "link".to_owned(),
        String::from_utf8_lossy(link).into_owned(),
    )];
    for candidate in fetcher::discover::candidates(page, &headers, "https://a.example/news?x#y") {
        let why = fetcher::ingest::unfetchable(&candidate.url);
        assert_eq!(why, None, "whatever is found can be polled");
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
        // Each item takes three bytes of the document at the least: `{},`.
        Ok(feed) => assert!(feed.items.len() <= body.len() / 3),
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
        let _ = copydesk::opml::parse(text, copydesk::opml::Scope::Access);
    }
}

/// A page's bytes, whatever the server sends: places stand in the text where they are said to stand, and blocks are
/// as many as paragraphs.
pub fn page(input: &[u8]) {
    let url = "https://a.example/news/1";
    let at = Timestamp::UNIX_EPOCH;
    let discovered = Discovered::at(url, Feed::at("https://a.example/feed.xml"), at);
    let fetched = Fetched::of(discovered, at, input.to_vec());
    let cleaned = cleaner::clean(&fetched);
    assert_eq!(
        cleaned,
        cleaner::clean(&fetched),
        "the same page is the same article"
    );
    let Ok(Cleaned { text, layout, .. }) = cleaned else {
        return;
    };
    let blocks = layout.blocks.len();
    assert!(
        blocks == 0 || blocks == text.split("\n\n").count(),
        "{blocks} blocks of {text:?}"
    );
    for zone in layout.zones {
        let at = zone.offset.map(|at| at as usize);
        assert!(
            at.is_none_or(|at| text
                .get(at..)
                .is_some_and(|rest| rest.starts_with(&zone.text))),
            "{zone:?}"
        );
    }
}

/// An article's text, in which quotations, names and countries are looked for. The first line is the code of
/// its language.
pub fn quotes(input: &[u8]) {
    let (language, text) = first_line(input);
    let (Ok(language), Ok(text)) = (std::str::from_utf8(language), std::str::from_utf8(text))
    else {
        return;
    };
    let content = enricher::content(text, language);
    let mut end = 0;
    for quotation in content.quotations {
        assert!(quotation.start >= end, "quotations are in order and apart");
        end = quotation.end;
        assert_eq!(
            &text[quotation.start as usize..end as usize],
            quotation.text
        );
    }
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
    let _ = staged::decode::<Feed>(&record);
    let _ = staged::decode::<Discovered>(&record);
    let _ = staged::decode::<Fetched>(&record);
    let _ = staged::decode::<article::Cleaned>(&record);
}

/// A site's robots.txt. The first line is the path that is asked for.
pub fn robots(input: &[u8]) {
    let (path, file) = first_line(input);
    let rules = Rules::read(file, "copydesk");
    let address = format!("https://a.example/{}", String::from_utf8_lossy(path));
    if let Ok(url) = url::Url::parse(&address) {
        let _ = rules.allow(&url);
    }
    let file = url::Url::parse("https://a.example/robots.txt").expect("an address");
    assert!(
        rules.allow(&file),
        "the file itself may always be asked for"
    );
}

fn first_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    end.map_or((&[], input), |end| (&input[..end], &input[end + 1..]))
}
