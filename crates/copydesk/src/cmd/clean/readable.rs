//! An article as a page with nothing else on it.

use std::fmt::Write as _;

use article::{Block, BlockKind, Cleaned};

/// The page. It loads nothing but the article's picture and runs nothing.
pub(super) fn page(cleaned: &Cleaned) -> String {
    let mut html = String::new();
    let language = cleaned.language.as_deref().unwrap_or("und");
    let title = escape(&cleaned.title);
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>body {{ font: 1.1em/1.5 serif; margin: 2em auto; max-width: 38em; padding: 0 1em }} \
         img {{ max-width: 100% }}</style>\n<article>\n<h1>{title}</h1>\n",
        escape(language)
    );
    byline(&mut html, cleaned);
    picture(&mut html, cleaned);
    let paragraphs: Vec<&str> = cleaned.text.split("\n\n").collect();
    let has_standfirst = cleaned.layout.standfirst.as_deref();
    if let Some(standfirst) = has_standfirst.filter(|text| !cleaned.text.starts_with(*text)) {
        let _ = writeln!(html, "<p><em>{}</em></p>", escape(standfirst));
    }
    body(&mut html, &paragraphs, &cleaned.layout.blocks);
    let address = escape(&cleaned.canonical_url);
    let _ = writeln!(
        html,
        "<p><a href=\"{address}\" rel=\"noreferrer\">{address}</a></p>\n</article>\n</html>"
    );
    html
}

fn byline(html: &mut String, cleaned: &Cleaned) {
    let day = cleaned.published_day().map(|day| day.to_string());
    let parts = [
        Some(cleaned.authors.join(", ")),
        Some(cleaned.outlet.clone()),
        day,
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .map(|part| escape(&part))
        .collect();
    let _ = writeln!(html, "<p>{}</p>", parts.join(" · "));
}

fn picture(html: &mut String, cleaned: &Cleaned) {
    let Some(image) = &cleaned.metadata.image else {
        return;
    };
    let said = [&image.caption, &image.credit];
    let said: Vec<String> = said
        .into_iter()
        .flatten()
        .map(|text| escape(text))
        .collect();
    let _ = writeln!(
        html,
        "<figure><img src=\"{}\" alt=\"\" referrerpolicy=\"no-referrer\"><figcaption>{}</figcaption></figure>",
        escape(&image.url),
        said.join(" ")
    );
}

/// The paragraphs, in lists and tables where they are from such.
fn body(html: &mut String, paragraphs: &[&str], blocks: &[Block]) {
    let mut open: Option<Block> = None;
    for (place, text) in paragraphs.iter().enumerate() {
        let block = blocks.get(place).copied();
        let text = escape(text);
        if let Some(before) =
            open.filter(|before| !block.is_some_and(|block| goes_on(*before, block)))
        {
            close(html, before);
            open = None;
        }
        let Some(block) = block else {
            let _ = writeln!(html, "<p>{text}</p>");
            continue;
        };
        match block.kind {
            BlockKind::Paragraph => {
                let _ = writeln!(html, "<p>{text}</p>");
            }
            BlockKind::Quote => {
                let _ = writeln!(html, "<blockquote>{text}</blockquote>");
            }
            BlockKind::Heading => {
                let level = block.level.clamp(2, 6);
                let _ = writeln!(html, "<h{level}>{text}</h{level}>");
            }
            BlockKind::Item => {
                html.push_str(if open.is_none() { "<ul>\n" } else { "" });
                let _ = writeln!(html, "<li>{text}</li>");
                open = Some(block);
            }
            BlockKind::Cell => {
                let is_new_row = open.is_some_and(|before| before.row != block.row);
                html.push_str(if open.is_none() { "<table><tr>" } else { "" });
                html.push_str(if is_new_row { "</tr>\n<tr>" } else { "" });
                let _ = write!(html, "<td>{text}</td>");
                open = Some(block);
            }
        }
    }
    if let Some(before) = open {
        close(html, before);
    }
}

/// Ends the table or list that a block is in.
fn close(html: &mut String, block: Block) {
    html.push_str(if block.kind == BlockKind::Cell {
        "</tr></table>\n"
    } else {
        "</ul>\n"
    });
}

fn goes_on(before: Block, block: Block) -> bool {
    before.kind == block.kind && before.group == block.group
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
