//! Page templates: HTML with fields.
//!
//! `{{title}}` stands for a field, escaped; `{{if byline}}...{{end}}` keeps its inside where the field
//! is not empty; `{{each paragraph}}...{{text}}...{{end}}` repeats it for every paragraph, and
//! `{{each earlier}}...{{url}}...{{title}}...{{end}}` for the outlet's earlier articles.

use std::borrow::Cow;

use serde_json::json;

use crate::escape;

/// A template, read once.
#[derive(Debug)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Text(String),
    Field(Field),
    If(Field, Vec<Part>),
    Paragraphs(Vec<Part>),
    Earlier(Vec<Part>),
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Title,
    Url,
    Host,
    Outlet,
    Lang,
    Charset,
    Byline,
    Summary,
    Section,
    Date,
    Day,
    Text,
    JsonLd,
}

/// What a page says.
#[derive(Debug, Default)]
pub(crate) struct Content<'a> {
    pub title: &'a str,
    pub url: &'a str,
    pub host: &'a str,
    pub outlet: &'a str,
    pub lang: &'a str,
    pub charset: &'a str,
    pub byline: &'a str,
    pub summary: &'a str,
    pub section: &'a str,
    /// `2026-03-01T10:00:00Z`.
    pub date: &'a str,
    /// The date as people of the outlet write it.
    pub day: &'a str,
    pub paragraphs: &'a [String],
    /// Address and headline of earlier articles of the outlet.
    pub earlier: &'a [(String, String)],
}

impl Template {
    /// Reads a template. The error names what is not understood.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        // The open blocks, outermost first: the tag that opened each, and what it has so far.
        let mut open: Vec<(Option<&str>, Vec<Part>)> = vec![(None, Vec::new())];
        let mut rest = source;
        while let Some(start) = rest.find("{{") {
            let (text, tagged) = rest.split_at(start);
            let end = tagged.find("}}").ok_or("{{ without }}")?;
            let tag = tagged[2..end].trim();
            rest = &tagged[end + 2..];
            let part = if tag == "end" {
                let (opener, mut parts) = open.pop().ok_or("no block is open")?;
                parts.push(Part::Text(text.to_owned()));
                close(opener.ok_or("{{end}} without a block")?, parts)?
            } else {
                let block = open.last_mut().ok_or("no block is open")?;
                block.1.push(Part::Text(text.to_owned()));
                if tag.starts_with("if ") || tag.starts_with("each ") {
                    open.push((Some(tag), Vec::new()));
                    continue;
                }
                Part::Field(field(tag)?)
            };
            open.last_mut().ok_or("no block is open")?.1.push(part);
        }
        let (opener, mut parts) = open.pop().ok_or("no block is open")?;
        if let Some(opener) = opener {
            return Err(format!("{{{{{opener}}}}} without {{{{end}}}}"));
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The page.
    pub(crate) fn render(&self, content: &Content<'_>) -> String {
        let mut out = String::with_capacity(8 * 1024);
        render(&self.0, content, content.title, content.url, "", &mut out);
        out
    }
}

fn close(opener: &str, parts: Vec<Part>) -> Result<Part, String> {
    Ok(match opener.split_once(' ') {
        Some(("if", name)) => Part::If(field(name)?, parts),
        Some(("each", "paragraph")) => Part::Paragraphs(parts),
        Some(("each", "earlier")) => Part::Earlier(parts),
        _ => return Err(format!("unknown block {opener:?}")),
    })
}

fn field(name: &str) -> Result<Field, String> {
    Ok(match name {
        "title" => Field::Title,
        "url" => Field::Url,
        "host" => Field::Host,
        "outlet" => Field::Outlet,
        "lang" => Field::Lang,
        "charset" => Field::Charset,
        "byline" => Field::Byline,
        "summary" => Field::Summary,
        "section" => Field::Section,
        "date" => Field::Date,
        "day" => Field::Day,
        "text" => Field::Text,
        "json-ld" => Field::JsonLd,
        _ => return Err(format!("unknown field {name:?}")),
    })
}

fn render(
    parts: &[Part],
    content: &Content<'_>,
    title: &str,
    url: &str,
    text: &str,
    out: &mut String,
) {
    let value = |field| match field {
        Field::Title => Cow::Borrowed(title),
        Field::Url => Cow::Borrowed(url),
        Field::Text => Cow::Borrowed(text),
        Field::Host => Cow::Borrowed(content.host),
        Field::Outlet => Cow::Borrowed(content.outlet),
        Field::Lang => Cow::Borrowed(content.lang),
        Field::Charset => Cow::Borrowed(content.charset),
        Field::Byline => Cow::Borrowed(content.byline),
        Field::Summary => Cow::Borrowed(content.summary),
        Field::Section => Cow::Borrowed(content.section),
        Field::Date => Cow::Borrowed(content.date),
        Field::Day => Cow::Borrowed(content.day),
        Field::JsonLd => Cow::Owned(json_ld(content)),
    };
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Field(Field::JsonLd) => out.push_str(&value(Field::JsonLd)),
            Part::Field(Field::Text) => push_lines(out, text),
            Part::Field(field) => escape::push(out, &value(*field)),
            Part::If(field, inside) => {
                if !value(*field).is_empty() {
                    render(inside, content, title, url, text, out);
                }
            }
            Part::Paragraphs(inside) => {
                for paragraph in content.paragraphs {
                    render(inside, content, title, url, paragraph, out);
                }
            }
            Part::Earlier(inside) => {
                for (url, title) in content.earlier {
                    render(inside, content, title, url, text, out);
                }
            }
        }
    }
}

/// A paragraph's lines stay lines. The newline after each break keeps words apart for readers that
/// drop the element.
fn push_lines(out: &mut String, text: &str) {
    for (place, line) in text.lines().enumerate() {
        if place > 0 {
            out.push_str("<br>\n");
        }
        escape::push(out, line);
    }
}

/// The article as JSON-LD, its whole text included, safe inside a script element.
fn json_ld(content: &Content<'_>) -> String {
    let mut article = json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": content.title,
        "url": content.url,
        "datePublished": content.date,
        "inLanguage": content.lang,
        "publisher": {"@type": "NewsMediaOrganization", "name": content.outlet},
        "articleBody": content.paragraphs.join("\n\n"),
    });
    if !content.byline.is_empty() {
        article["author"] = json!({"@type": "Person", "name": content.byline});
    }
    if !content.section.is_empty() {
        article["articleSection"] = json!(content.section);
    }
    article.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let content = Content {
            title: "A & B",
            url: "http://a.example/x",
            paragraphs: &["one\ntwo".to_owned(), "<three>".to_owned()],
            earlier: &[("http://a.example/y".to_owned(), "Why".to_owned())],
            ..Content::default()
        };
        let template = Template::parse(source).expect("a template");
        assert_eq!(template.render(&content), expected);
    }

    #[test]
    fn templates_render() {
        check("<h1>{{title}}</h1>", "<h1>A &amp; B</h1>");
        check("{{if byline}}by {{byline}}{{end}}.", ".");
        check(
            "{{if title}}[{{each earlier}}{{title}}{{end}}]{{end}}",
            "[Why]",
        );
        check(
            "{{each paragraph}}<p>{{text}}</p>{{end}}",
            "<p>one<br>\ntwo</p><p>&lt;three&gt;</p>",
        );
        check(
            "{{each earlier}}{{url}} {{end}}{{url}}",
            "http://a.example/y http://a.example/x",
        );
    }

    #[test]
    fn json_ld_closes_no_script() {
        let content = Content {
            title: "</script>",
            ..Content::default()
        };
        assert!(!json_ld(&content).contains('<'));
    }

    #[test]
    fn mistakes_are_named() {
        for (source, reason) in [
            ("{{titel}}", "titel"),
            ("{{each word}}x{{end}}", "each word"),
            ("{{if title}}x", "without {{end}}"),
            ("x{{end}}", "without a block"),
            ("{{title", "without }}"),
        ] {
            let error = Template::parse(source).expect_err(source);
            assert!(error.contains(reason), "{source}: {error}");
        }
    }
}
