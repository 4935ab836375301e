//! How many articles a second one core ties, with a full window.
//!
//! ```text
//! cargo run --release -p enricher --example throughput -- 20000
//! ```
//!
//! Fills a window with the given number of generated articles (30 to 45 sentences, or from the number
//! given second; one in five made from an earlier one), then measures as many again while the window
//! stays as large.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use article::{ArticleId, Cleaned, Feed};
use enricher::{Config, Enrich, Window};
use jiff::{SignedDuration, Timestamp};
use pipeline::{Record, Stage, State};

/// A generator of its own, so that every run makes the same articles.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// A word of a vocabulary in which few words are common and most are rare.
    fn word(&mut self) -> String {
        let range = 1 << (4 + self.below(12));
        let mut number = self.below(range);
        let mut word = String::new();
        for _ in 0..3 {
            word.push_str(
                [
                    "ba", "re", "mo", "ti", "su", "la", "ne", "ko", "vi", "du", "sha", "pre",
                    "qui", "fo", "ga", "zel",
                ][(number & 15) as usize],
            );
            number >>= 4;
        }
        word.push_str(["", "n", "r", "s", "l", "th", "m", "nd"][(number & 7) as usize]);
        word
    }

    /// A text of its own, or one in five made from one of `earlier`.
    fn text(&mut self, shortest: u64, earlier: &VecDeque<String>) -> String {
        let sentences = shortest + self.below(16);
        let text: String = (0..sentences).map(|_| self.sentence()).collect();
        if earlier.is_empty() || self.below(5) > 0 {
            return text;
        }
        let source = &earlier[self.below(earlier.len() as u64) as usize];
        source[..source.len() * 2 / 3].to_owned() + &text[..text.len() / 4]
    }

    fn sentence(&mut self) -> String {
        let mut sentence = String::new();
        for at in 0..12 + self.below(16) {
            let word = self.word();
            let capital = at == 0 || self.below(12) == 0;
            let (first, rest) = word.split_at(1);
            if capital {
                sentence.push_str(&first.to_uppercase());
            } else {
                sentence.push_str(first);
            }
            sentence.push_str(rest);
            sentence.push(' ');
            if self.below(3) == 0 {
                sentence.push_str(["the ", "of ", "in ", "and ", "said "][self.below(5) as usize]);
            }
        }
        sentence.truncate(sentence.trim_end().len());
        sentence + ". "
    }
}

fn article(number: u64, day: Timestamp, text: String, draw: &mut Draw) -> Cleaned {
    let url = format!("https://outlet-{}.example/{number}", draw.below(500));
    let outlet = article::host_of(&url);
    Cleaned {
        id: ArticleId::of_url(&url),
        version: 1,
        fetched_at: day,
        canonical_url: url.clone(),
        url,
        feed: Feed::default(),
        listings: Vec::new(),
        outlet,
        title: draw.sentence(),
        authors: Vec::new(),
        published: None,
        language: None,
        summary: None,
        text,
    }
}

/// What the process holds in memory, where the system tells.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.unwrap_or("VmRSS: not known here").to_owned()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args()
        .nth(1)
        .as_deref()
        .unwrap_or("20000")
        .parse()?;
    let shortest = std::env::args().nth(2);
    let shortest: u64 = shortest.as_deref().unwrap_or("30").parse()?;
    let mut draw = Draw(7);
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    // As many as fill the window once, and once more.
    let apart = SignedDuration::from_millis(14 * 86_400_000 / count as i64);
    let mut texts: VecDeque<String> = VecDeque::new();
    let stage = Enrich::new(Config::default());
    let mut window = Window::default();
    let mut changelog = 0usize;
    let mut bytes = 0usize;
    let mut spent = Duration::ZERO;
    for offset in 0..2 * count {
        if offset == count {
            spent = Duration::ZERO;
            (bytes, changelog) = (0, 0);
        }
        let text = draw.text(shortest, &texts);
        bytes += text.len();
        texts.push_front(text.clone());
        texts.truncate(500);
        let value = article(offset, begin + apart * offset as i32, text, &mut draw);
        let record = Record {
            topic: "articles.cleaned".to_owned(),
            partition: 0,
            offset,
            written_at: value.fetched_at,
            value,
        };
        let begun = Instant::now();
        stage.apply(record, &mut window)?;
        for table in window.tables() {
            table.keep();
        }
        if offset % 100 == 99 {
            for table in window.tables() {
                let changes = table.take_changes(usize::MAX);
                changelog += changes
                    .iter()
                    .map(|change| change.key.len() + change.value.as_ref().map_or(0, Vec::len))
                    .sum::<usize>();
            }
        }
        spent += begun.elapsed();
    }
    let seconds = spent.as_secs_f64();
    println!(
        "{count} articles of {} bytes into a window of {}: {:.0} a second, {} bytes of changelog an article",
        bytes as u64 / count,
        window.len(),
        count as f64 / seconds,
        changelog as u64 / count
    );
    println!("{}", resident());
    let begun = Instant::now();
    window.rebuild();
    println!("rebuilt in {:.2} s", begun.elapsed().as_secs_f64());
    Ok(())
}
