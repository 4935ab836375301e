//! Recorded pages as a world, byte for byte under their own hosts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use article::ArticleId;
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use crate::archive::{Archive, Dated, Item, Page};
use crate::outlet::Outlet;
use crate::truth::TrueArticle;
use crate::{OpenError, lines};

#[derive(Deserialize)]
struct Row {
    url: Option<String>,
    file: String,
}

#[derive(Debug)]
struct Recording {
    url: String,
    outlet: usize,
    /// As the manifest writes it.
    file: String,
}

/// Recorded pages in the order of their manifest. The bytes stay on the disk.
#[derive(Debug)]
pub(crate) struct Pages {
    folder: PathBuf,
    outlets: Vec<Outlet>,
    recordings: Vec<Recording>,
    by_outlet: Vec<Vec<usize>>,
    by_article: HashMap<ArticleId, usize>,
}

/// Reads a manifest. Of several lines that name the same article the first one holds.
pub(crate) fn load(manifest: &Path) -> Result<Pages, OpenError> {
    let mut pages = Pages {
        folder: manifest.parent().map_or_else(PathBuf::new, Path::to_owned),
        outlets: Vec::new(),
        recordings: Vec::new(),
        by_outlet: Vec::new(),
        by_article: HashMap::new(),
    };
    let mut hosts = HashMap::new();
    for (line, row) in lines::parse::<Row>(manifest)? {
        let (host, url) = address(row.url.as_deref(), line);
        let article = ArticleId::of_url(&url);
        if pages.by_article.contains_key(&article) {
            continue;
        }
        let path = pages.folder.join(&row.file);
        std::fs::metadata(&path).map_err(|source| OpenError::Read { path, source })?;
        let outlet = *hosts.entry(host.clone()).or_insert_with(|| {
            pages.outlets.push(Outlet::plain(host, None));
            pages.by_outlet.push(Vec::new());
            pages.outlets.len() - 1
        });
        pages.by_article.insert(article, pages.recordings.len());
        pages.by_outlet[outlet].push(pages.recordings.len());
        pages.recordings.push(Recording {
            url,
            outlet,
            file: row.file,
        });
    }
    pages.part_feeds_from_pages();
    Ok(pages)
}

/// Host and address under which a page is served: its own, as http and without a port. A page
/// without an address has a host of its own, because nothing says that it shares an outlet.
fn address(url: Option<&str>, line: usize) -> (String, String) {
    let own = url.and_then(served_address).and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some((host, url.to_string()))
    });
    own.unwrap_or_else(|| {
        let host = format!("page-{line}.example");
        let url = format!("http://{host}/page.html");
        (host, url)
    })
}

/// The address under which the newsroom can serve what stands at `url`: as http and without a port.
/// `None` for what is no http(s) address.
pub(crate) fn served_address(url: &str) -> Option<Url> {
    let mut url = Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    url.set_scheme("http").ok()?;
    url.set_port(None).ok()?;
    url.set_fragment(None);
    Some(url)
}

impl Pages {
    /// A feed must not stand where a recorded page does.
    fn part_feeds_from_pages(&mut self) {
        for outlet in &mut self.outlets {
            let url = format!("http://{}{}", outlet.host, outlet.feed_path);
            if self.by_article.contains_key(&ArticleId::of_url(&url)) {
                outlet.part_feed_from_pages();
            }
        }
    }
}

impl Archive for Pages {
    fn outlets(&self) -> &[Outlet] {
        &self.outlets
    }

    fn total(&self) -> usize {
        self.recordings.len()
    }

    /// All of them: a recording that drops out of its feed would never be read.
    fn listed(&self, outlet: usize, published: usize, _paced: bool) -> Vec<usize> {
        let all = &self.by_outlet[outlet];
        let out = all.partition_point(|index| *index < published);
        all[..out].iter().rev().copied().collect()
    }

    fn item(&self, index: usize) -> Item {
        Item {
            url: self.url(index),
            dated: Dated::Untold,
            ..Item::default()
        }
    }

    fn url(&self, index: usize) -> String {
        self.recordings[index].url.clone()
    }

    fn find(&self, host: &str, target: &str) -> Option<usize> {
        let article = ArticleId::of_url(&format!("http://{host}{target}"));
        self.by_article.get(&article).copied()
    }

    /// The Content-Type names no character set: the page itself has to.
    fn page(&self, index: usize, _published_at: Timestamp) -> std::io::Result<Page> {
        Ok(Page {
            body: lines::read(&self.folder.join(&self.recordings[index].file))?,
            content_type: "text/html".to_owned(),
        })
    }

    fn truth(&self, index: usize) -> TrueArticle {
        let page = &self.recordings[index];
        TrueArticle {
            index,
            key: Some(page.file.clone()),
            url: page.url.clone(),
            id: ArticleId::of_url(&page.url),
            outlet: self.outlets[page.outlet].name.clone(),
            title: String::new(),
            relation: None,
            event: None,
            lang: None,
        }
    }

    fn reads_disk(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: Option<&str>, host: &str, expected: &str) {
        assert_eq!(address(url, 7), (host.to_owned(), expected.to_owned()));
    }

    #[test]
    fn addresses_stay_but_for_scheme_and_port() {
        check(
            Some("https://A.example:8443/x?y=1#z"),
            "a.example",
            "http://a.example/x?y=1",
        );
        check(Some("http://a.example"), "a.example", "http://a.example/");
        for none in [None, Some(""), Some("ftp://a.example/x"), Some("nonsense")] {
            check(none, "page-7.example", "http://page-7.example/page.html");
        }
    }
}
