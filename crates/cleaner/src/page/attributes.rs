//! What the walk reads from elements' attributes.

use scraper::node::Element;

use super::marks::{self, Marks};
use super::tree::{Frame, Walk};
use super::{Byline, Time};
use crate::tidy::hides;

impl Walk {
    pub(super) fn marks(&mut self, element: &Element) -> Marks {
        let name = element.name();
        let mut marks = match name {
            "body" | "html" => return Marks::NONE,
            "nav" | "footer" | "dialog" | "menu" | "search" | "aside" | "label" => Marks::FURNITURE,
            "figcaption" | "caption" => Marks::CAPTION,
            _ if name.contains('-') => self.named(name),
            _ => Marks::NONE,
        };
        let mut class = "";
        for (attribute, value) in element.attrs() {
            let remark = match attribute {
                "class" => {
                    class = value;
                    self.named(value)
                }
                "id" | "data-testid" | "data-component" => self.named(value),
                "itemprop" if value.eq_ignore_ascii_case("articleBody") => Marks::BODY,
                "hidden" | "aria-hidden" => Marks::HIDDEN,
                "style" if hides(value) => Marks::HIDDEN,
                "role" if is_furniture_role(value) => Marks::FURNITURE,
                _ => Marks::NONE,
            };
            marks = marks.with(remark);
        }
        if name == "blockquote" && class.split_ascii_whitespace().any(is_embed) {
            marks = marks.with(Marks::EMBED);
        }
        marks
    }

    /// Pages repeat few names often.
    fn named(&mut self, names: &str) -> Marks {
        if let Some(known) = self.known_names.get(names) {
            return *known;
        }
        let marks = marks::of_names(names);
        self.known_names.insert(names.to_owned(), marks);
        marks
    }

    pub(super) fn meta(&mut self, element: &Element) {
        let Some(content) = element.attr("content") else {
            return;
        };
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = element.attr(key) {
                let pair = (name.trim().to_ascii_lowercase(), content.to_owned());
                self.page.head.metas.push(pair);
            }
        }
    }

    pub(super) fn link(&mut self, element: &Element) {
        if self.page.head.canonical.is_none() && says(element.attr("rel"), "canonical") {
            self.page.head.canonical = element.attr("href").map(str::to_owned);
        }
    }

    pub(super) fn language(&mut self, element: &Element) {
        let lang = element.attr("lang").or_else(|| element.attr("xml:lang"));
        if self.page.head.lang.is_none() {
            self.page.head.lang = lang.map(str::to_owned);
        }
    }

    pub(super) fn byline(&mut self, element: &Element, marks: Marks, frame: &mut Frame) {
        let is_marked =
            says(element.attr("rel"), "author") || says(element.attr("itemprop"), "author");
        if !(is_marked || marks.has(Marks::BYLINE)) || matches!(element.name(), "meta" | "link") {
            return;
        }
        frame.captures.byline = true;
        self.bylines.push(Byline {
            text: String::new(),
            is_marked,
            block: self.page.blocks.len(),
        });
    }

    pub(super) fn time(&mut self, element: &Element, frame: &mut Frame) {
        let is_property = says(element.attr("itemprop"), "datePublished");
        let is_date = element.name() == "time" || is_property;
        if !is_date || self.time.is_some() || element.name() == "meta" {
            return;
        }
        let named = element
            .attr("class")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let machine = element.attr("datetime").or_else(|| element.attr("content"));
        let time = Time {
            value: machine.unwrap_or_default().trim().to_owned(),
            is_publication: is_property
                || named.contains("publish")
                || named.contains("entry-date"),
            is_update: named.contains("updat") || named.contains("modif"),
            block: self.page.blocks.len(),
        };
        if time.value.is_empty() {
            frame.captures.time = true;
            self.time = Some(time);
        } else {
            self.page.head.times.push(time);
        }
    }
}

/// Whether a list of words has this one, in any case.
fn says(list: Option<&str>, word: &str) -> bool {
    list.is_some_and(|list| {
        list.split_ascii_whitespace()
            .any(|w| w.eq_ignore_ascii_case(word))
    })
}

fn is_furniture_role(role: &str) -> bool {
    matches!(
        role,
        "navigation"
            | "complementary"
            | "dialog"
            | "alert"
            | "alertdialog"
            | "menu"
            | "menubar"
            | "search"
            | "toolbar"
            | "tablist"
            | "contentinfo"
            | "button"
            | "tooltip"
    )
}

/// Posts of social networks, named as the networks' scripts find them.
fn is_embed(class: &str) -> bool {
    matches!(
        class,
        "twitter-tweet"
            | "twitter-video"
            | "instagram-media"
            | "tiktok-embed"
            | "bluesky-embed"
            | "reddit-embed-bq"
            | "text-post-media"
    )
}
