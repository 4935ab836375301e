//! Runs dom_smoothie over the pages of a list, `{file, url}` a line, and prints how many bytes each has
//! and how many microseconds it took at best of three times.

use std::error::Error;
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use dom_smoothie::Readability;
use flate2::read::GzDecoder;
use serde_json::Value;

const TIMES: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let list = std::env::args().nth(1).ok_or("usage: peers LIST")?;
    let folder = Path::new(&list).parent().unwrap_or(Path::new(""));
    for line in std::fs::read_to_string(&list)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        let mut page = Vec::new();
        let file = folder.join(row["file"].as_str().ok_or("a line without file")?);
        GzDecoder::new(std::fs::File::open(file)?).read_to_end(&mut page)?;
        let text = decoded(&page);
        let url = row["url"].as_str().filter(|url| !url.is_empty());
        let mut best = Duration::MAX;
        for _ in 0..TIMES {
            let begin = Instant::now();
            let article = Readability::new(text.as_str(), url, None).and_then(|mut it| it.parse());
            let _ = black_box(article);
            best = best.min(begin.elapsed());
        }
        println!("{} {}", page.len(), best.as_micros());
    }
    Ok(())
}

/// Its face takes text, so what the bytes say in which encoding is not measured.
fn decoded(page: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(page) {
        return text.to_owned();
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(page, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Allow);
    encoding.decode(page).0.into_owned()
}
