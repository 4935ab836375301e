//! The world behind the server: what a host answers to a target.

use std::collections::HashMap;
use std::fmt::Write as _; // to a String: cannot fail, so the results are of no interest
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use article::Feed;
use jiff::Timestamp;

use crate::Pace;
use crate::answer::{Answer, Validators};
use crate::archive::{Archive, Recorded};
use crate::escape::escaped;
use crate::feed;
use crate::misbehaviour::{Misbehaviour, Rules};
use crate::outlet::Outlet;
use crate::publication::Publication;
use crate::requests::{RequestLog, Requests};
use crate::truth::Truth;

/// The newsroom's own host, beside its bare address.
const OWN_HOST: &str = "newsroom.example";

/// Everything that an answer depends on.
pub(crate) struct Room {
    archive: Box<dyn Archive>,
    by_host: HashMap<String, usize>,
    publication: Publication,
    /// Whether feeds are recorded: requests then decide what is out, and pages are always there.
    is_recorded: bool,
    /// Microseconds since 1970 of the first feed answer that listed the article, 0 before it.
    first_listed: Box<[AtomicI64]>,
    pub(crate) rules: Rules,
    pub(crate) log: Arc<RequestLog>,
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("outlets", &self.archive.outlets().len())
            .field("publication", &self.publication)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

impl Room {
    pub(crate) fn new(archive: Box<dyn Archive>, rules: Vec<Misbehaviour>, pace: Pace) -> Self {
        let hosts = archive.outlets().iter().enumerate();
        let total = archive.total();
        Self {
            by_host: hosts
                .map(|(place, outlet)| (outlet.host.clone(), place))
                .collect(),
            publication: Publication::start(total, pace),
            first_listed: std::iter::repeat_with(|| AtomicI64::new(0))
                .take(total)
                .collect(),
            is_recorded: archive.given().is_some(),
            rules: Rules::new(rules),
            log: Arc::default(),
            archive,
        }
    }

    pub(crate) fn feeds(&self) -> Vec<Feed> {
        self.archive.outlets().iter().map(Outlet::feed).collect()
    }

    pub(crate) fn truth(&self) -> Truth {
        Truth {
            articles: (0..self.total())
                .map(|index| self.archive.truth(index))
                .collect(),
        }
    }

    pub(crate) fn requests(&self) -> Requests {
        self.log.snapshot()
    }

    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.publication.elapsed()
    }

    pub(crate) fn reads_disk(&self) -> bool {
        self.archive.reads_disk()
    }

    pub(crate) fn published(&self) -> usize {
        self.archive
            .given()
            .unwrap_or_else(|| self.publication.published())
    }

    pub(crate) fn total(&self) -> usize {
        self.archive.total()
    }

    pub(crate) fn begin(&self, pace: Pace) {
        self.publication.begin(pace);
    }

    pub(crate) fn publish_all(&self) {
        self.publication.publish_all();
    }

    pub(crate) fn first_listed(&self, url: &str) -> Option<Timestamp> {
        let url = url::Url::parse(url).ok()?;
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let index = self.archive.find(url.host_str()?, target)?;
        let micros = self.first_listed.get(index)?.load(Ordering::Relaxed);
        (micros != 0)
            .then(|| Timestamp::from_microsecond(micros).ok())
            .flatten()
    }

    fn list(&self, indices: &[usize]) {
        let now = Timestamp::now().as_microsecond();
        for index in indices {
            if let Some(first) = self.first_listed.get(*index)
                && first.load(Ordering::Relaxed) == 0
            {
                // Lost to another answer of the same moment: either instant will do.
                let _ = first.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
            }
        }
    }

    /// Whether a host is the newsroom itself, which never misbehaves.
    pub(crate) fn is_own(host: &str) -> bool {
        matches!(host, OWN_HOST | "127.0.0.1" | "localhost" | "[::1]" | "")
    }

    /// What `host` has at `target`. `spoilt`: the answer will not go out as it is.
    pub(crate) fn answer(&self, host: &str, target: &str, spoilt: bool) -> Answer {
        let path = target.split('?').next().unwrap_or_default();
        if Self::is_own(host) {
            return self.own(path);
        }
        if path == "/robots.txt" {
            let text = b"User-agent: *\nDisallow:\n".to_vec();
            return Answer::document("text/plain; charset=utf-8".to_owned(), text, None);
        }
        let outlet = self.by_host.get(host).copied();
        if let Some(place) = outlet
            && path == self.archive.outlets()[place].feed_path
        {
            return self.feed(place, spoilt);
        }
        if let Some(index) = self.archive.find(host, target) {
            return self.page(index);
        }
        match outlet {
            Some(place) if path == "/" => self.front_page(place),
            _ => Answer::status(404, "nothing is published here\n"),
        }
    }

    fn page(&self, index: usize) -> Answer {
        if !self.is_recorded && index >= self.publication.published() {
            return Answer::status(404, "not published yet\n");
        }
        let published_at = self.publication.published_at(index);
        match self.archive.page(index, published_at) {
            Ok(page) => Answer::document(page.content_type, page.body, Some(published_at)),
            Err(error) => {
                tracing::error!(url = self.archive.url(index), %error, "a page cannot be read");
                Answer::status(500, "the page cannot be read\n")
            }
        }
    }

    fn feed(&self, place: usize, spoilt: bool) -> Answer {
        let outlet = &self.archive.outlets()[place];
        if let Some(recorded) = self.archive.recorded(place, spoilt) {
            return self.recorded(recorded, spoilt);
        }
        let listed = self.listed(place);
        let items: Vec<feed::Listed> = listed
            .iter()
            .map(|index| feed::Listed {
                index: *index,
                published_at: self.publication.published_at(*index),
                item: self.archive.item(*index),
            })
            .collect();
        let changed = items.first().map(|newest| newest.published_at);
        let (media, text) = feed::render(outlet, &items, changed);
        if !spoilt {
            self.list(&listed);
        }
        let body = outlet.charset.encode(text);
        Answer::document(outlet.charset.content_type(media), body, changed)
    }

    fn listed(&self, place: usize) -> Vec<usize> {
        let paced = self.publication.is_paced();
        self.archive
            .listed(place, self.publication.published(), paced)
    }

    fn recorded(&self, recorded: Recorded, spoilt: bool) -> Answer {
        if !spoilt {
            self.list(&recorded.lists);
        }
        Answer {
            status: 200,
            content_type: "application/rss+xml; charset=utf-8".to_owned(),
            validators: Some(Validators::of(&recorded.body, None)),
            body: recorded.body,
            unconditional: !recorded.repeated,
            extra: None,
        }
    }

    fn front_page(&self, place: usize) -> Answer {
        let outlet = &self.archive.outlets()[place];
        let mut html = format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"{}\"><title>{name}</title>\n\
             <link rel=\"alternate\" type=\"{}\" href=\"{}\"></head>\n<body><h1>{name}</h1>\n<ul>\n",
            outlet.charset.label(),
            feed::media(outlet.dialect),
            outlet.feed_path,
            name = escaped(&outlet.name),
        );
        for index in self.listed(place) {
            let item = self.archive.item(index);
            let title = item.title.as_deref().unwrap_or(&item.url);
            let (url, title) = (escaped(&item.url), escaped(title));
            let _ = writeln!(html, "<li><a href=\"{url}\">{title}</a></li>");
        }
        html.push_str("</ul></body></html>\n");
        let body = outlet.charset.encode(html);
        Answer::document(outlet.charset.content_type("text/html"), body, None)
    }

    fn own(&self, path: &str) -> Answer {
        let outlets = self.archive.outlets();
        match path {
            "/" => {
                let html = "<!DOCTYPE html>\n<html><head><title>Newsroom</title></head><body>\
                            <h1>Newsroom</h1>\n<ul>\n<li><a href=\"/feeds.opml\">feeds</a></li>\n\
                            <li><a href=\"/truth.json\">truth</a></li>\n</ul></body></html>\n";
                Answer::document("text/html; charset=utf-8".to_owned(), html.into(), None)
            }
            "/feeds.opml" => {
                let body = feed::opml(outlets).into_bytes();
                Answer::document("text/x-opml; charset=utf-8".to_owned(), body, None)
            }
            "/truth.json" => match serde_json::to_vec(&self.truth()) {
                Ok(body) => Answer::document("application/json".to_owned(), body, None),
                Err(_) => Answer::status(500, "the truth does not serialise\n"),
            },
            _ => Answer::status(404, "the newsroom itself has /feeds.opml and /truth.json\n"),
        }
    }
}
