//! Dates and addresses, a line of output for a line of input.

use std::io::{BufRead as _, Write};

use article::canonical;
use fetcher::parse::date;

pub(super) fn dates(out: &mut impl Write) -> anyhow::Result<()> {
    each_line(out, |line| {
        date::read(line).map_or_else(String::new, |moment| moment.instant.to_string())
    })
}

pub(super) fn canonical(out: &mut impl Write) -> anyhow::Result<()> {
    each_line(out, |line| {
        let marks = [
            ("homepage", canonical::is_homepage(line)),
            ("shortened", canonical::is_shortened(line)),
        ];
        let marks: Vec<&str> = marks
            .iter()
            .filter(|(_, is_so)| *is_so)
            .map(|(mark, _)| *mark)
            .collect();
        let key = canonical::key(line);
        if marks.is_empty() {
            key
        } else {
            format!("{key}\t{}", marks.join(","))
        }
    })
}

fn each_line(out: &mut impl Write, answer: impl Fn(&str) -> String) -> anyhow::Result<()> {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        writeln!(out, "{}", answer(text.trim_end_matches(['\n', '\r'])))?;
        line.clear();
    }
    Ok(out.flush()?)
}
