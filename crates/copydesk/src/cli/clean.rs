//! `copydesk clean`

use std::path::PathBuf;

use clap::Args;

/// `copydesk clean`
#[derive(Clone, Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Clean {
    /// The page: a file, gzipped or not, `-` for standard input, or an http or https address
    #[arg(
        value_name = "FILE|URL",
        required_unless_present = "manifest",
        conflicts_with = "manifest"
    )]
    pub page: Option<String>,
    /// The address that the file is from
    #[arg(long, value_name = "URL", value_parser = address, conflicts_with = "manifest")]
    pub url: Option<String>,
    /// All of the article as JSON
    #[arg(long)]
    pub json: bool,
    /// A page with the article and nothing else
    #[arg(long, conflicts_with_all = ["json", "manifest"])]
    pub html: bool,
    /// What could be the article, and what became of every block of the page
    #[arg(long, conflicts_with_all = ["json", "html", "manifest"])]
    pub explain: bool,
    /// Clean every page that the lines of a file name, {dataset, id, file, url}, and print a JSON line for each; the file may
    /// be gzipped, and `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// Dial nothing but what the configuration resolves to loopback
    #[arg(long)]
    pub offline: bool,
}

/// A page's address: what is none would make relative links none, too.
fn address(given: &str) -> Result<String, String> {
    let address = url::Url::parse(given).map_err(|error| {
        format!("no address: {error}; give one such as https://daily.example/a")
    })?;
    if matches!(address.scheme(), "http" | "https") {
        Ok(given.to_owned())
    } else {
        Err("no http or https address; give one such as https://daily.example/a".to_owned())
    }
}
