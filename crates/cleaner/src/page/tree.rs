//! The walk from the parser's tree to the arrays.

use std::collections::HashMap;

use scraper::{Html, Node as HtmlNode};

use super::marks::Marks;
use super::text::Run;
use super::{Byline, Node, Page, Tag, Time, Version};
use crate::fold;
use crate::tidy::{Tidied, is_image};

/// How much text of a byline or a time is kept, in bytes.
pub(super) const MAX_BYLINE: usize = 400;

/// How many bylines, and how many times, may be under way, one within the other: each of them takes all text
/// within, so that nested ones multiply it.
pub(super) const MAX_OPEN: usize = 8;

/// How many bylines, and how many times, are kept of a page.
const MAX_KEPT: usize = 2_000;

/// Parses tidied HTML and reads it into arrays.
pub(crate) fn read(tidied: &Tidied<'_>) -> Page {
    let html = Html::parse_document(&tidied.html);
    let mut walk = Walk::default();
    // By hand and not by recursion: the depth is the page's choice.
    let mut node = html.tree.root();
    loop {
        let descend = walk.enter(node.value());
        if let Some(child) = node.first_child().filter(|_| descend) {
            node = child;
            continue;
        }
        loop {
            walk.leave(node.value());
            if let Some(sibling) = node.next_sibling() {
                node = sibling;
                break;
            }
            let Some(parent) = node.parent() else {
                return walk.finish();
            };
            node = parent;
        }
    }
}

/// What entering an element did, to be undone when it is left.
#[derive(Default)]
pub(super) struct Frame {
    is_block: bool,
    is_link: bool,
    is_title: bool,
    pub(super) captures: Captures,
}

/// What gathers text until the element is left.
#[derive(Default)]
pub(super) struct Captures {
    pub(super) byline: bool,
    pub(super) time: bool,
}

#[derive(Default)]
pub(super) struct Walk {
    pub(super) page: Page,
    frames: Vec<Frame>,
    /// The block element that text belongs to.
    pub(super) node: usize,
    pub(super) text: Run,
    pub(super) links: usize,
    /// The elements under way whose line ends are shown.
    pub(super) preformatted: usize,
    pub(super) title: bool,
    /// The bylines under way, one within the other.
    pub(super) bylines: Vec<Byline>,
    /// The times under way whose moment is their text.
    pub(super) times: Vec<Time>,
    pub(super) known_names: HashMap<String, Marks>,
    /// The addresses that `source`s offer for the picture to come, and the block element that they are in.
    pub(super) sources: (usize, Vec<Version>),
}

impl Walk {
    /// Returns whether to go into the node's children.
    fn enter(&mut self, node: &HtmlNode) -> bool {
        match node {
            HtmlNode::Text(text) => {
                self.text(text);
                false
            }
            HtmlNode::Element(element) => self.element(element),
            HtmlNode::Document => {
                self.open_node(Tag::Root, Marks::NONE, 0);
                self.frames.push(Frame {
                    is_block: true,
                    ..Frame::default()
                });
                true
            }
            _ => false,
        }
    }

    fn element(&mut self, element: &scraper::node::Element) -> bool {
        let mut frame = Frame::default();
        let name = element.name();
        if self.is_no_holder(element, &mut frame) {
            self.frames.push(frame);
            return true;
        }
        let marks = self.marks(element);
        let tag = block_tag(name);
        let hidden_inline = tag.is_none() && marks.has(Marks::HIDDEN);
        // An inline element that is named as furniture or caption stands for itself, unless it is a
        // link or an emphasis: those are named after what they lead to.
        let apart = tag.is_none()
            && marks.has(Marks::FURNITURE.with(Marks::CAPTION))
            && (matches!(name, "span" | "cite") || name.contains('-'));
        if !hidden_inline && (tag.is_some() || apart) {
            frame.is_block = true;
            self.flush();
            self.open_node(tag.unwrap_or(Tag::Other), marks, signature(element));
            if let Some(rank) = name.strip_prefix('h')
                && let Some(node) = self.page.nodes.last_mut()
            {
                node.rank = rank.parse().unwrap_or(0);
            }
        }
        self.byline(element, marks, &mut frame);
        self.time(element, marks, &mut frame);
        self.frames.push(frame);
        !hidden_inline
    }

    /// What an element is by its name alone; whether that is a picture, which holds nothing.
    fn is_no_holder(&mut self, element: &scraper::node::Element, frame: &mut Frame) -> bool {
        let name = element.name();
        match name {
            "meta" => self.meta(element),
            "link" => self.link(element),
            "base" => self.base(element),
            "br" => self.line_break(),
            "hr" => self.flush(),
            "img" | "source" => {
                self.picture(element);
                return true;
            }
            "html" | "body" => self.language(element),
            "title" => {
                frame.is_title = !self.title && self.page.head.title.is_empty();
                self.title |= frame.is_title;
            }
            "a" => {
                frame.is_link = true;
                self.links += 1;
                self.part_touching();
            }
            name if is_image(name) => self.picture(element),
            name if shows_line_ends(name) => self.preformatted += 1,
            "span" | "time" => self.part_touching(),
            _ => {}
        }
        false
    }

    fn leave(&mut self, node: &HtmlNode) {
        match node {
            HtmlNode::Element(element) => {
                self.preformatted -= usize::from(shows_line_ends(element.name()));
            }
            HtmlNode::Document => {}
            _ => return,
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        self.title &= !frame.is_title;
        self.links -= usize::from(frame.is_link);
        if frame.captures.time
            && let Some(time) = self.times.pop()
        {
            self.keep_time(time);
        }
        if frame.captures.byline
            && let Some(byline) = self.bylines.pop()
            && self.page.head.bylines.len() < MAX_KEPT
        {
            self.page.head.bylines.push(byline);
        }
        if frame.is_block {
            self.flush();
            self.close_node();
        }
    }

    pub(super) fn keep_time(&mut self, time: Time) {
        if self.page.head.times.len() < MAX_KEPT {
            self.page.head.times.push(time);
        }
    }

    fn open_node(&mut self, tag: Tag, marks: Marks, signature: u64) {
        let blocks = self.page.blocks.len();
        self.page.nodes.push(Node {
            tag,
            parent: self.node,
            end: 0,
            blocks: blocks..blocks,
            marks,
            signature,
            rank: 0,
        });
        self.node = self.page.nodes.len() - 1;
    }

    fn close_node(&mut self) {
        let (nodes, blocks) = (self.page.nodes.len(), self.page.blocks.len());
        let node = &mut self.page.nodes[self.node];
        node.end = nodes;
        node.blocks.end = blocks;
        self.node = node.parent;
    }

    fn finish(mut self) -> Page {
        self.page.head.title = fold::squeeze(&self.page.head.title);
        self.page
    }
}

/// Equal for elements of one name and class. The hasher's keys are fixed, so it is the same in every
/// run.
fn signature(element: &scraper::node::Element) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    element.name().hash(&mut hasher);
    let class = element.attr("class").unwrap_or_default();
    class.trim().hash(&mut hasher);
    hasher.finish()
}

/// Whether the line ends within an element of that name are shown.
fn shows_line_ends(name: &str) -> bool {
    matches!(name, "pre" | "listing")
}

fn block_tag(name: &str) -> Option<Tag> {
    Some(match name {
        "div" | "center" | "fieldset" | "details" | "hgroup" | "body" | "html" => Tag::Division,
        "p" => Tag::Paragraph,
        "article" => Tag::Article,
        "main" => Tag::Main,
        "section" => Tag::Section,
        "header" => Tag::Header,
        "h1" => Tag::Headline,
        "h2" | "h3" | "h4" | "h5" | "h6" => Tag::Heading,
        "ul" | "ol" | "dl" | "menu" | "dir" => Tag::List,
        "li" | "dt" | "dd" => Tag::Item,
        "blockquote" => Tag::Quote,
        "table" => Tag::Table,
        "tr" => Tag::Row,
        "td" | "th" => Tag::Cell,
        "figure" => Tag::Figure,
        "figcaption" | "caption" => Tag::Caption,
        "aside" => Tag::Aside,
        "address" | "footer" | "nav" | "dialog" | "summary" | "pre" | "listing" | "search"
        | "tbody" | "thead" | "tfoot" => Tag::Other,
        _ => return None,
    })
}
