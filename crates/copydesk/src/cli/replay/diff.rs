//! `copydesk replay diff`

use std::str::FromStr;

use clap::Args;

/// `copydesk replay diff`
#[derive(Clone, Debug, Args)]
pub struct Diff {
    /// The topic, without a generation: articles.enriched
    pub topic: String,
    /// The generation to compare with, such as g1
    #[arg(long, value_name = "GENERATION")]
    pub from: Number,
    /// The generation that is compared, such as g2
    #[arg(long, value_name = "GENERATION")]
    pub to: Number,
    /// A JSON object for each difference, and one with the counts at the end
    #[arg(long)]
    pub json: bool,
    /// Show so many differences at the most [default: 100; with --json: all]
    #[arg(long, value_name = "DIFFERENCES")]
    pub limit: Option<usize>,
    /// End as if nothing differed where nothing does but what the order decides in which articles
    /// arrived: story, family, relations and origin
    #[arg(long)]
    pub ignore_order: bool,
}

/// The number of a generation: `g2`, or `2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub u32);

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('g').unwrap_or(text);
        match digits.parse() {
            Ok(number @ 1..) => Ok(Self(number)),
            _ => Err("expected a generation such as g2".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u32>) {
        assert_eq!(text.parse().ok(), expected.map(Number), "{text:?}");
    }

    #[test]
    fn generations_are_named_as_their_topics_are() {
        check("g1", Some(1));
        check("g12", Some(12));
        check("3", Some(3));
        for wrong in ["g0", "0", "g", "", "-1", "gg2", "two"] {
            check(wrong, None);
        }
    }
}
