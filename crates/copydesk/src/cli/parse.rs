//! `copydesk parse`

use std::path::PathBuf;

use clap::Args;

/// `copydesk parse`
#[derive(Clone, Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["files", "manifest", "dates", "canonical"]))]
pub struct Parse {
    /// The feeds; - for standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Feeds from a list, one JSON object a line: file and, if you like, url and headers
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["url", "headers"])]
    pub manifest: Option<PathBuf>,
    /// The address that the feed came from: relative addresses are resolved from it
    #[arg(long, value_name = "URL", requires = "files")]
    pub url: Option<String>,
    /// A header field that the feed came with, as 'Content-Type: text/xml; charset=koi8-r'; as many as you like
    #[arg(long = "header", value_name = "NAME: VALUE", requires = "files", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// One JSON object a feed, one a line [default: where standard output is no terminal]
    #[arg(long)]
    pub json: bool,
    /// Read the lines of standard input as dates: prints a moment in UTC for each, an empty line for none
    #[arg(long)]
    pub dates: bool,
    /// Read the lines of standard input as addresses: prints what each is compared by, and its marks
    #[arg(long)]
    pub canonical: bool,
}

fn header(text: &str) -> Result<(String, String), String> {
    let Some((name, value)) = text.split_once(':') else {
        return Err("it needs a colon between name and value".to_owned());
    };
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}
