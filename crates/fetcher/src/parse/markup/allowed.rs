//! What may be shown, beside what ammonia allows by itself: what newsrooms use, and nothing that acts,
//! asks or reaches out.

/// Elements of HTML.
pub(super) const ELEMENTS: &[&str] = &[
    "address", "audio", "big", "dir", "font", "legend", "main", "menu", "meter", "nobr", "optgroup",
    "picture", "progress", "section", "source", "tfoot", "track", "video",
];

/// Attributes that mean the same wherever they stand, or nothing.
pub(super) const ATTRIBUTES: &[&str] = &[
    "abbr", "align", "alt", "axis", "background", "bgcolor", "border", "bordercolor", "cellpadding",
    "cellspacing", "char", "charoff", "cite", "clear", "color", "cols", "colspan", "compact", "controls",
    "coords", "datetime", "dir", "face", "frame", "headers", "height", "high", "hreflang", "hspace",
    "ismap", "label", "longdesc", "loop", "low", "max", "media", "min", "noshade", "nowrap", "open",
    "optimum", "pubdate", "rel", "rev", "reversed", "role", "rows", "rowspan", "rules", "scope", "shape",
    "size", "span", "start", "style", "summary", "type", "usemap", "valign", "value", "volume", "vspace",
    "width", "wrap", "xml:lang",
];

/// Attributes of single elements.
pub(super) const OF_ELEMENTS: &[(&str, &[&str])] = &[
    ("audio", &["preload", "src"]),
    ("source", &["src"]),
    ("track", &["default", "kind", "src", "srclang"]),
    ("video", &["poster", "preload", "src"]),
    ("svg", &["baseProfile", "preserveAspectRatio", "version", "viewBox"]),
    ("circle", &["cx", "cy", "r"]),
    ("ellipse", &["cx", "cy", "rx", "ry"]),
    ("line", &["x1", "x2", "y1", "y2"]),
    ("path", &["d", "pathLength"]),
    ("polygon", &["points"]),
    ("polyline", &["points"]),
    ("rect", &["rx", "ry", "x", "y"]),
    ("text", &["dx", "dy", "text-anchor", "x", "y"]),
    ("tspan", &["dx", "dy", "text-anchor", "x", "y"]),
    ("math", &["display"]),
    ("mo", &["fence", "form", "largeop", "separator", "stretchy"]),
    ("mfrac", &["linethickness"]),
    ("mtable", &["columnalign", "rowalign"]),
];

/// Shapes and formulas: elements that draw, none that load, link or move.
pub(super) const DRAWN: &[&str] = &[
    "svg", "g", "circle", "desc", "ellipse", "line", "path", "polygon", "polyline", "rect", "text",
    "tspan", "title", "math", "maction", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo",
    "mover", "mpadded", "mphantom", "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
];

/// Attributes of what is drawn.
pub(super) const OF_DRAWN: &[&str] = &[
    "fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-dasharray", "stroke-linecap",
    "stroke-linejoin", "stroke-opacity", "stroke-width", "transform", "mathvariant",
];

/// Properties of styles whose values cannot be addresses.
pub(super) const STYLES: &[&str] = &[
    "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-style", "border-top", "border-width", "background-color", "clear", "color",
    "direction", "display", "float", "font", "font-family", "font-size", "font-style", "font-variant",
    "font-weight", "height", "letter-spacing", "line-height", "margin", "margin-bottom", "margin-left",
    "margin-right", "margin-top", "max-height", "max-width", "overflow", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "text-transform", "vertical-align", "white-space", "width", "word-spacing",
];
