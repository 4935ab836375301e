//! Dates and addresses, a line of output for a line of input.

use std::io::{BufRead as _, Write};

use fetcher::parse::date;

pub(super) fn dates(out: &mut impl Write) -> anyhow::Result<()> {
    each_line(out, |line| {
        date::read(line).map_or_else(String::new, |moment| moment.instant.to_string())
    })
}

pub(super) fn canonical(out: &mut impl Write) -> anyhow::Result<()> {
    each_line(out, str::to_owned)
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
