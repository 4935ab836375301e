//! What surrounds the text on a generated page: written once, put together by concatenation.

use std::fmt::Write as _; // to a String: cannot fail, so the results are of no interest

use crate::escape::{self, escaped};
use crate::scale::words::{Random, Words};

/// The fixed parts of a page.
#[derive(Debug)]
pub(crate) struct Furniture {
    /// From the title element to the page's header: style, script, menus.
    head: String,
    /// From the end of the text on: related, most read, newsletter, footer.
    foot: String,
}

/// How many different ones there are.
const VARIANTS: usize = 8;

/// All of them.
pub(crate) fn all(words: &Words) -> Vec<Furniture> {
    (0..VARIANTS)
        .map(|variant| Furniture {
            head: head(variant, words),
            foot: foot(variant, words),
        })
        .collect()
}

impl Furniture {
    /// A page. `title` is escaped already; `date` is in ISO form.
    pub(crate) fn page(
        &self,
        outlet: &str,
        title: &str,
        date: &str,
        paragraphs: &[String],
    ) -> String {
        let outlet = escaped(outlet);
        let mut out = String::with_capacity(48 * 1024);
        for part in [
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
            title,
            " | ",
            &outlet,
            "</title>\n<meta property=\"og:type\" content=\"article\">\n\
             <meta property=\"og:title\" content=\"",
            title,
            "\">\n<meta property=\"og:site_name\" content=\"",
            &outlet,
            "\">\n<meta property=\"article:published_time\" content=\"",
            date,
            "\">\n",
            &self.head,
            "<main class=\"page-main\">\n<article class=\"story\">\n<header class=\"story-head\">\n<h1>",
            title,
            "</h1>\n<p class=\"story-meta\">",
            &outlet,
            " <time datetime=\"",
            date,
            "\">",
            &date[..date.len().min(10)],
            "</time></p>\n</header>\n<div class=\"story-body\">\n",
        ] {
            out.push_str(part);
        }
        for paragraph in paragraphs {
            out.push_str("<p>");
            escape::push(&mut out, paragraph);
            out.push_str("</p>\n");
        }
        out.push_str("</div>\n</article>\n");
        out.push_str(&self.foot);
        out
    }
}

fn head(variant: usize, words: &Words) -> String {
    let mut random = Random::of("head", variant);
    let mut out = String::from("<style>\n");
    for rule in 0..150 + variant * 4 {
        let name = words.name(&mut random).to_lowercase();
        let size = 4 + rule % 28;
        let _ = writeln!(
            out,
            ".{name}-{rule} {{ margin: {size}px 0; padding: 0 {size}px; color: #{:06x}; }}",
            random.below(0xff_ffff)
        );
    }
    out.push_str("</style>\n<script>\nwindow.settings = {\n");
    for key in 0..90 {
        let name = words.name(&mut random).to_lowercase();
        let value = random.below(1_000_000);
        let _ = writeln!(
            out,
            "  \"{name}_{key}\": {{\"on\": true, \"id\": {value}}},"
        );
    }
    out.push_str("};\n</script>\n</head>\n<body>\n<header class=\"masthead\">\n<nav>\n<ul>\n");
    for _ in 0..32 {
        let name = words.name(&mut random);
        let path = name.to_lowercase();
        let _ = writeln!(
            out,
            "<li class=\"menu-item\"><a href=\"/section/{path}\">{name}</a></li>"
        );
    }
    out.push_str("</ul>\n</nav>\n</header>\n");
    out
}

fn foot(variant: usize, words: &Words) -> String {
    let mut random = Random::of("foot", variant);
    let mut out = String::from("<aside class=\"related\">\n<h2>Related</h2>\n<ul>\n");
    for place in 0..14 {
        teaser(&mut out, place, words, &mut random);
    }
    out.push_str("</ul>\n</aside>\n<aside class=\"most-read\">\n<h2>Most read</h2>\n<ol>\n");
    for place in 14..24 {
        teaser(&mut out, place, words, &mut random);
    }
    out.push_str(
        "</ol>\n</aside>\n<section class=\"newsletter\">\n<h2>The morning letter</h2>\n\
         <p>All that matters, in your inbox before breakfast.</p>\n<form action=\"/subscribe\">\
         <input name=\"email\" type=\"email\"><button>Subscribe</button></form>\n</section>\n\
         </main>\n<footer>\n<ul>\n",
    );
    for _ in 0..40 {
        let name = words.name(&mut random);
        let path = name.to_lowercase();
        let _ = writeln!(out, "<li><a href=\"/about/{path}\">About {name}</a></li>");
    }
    out.push_str("</ul>\n<p>All rights reserved.</p>\n</footer>\n<script>\n");
    for call in 0..80 {
        let name = words.name(&mut random).to_lowercase();
        let value = random.below(1 << 40);
        let _ = writeln!(
            out,
            "track('{name}', {call}, '{value:010x}', {{async: true}});"
        );
    }
    out.push_str("</script>\n</body>\n</html>\n");
    out
}

fn teaser(out: &mut String, place: usize, words: &Words, random: &mut Random) {
    let title = words.headline(random);
    let _ = writeln!(
        out,
        "<li class=\"teaser\"><figure><img src=\"/images/{place}.jpg\" alt=\"\" width=\"320\" \
         height=\"180\"></figure><a href=\"/news/related-{place}\"><h3>{title}</h3></a>\
         <span class=\"teaser-time\">{} hours ago</span></li>",
        1 + random.below(20)
    );
}
