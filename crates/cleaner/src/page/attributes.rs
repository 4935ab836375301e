//! What the walk reads from elements' attributes.

use scraper::node::Element;

use super::marks::{self, Marks};
use super::tree::{Frame, MAX_BYLINE, MAX_OPEN, Walk};
use super::{Byline, Picture, Tag, Time, Version};
use crate::tidy::hides;

impl Walk {
    pub(super) fn marks(&mut self, element: &Element) -> Marks {
        let name = element.name();
        let mut marks = match name {
            "body" | "html" => return Marks::NONE,
            "nav" | "footer" => Marks::FURNITURE.with(Marks::NEVER),
            "dialog" | "menu" | "search" | "aside" | "label" => Marks::FURNITURE,
            "figcaption" | "caption" => Marks::CAPTION,
            "cite" if self.is_in_caption() => Marks::CAPTION.with(Marks::CREDIT),
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
        // Some pages were written with `value` where `content` belongs.
        let Some(content) = element.attr("content").or_else(|| element.attr("value")) else {
            return;
        };
        let is_name = element
            .attr("itemprop")
            .is_some_and(|name| name.eq_ignore_ascii_case("name"));
        if let Some(byline) = self
            .bylines
            .last_mut()
            .filter(|byline| is_name && byline.is_marked)
            && byline.text.len() + content.len() < MAX_BYLINE
        {
            // `<span itemprop="author"><meta itemprop="name" content="Ann Lee"></span>`
            byline.text.extend(["\n", content, "\n"]);
        }
        for key in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = element.attr(key) {
                let pair = (name.trim().to_ascii_lowercase(), content.to_owned());
                self.page.head.metas.push(pair);
            }
        }
    }

    /// The first counts, as in browsers.
    pub(super) fn base(&mut self, element: &Element) {
        if self.page.head.base.is_none() {
            self.page.head.base = element.attr("href").map(str::to_owned);
        }
    }

    pub(super) fn link(&mut self, element: &Element) {
        if self.page.head.canonical.is_none() && says(element.attr("rel"), "canonical") {
            self.page.head.canonical = element.attr("href").map(str::to_owned);
        }
        let set = element.attr("imagesrcset").unwrap_or_default();
        if self.page.head.preloaded.is_empty() && says(element.attr("rel"), "preload") {
            let versions = source_set(set).take(MAX_VERSIONS);
            let versions = versions.map(|(width, address)| Version {
                address: address.to_owned(),
                width,
            });
            self.page.head.preloaded = versions.collect();
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
        // Said by the element alone: the block keeps its own marks, for a style sheet whose names were made short may
        // call anything so.
        let is_by = element
            .attr("class")
            .is_some_and(|class| class.trim() == "by");
        let marks = if is_by {
            marks.with(Marks::BYLINE).with(Marks::AUTHOR)
        } else {
            marks
        };
        if !(is_marked || marks.has(Marks::BYLINE)) || matches!(element.name(), "meta" | "link") {
            return;
        }
        if self.bylines.len() >= MAX_OPEN {
            return;
        }
        let marks = if self.is_in_figure() {
            marks.with(Marks::PICTURE)
        } else {
            marks
        };
        frame.captures.byline = true;
        self.bylines.push(Byline {
            text: String::new(),
            is_marked,
            marks,
            block: self.page.blocks.len(),
        });
    }

    /// Whether the element around is what is said of a picture.
    fn is_in_caption(&self) -> bool {
        let node = self.page.nodes.get(self.node);
        node.is_some_and(|node| node.tag == Tag::Caption || node.marks.has(Marks::CAPTION))
    }

    /// Whether one of the next elements around is a figure or a caption: who signs there made the picture.
    fn is_in_figure(&self) -> bool {
        let nodes = &self.page.nodes;
        let next = |&at: &usize| nodes.get(at).map(|node| node.parent).filter(|&up| up != at);
        let around = std::iter::successors(Some(self.node), next).take(FIGURE_DEPTH);
        around
            .filter_map(|at| nodes.get(at))
            .any(|node| matches!(node.tag, Tag::Figure | Tag::Caption))
    }

    pub(super) fn time(&mut self, element: &Element, marks: Marks, frame: &mut Frame) {
        let is_property = says(element.attr("itemprop"), "datePublished");
        let is_time = matches!(element.name(), "time" | "relative-time");
        let is_named = !is_time && !is_property;
        if (is_named && !marks.has(Marks::DATE)) || element.name() == "meta" {
            return;
        }
        let class = element.attr("class").unwrap_or_default();
        let named = class.to_ascii_lowercase();
        // `<abbr class="published" title="2026-05-17T08:00:00Z">`
        let title = element.attr("title").filter(|title| {
            let digits = title.bytes().filter(u8::is_ascii_digit).count();
            is_named && digits >= 8
        });
        let machine = element
            .attr("datetime")
            .or_else(|| element.attr("content"))
            .or(title);
        let time = Time {
            value: machine.unwrap_or_default().trim().to_owned(),
            is_publication: is_property
                || named.contains("publish")
                || named.contains("entry-date"),
            is_update: named.contains("updat") || named.contains("modif"),
            is_named,
            block: self.page.blocks.len(),
        };
        if !time.value.is_empty() {
            self.keep_time(time);
        } else if self.times.len() < MAX_OPEN {
            frame.captures.time = true;
            self.times.push(time);
        }
    }

    /// An `img`, or a `source` of the `img` that follows it.
    pub(super) fn picture(&mut self, element: &Element) {
        let versions = versions(element);
        let mut sources = std::mem::take(&mut self.sources);
        if element.name() == "source" {
            sources.1.extend(versions);
            self.sources = (self.node, sources.1);
            return;
        }
        let offered = if sources.0 == self.node {
            sources.1
        } else {
            Vec::new()
        };
        let class = element.attr("class").unwrap_or_default();
        let picture = Picture {
            versions: versions
                .into_iter()
                .chain(offered)
                .take(MAX_VERSIONS)
                .collect(),
            is_small: is_small(class)
                || number(element, "width")
                    .or_else(|| number(element, "height"))
                    .is_some_and(|n| n < 100),
            width: number(element, "width").unwrap_or(0),
            is_thumbnail: class.to_ascii_lowercase().contains("thumb"),
            node: self.node,
            block: self.page.blocks.len(),
        };
        if !picture.versions.is_empty() && self.page.head.pictures.len() < MAX_PICTURES {
            self.page.head.pictures.push(picture);
        }
    }
}

/// The number of pixels that an attribute gives.
fn number(element: &Element, name: &str) -> Option<u32> {
    element.attr(name)?.trim_end_matches("px").parse().ok()
}

/// The files that an element names itself.
fn versions(element: &Element) -> Vec<Version> {
    // A picture that is loaded late has a placeholder for its own address.
    let own = ["data-src", "data-lazy-src", "data-original", "src"];
    let own = own.iter().filter_map(|name| element.attr(name));
    let sets = ["srcset", "data-srcset", "data-lazy-srcset"];
    let sets = sets.iter().filter_map(|name| element.attr(name));
    own.map(|address| (0, address))
        .chain(sets.flat_map(source_set))
        .map(|(width, address)| (width, address.trim()))
        .filter(|(_, address)| !address.is_empty() && !address.starts_with("data:"))
        .take(MAX_VERSIONS)
        .map(|(width, address)| Version {
            address: address.to_owned(),
            // That of an `img` is the room it gets; that of a `source` its file's.
            width: if width == 0 && element.name() == "source" {
                number(element, "width").unwrap_or(0)
            } else {
                width
            },
        })
        .collect()
}

/// How many elements around a byline may be its figure.
const FIGURE_DEPTH: usize = 5;

/// How many pictures of a page are looked at.
const MAX_PICTURES: usize = 200;

/// How many files of one picture are kept.
const MAX_VERSIONS: usize = 24;

/// The addresses in a `srcset`, with the width that is said of them; zero for a density.
fn source_set(set: &str) -> impl Iterator<Item = (u32, &str)> {
    // A comma may stand in an address; behind white space it parts two.
    let mut rest = set.trim_start_matches([' ', ',', '\n', '\t', '\r']);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (address, behind) = rest.split_at(end);
        let (descriptor, next) = if address.ends_with(',') {
            ("", behind)
        } else {
            behind.split_once(',').unwrap_or((behind, ""))
        };
        rest = next.trim_start_matches([' ', ',', '\n', '\t', '\r']);
        let width = descriptor.trim().strip_suffix('w');
        let width = width.and_then(|width| width.parse().ok()).unwrap_or(0);
        Some((width, address.trim_end_matches(',')))
    })
}

/// Whether a picture is named as one that stands beside an article's own.
fn is_small(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    ["logo", "avatar", "icon", "author", "portrait", "emoji"]
        .iter()
        .any(|word| class.contains(word))
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
