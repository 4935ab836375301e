//! The page to clean, as the fetcher would hand it on.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, bail};
use article::{Discovered, Feed, Fetched};
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

use crate::config::Config;

/// What stands for standard input.
const INPUT: &str = "-";

/// A page from a file, from standard input or from the net.
pub(super) fn page(config: &Config, page: &str, url: Option<&str>) -> anyhow::Result<Fetched> {
    let url = url.unwrap_or_default();
    if page.starts_with("http://") || page.starts_with("https://") {
        return from_net(config, page);
    }
    if page == INPUT {
        let bytes = read(config, &mut std::io::stdin().lock(), "standard input")?;
        return Ok(fetched(url, Timestamp::UNIX_EPOCH, bytes));
    }
    from_file(config, Path::new(page), url)
}

/// All of a list of pages, from a file or from standard input, gzipped or not, without the mark of its byte order.
pub(super) fn list(list: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = if list.as_os_str() == INPUT {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        File::open(list).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| format!("{} cannot be read", list.display()))?;
    if bytes.starts_with(GZIP) {
        let mut plain = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut plain)
            .with_context(|| format!("{} cannot be unpacked", list.display()))?;
        bytes = plain;
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(text).into_owned())
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

/// A page from a file.
pub(super) fn from_file(config: &Config, file: &Path, url: &str) -> anyhow::Result<Fetched> {
    let name = file.display().to_string();
    let opened = File::open(file).with_context(|| format!("{name} cannot be read"))?;
    let written = opened.metadata().and_then(|about| about.modified());
    let written = written.ok().and_then(|time| Timestamp::try_from(time).ok());
    let bytes = read(config, &mut &opened, &name)?;
    Ok(fetched(
        url,
        written.unwrap_or(Timestamp::UNIX_EPOCH),
        bytes,
    ))
}

/// How gzipped bytes begin.
const GZIP: &[u8] = b"\x1f\x8b";

/// A page's bytes, gzipped or not; as many as the fetcher would take.
fn read(config: &Config, from: &mut dyn Read, name: &str) -> anyhow::Result<Vec<u8>> {
    let most = config.fetcher.max_page_mib << 20;
    let limited = |from: &mut dyn Read| -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        from.take(most + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("{name} cannot be read"))?;
        if bytes.len() as u64 > most {
            bail!(
                "{name} is larger than the {} MiB that a page may have (fetcher.max_page_mib)",
                config.fetcher.max_page_mib
            );
        }
        Ok(bytes)
    };
    let bytes = limited(from)?;
    if bytes.starts_with(GZIP) {
        return limited(&mut MultiGzDecoder::new(bytes.as_slice()));
    }
    Ok(bytes)
}

/// A page of which nothing is known but its address.
fn fetched(url: &str, at: Timestamp, page: Vec<u8>) -> Fetched {
    Fetched::of(Discovered::at(url, Feed::default(), at), at, page)
}
