//! The page to clean, as the fetcher would hand it on.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use article::{Discovered, Feed, Fetched};
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

use crate::config::Config;

/// A page from a file or from the net.
pub(super) fn page(config: &Config, page: &str, url: Option<&str>) -> anyhow::Result<Fetched> {
    if page.starts_with("http://") || page.starts_with("https://") {
        return from_net(config, page);
    }
    from_file(config, Path::new(page), url.unwrap_or_default())
}

fn from_net(config: &Config, url: &str) -> anyhow::Result<Fetched> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outcome = fetcher::once(&config.fetcher, &runtime, url)?;
    let detail = outcome.detail();
    let answer = match outcome.result {
        Ok(answer) if answer.is_success() => answer,
        _ => bail!("{url} cannot be fetched: {detail}"),
    };
    Ok(Fetched {
        final_url: answer.final_url,
        status: answer.status,
        headers: answer.headers,
        ..fetched(url, outcome.at, answer.body)
    })
}

/// A page from a file, gzipped or not; as large as the fetcher would take it.
pub(super) fn from_file(config: &Config, file: &Path, url: &str) -> anyhow::Result<Fetched> {
    let cannot = || format!("{} cannot be read", file.display());
    let opened = File::open(file).with_context(cannot)?;
    let written = opened.metadata().and_then(|about| about.modified());
    let written = written.ok().and_then(|time| Timestamp::try_from(time).ok());
    let most = config.fetcher.max_page_mib << 20;
    let read = |from: &mut dyn std::io::Read| -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        from.take(most + 1)
            .read_to_end(&mut bytes)
            .with_context(cannot)?;
        if bytes.len() as u64 > most {
            bail!(
                "{} is larger than the {} MiB that a page may have (fetcher.max_page_mib)",
                file.display(),
                config.fetcher.max_page_mib
            );
        }
        Ok(bytes)
    };
    let mut bytes = read(&mut &opened)?;
    if bytes.starts_with(b"\x1f\x8b") {
        bytes = read(&mut MultiGzDecoder::new(bytes.as_slice()))?;
    }
    Ok(fetched(
        url,
        written.unwrap_or(Timestamp::UNIX_EPOCH),
        bytes,
    ))
}

/// A page of which nothing is known but its address.
fn fetched(url: &str, at: Timestamp, page: Vec<u8>) -> Fetched {
    Fetched::of(Discovered::at(url, Feed::default(), at), at, page)
}
