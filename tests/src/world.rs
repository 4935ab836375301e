//! A newsroom on a runtime of its own.

use std::fmt::Write as _;
use std::path::Path;

use newsroom::{Newsroom, Options};

/// A running newsroom.
#[derive(Debug)]
pub struct World {
    /// The newsroom.
    pub newsroom: Newsroom,
    // Dropped after the newsroom, which runs on it.
    _runtime: tokio::runtime::Runtime,
}

impl World {
    /// Opens a newsroom on a free port of loopback.
    pub fn open(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a tokio runtime");
        let newsroom = runtime
            .block_on(newsroom::open(options))
            .expect("the newsroom opens");
        Self {
            newsroom,
            _runtime: runtime,
        }
    }

    /// Writes the newsroom's feeds as OPML, each polled every `interval_seconds`.
    pub fn write_opml(&self, path: &Path, interval_seconds: u64) {
        let mut opml = String::from("<opml version=\"2.0\"><head/><body>\n");
        for feed in self.newsroom.feeds() {
            let publisher = feed.publisher.unwrap_or_default();
            let attribute = |name: &str, value: Option<String>| {
                value.map_or_else(String::new, |value| {
                    format!(" {name}=\"{}\"", escape(&value))
                })
            };
            writeln!(
                opml,
                "<outline type=\"rss\" text=\"{0}\" publisher=\"{0}\" xmlUrl=\"{1}\" intervalSeconds=\"{interval_seconds}\"{2}{3}/>",
                escape(&publisher),
                escape(&feed.url),
                attribute("kind", feed.kind),
                attribute("language", feed.language),
            )
            .expect("a string takes everything");
        }
        opml.push_str("</body></opml>\n");
        std::fs::write(path, opml).expect("the feed list is written");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
