//! What the pass knows of HTML's elements and attributes.

use std::borrow::Cow;

/// How an element behaves for nesting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `html` and `body`: the start tag passes, the end tag is implied.
    Root,
    /// Has no content; passes.
    Void,
    /// `meta` and `link`: pass where they say something.
    Meta,
    Base,
    /// `img` and `source`: have no content, and say which picture is shown.
    Picture,
    /// The tag goes, the content stays.
    Ignored,
    /// Goes with its content, up to so many bytes of it.
    Dropped(&'static str, usize),
    /// The page's title, whose content is text.
    Title,
    /// Ends an open paragraph.
    Block,
    /// A block that only a line of text belongs in.
    Heading,
    Paragraph,
    Item,
    /// `ul`, `ol`, `dl`, `menu`: items belong to the nearest.
    List,
    Definition,
    Table,
    Row,
    Cell,
    /// `a`, `b`, `em`, ...: may be closed across a paragraph's end.
    Formatting,
    /// An element of the page's own that shows a picture: inline, and says which.
    Image,
    /// Everything else, known or not: inline.
    Other,
}

const NO_LIMIT: usize = usize::MAX;

/// How an element of that name, in any case, behaves.
pub(super) fn kind_of(name: &str) -> Kind {
    let name = if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    match &*name {
        "div" | "section" | "article" | "main" | "header" | "footer" | "nav" | "aside"
        | "figure" | "figcaption" | "blockquote" | "address" | "center" | "details" | "summary"
        | "dialog" | "fieldset" | "hgroup" | "pre" | "listing" | "caption" | "search" => {
            Kind::Block
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
        "p" => Kind::Paragraph,
        "li" => Kind::Item,
        "ul" | "ol" | "menu" | "dir" | "dl" => Kind::List,
        "dt" | "dd" => Kind::Definition,
        "table" => Kind::Table,
        "tr" => Kind::Row,
        "td" | "th" => Kind::Cell,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "s" | "small" | "strike" | "strong"
        | "tt" | "u" => Kind::Formatting,
        "html" | "body" => Kind::Root,
        "br" | "hr" => Kind::Void,
        "meta" | "link" => Kind::Meta,
        "base" => Kind::Base,
        "title" => Kind::Title,
        "img" | "source" => Kind::Picture,
        "head" | "form" | "tbody" | "thead" | "tfoot" | "colgroup" | "col" | "image" | "input"
        | "track" | "param" | "embed" | "area" | "wbr" | "basefont" | "bgsound" | "frame"
        | "frameset" | "keygen" | "nobr" | "option" | "optgroup" | "plaintext" | "xmp"
        | "marquee" | "applet" | "picture" | "isindex" | "rb" | "rtc" => Kind::Ignored,
        name if is_image(name) => Kind::Image,
        name => dropped(name).unwrap_or(Kind::Other),
    }
}

/// Whether an element of that name, in lower case, is one of the page's own making that shows a picture, as
/// `amp-img`.
pub(crate) fn is_image(name: &str) -> bool {
    name.contains('-')
        && (name.contains("img") || name.contains("image") || name.contains("picture"))
}

/// What goes with its content.
fn dropped(name: &str) -> Option<Kind> {
    Some(match name {
        "script" => Kind::Dropped("script", NO_LIMIT),
        "style" => Kind::Dropped("style", NO_LIMIT),
        "noscript" => Kind::Dropped("noscript", NO_LIMIT),
        "template" => Kind::Dropped("template", NO_LIMIT),
        "textarea" => Kind::Dropped("textarea", NO_LIMIT),
        "iframe" => Kind::Dropped("iframe", NO_LIMIT),
        "noembed" => Kind::Dropped("noembed", NO_LIMIT),
        "noframes" => Kind::Dropped("noframes", NO_LIMIT),
        "svg" => Kind::Dropped("svg", NO_LIMIT),
        "math" => Kind::Dropped("math", 64 * 1024),
        "select" => Kind::Dropped("select", 64 * 1024),
        "datalist" => Kind::Dropped("datalist", 64 * 1024),
        "canvas" => Kind::Dropped("canvas", 8 * 1024),
        "object" => Kind::Dropped("object", 8 * 1024),
        "video" => Kind::Dropped("video", 8 * 1024),
        "audio" => Kind::Dropped("audio", 8 * 1024),
        "map" => Kind::Dropped("map", 8 * 1024),
        // A long one is a whole card or paragraph that somebody made clickable, or never closed.
        "button" => Kind::Dropped("button", 4 * 1024),
        // Readings above Chinese characters would stand in the middle of words.
        "rt" => Kind::Dropped("rt", 200),
        "rp" => Kind::Dropped("rp", 50),
        _ => return None,
    })
}

impl Kind {
    /// Whether the next of its kind ends it, so that missing end tags do not nest it.
    pub(super) fn closes_itself(self) -> bool {
        matches!(
            self,
            Self::Paragraph | Self::Item | Self::Definition | Self::Row | Self::Cell
        )
    }

    /// Whether an end tag of this kind does not reach beyond an open element of kind `open`.
    pub(super) fn end_stops_at(self, open: Self) -> bool {
        match self {
            Self::Table => false,
            Self::Row | Self::Cell => open == Self::Table,
            Self::Block | Self::Heading | Self::List => matches!(open, Self::Cell | Self::Table),
            Self::Item | Self::Definition => {
                matches!(open, Self::List | Self::Cell | Self::Table)
            }
            Self::Formatting => !matches!(
                open,
                Self::Formatting | Self::Image | Self::Other | Self::Paragraph | Self::Heading
            ),
            _ => !matches!(open, Self::Formatting | Self::Image | Self::Other),
        }
    }

    /// How many of the open elements stay open when one of this kind begins.
    pub(super) fn implied_end(
        self,
        open: impl DoubleEndedIterator<Item = Self> + ExactSizeIterator,
    ) -> usize {
        let all = open.len();
        let mut keep = all;
        for (index, kind) in open.enumerate().rev() {
            let ended = match self {
                Self::Item => kind == Self::Item,
                Self::Definition => kind == Self::Definition,
                Self::Cell => kind == Self::Cell,
                Self::Row => matches!(kind, Self::Row | Self::Cell),
                Self::Heading => matches!(kind, Self::Paragraph | Self::Heading),
                Self::Block | Self::Paragraph | Self::List | Self::Table => kind == Self::Paragraph,
                _ => return all,
            };
            if ended || (kind == Self::Paragraph && self.closes_itself()) {
                keep = index;
            }
            let stops = match self {
                Self::Item | Self::Definition => {
                    matches!(kind, Self::List | Self::Table | Self::Cell)
                }
                Self::Row | Self::Cell => kind == Self::Table,
                _ => !matches!(
                    kind,
                    Self::Formatting | Self::Image | Self::Other | Self::Paragraph
                ),
            };
            if stops {
                break;
            }
        }
        keep
    }
}

/// The attributes that later steps read, each as a bit; `None` for one to drop.
pub(super) fn attribute(name: &str, value: &str, kind: Kind) -> Option<u32> {
    let name = if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    if matches!(kind, Kind::Picture | Kind::Image) {
        if let Some(bit) = of_picture(&name) {
            // A picture written out in the page is a placeholder.
            return (!value.starts_with("data:")).then_some(bit);
        }
        if kind == Kind::Picture {
            return None;
        }
    }
    // Formatting elements that differ in attributes defeat the limit that the standard sets to how
    // many of them are opened again in every paragraph.
    if kind == Kind::Formatting && !matches!(&*name, "rel" | "class" | "itemprop") {
        return None;
    }
    let index = match &*name {
        "class" => 0,
        "id" => 1,
        "itemprop" => 2,
        "rel" => 3,
        "href" if matches!(kind, Kind::Meta | Kind::Base) => 4,
        "datetime" => 5,
        "property" if kind == Kind::Meta => 6,
        "name" if kind == Kind::Meta => 7,
        "content" => 8,
        "lang" if kind == Kind::Root => 9,
        "role" => 10,
        "hidden" => 11,
        "aria-hidden" if value.trim().eq_ignore_ascii_case("true") => 12,
        "style" if hides(value) => 13,
        "data-testid" => 14,
        "data-component" => 15,
        "xml:lang" if kind == Kind::Root => 16,
        "http-equiv" if kind == Kind::Meta => 18,
        "title" if kind == Kind::Other => 19,
        "value" if kind == Kind::Meta => 20,
        "imagesrcset" if kind == Kind::Meta => 21,
        _ => return None,
    };
    Some(1 << index)
}

/// The attributes of what shows a picture.
fn of_picture(name: &str) -> Option<u32> {
    let index = match name {
        "src" => 25,
        "srcset" => 26,
        "data-src" | "data-lazy-src" | "data-original" => 27,
        "data-srcset" | "data-lazy-srcset" => 28,
        "width" => 29,
        "height" => 30,
        "class" => 31,
        _ => return None,
    };
    Some(1 << index)
}

/// Whether a `style` hides its element.
pub(crate) fn hides(style: &str) -> bool {
    let plain: String = style
        .chars()
        .filter(|c| !c.is_whitespace())
        .take(400)
        .collect::<String>()
        .to_ascii_lowercase();
    plain.contains("display:none") || plain.contains("visibility:hidden")
}

/// Whether a `meta` or `link` with this attribute can matter.
pub(super) fn is_worth_a_tag(name: &str, value: &str) -> bool {
    match name.to_ascii_lowercase().as_str() {
        "rel" => value.to_ascii_lowercase().contains("canonical"),
        "property" | "name" | "itemprop" | "http-equiv" | "imagesrcset" => !value.is_empty(),
        _ => false,
    }
}
