//! What reading a document took: the repairs that were done, and what was lost all the same.

use std::collections::BTreeMap;

/// A fault of a document that was put right. The names are stable: metrics and stored reports use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// The bytes are not in the encoding that their label names, or have none.
    Charset,
    /// Bytes of windows-1252 stand among UTF-8.
    MixedCharset,
    /// Bytes that mean nothing became U+FFFD.
    ReplacedBytes,
    /// Control characters that XML and JSON forbid were left out.
    ControlCharacters,
    /// Something stood before the root.
    LeadingText,
    /// An `&` begins no reference.
    BareAmpersand,
    /// A `<` begins no tag.
    BareLessThan,
    /// A reference names a character that there is not, or lacks its semicolon.
    CharacterReference,
    /// A reference names an entity of HTML that the document does not declare.
    HtmlEntity,
    /// A tag is not well-formed.
    Tag,
    /// An end tag is missing, or stands in the wrong place.
    UnclosedElement,
    /// An end tag closes nothing.
    StrayEndTag,
    /// A CDATA section does not end.
    OpenCdata,
    /// A comment or processing instruction does not end.
    OpenComment,
    /// The version of RSS is missing or unknown.
    RssVersion,
    /// Elements stand in a namespace that is not the one of their dialect.
    Namespace,
    /// A prefix is used that is not declared.
    Prefix,
    /// Items stand outside their channel, or inside where they should not.
    Place,
    /// The root of the dialect is missing, or has something around it.
    Root,
    /// A text's declared type is not what the dialect allows.
    TextType,
    /// Markup stands in a text without being escaped.
    NakedMarkup,
    /// A text was base64.
    Base64,
    /// Markup was escaped twice.
    DoubleEscaped,
    /// JSON Feed: the version is missing or unknown.
    JsonVersion,
    /// JSON Feed: a value has another type than it should have.
    JsonType,
    /// JSON Feed: something follows the document.
    JsonTrailing,
    /// JSON Feed: a comma, a number or half a character that JSON does not know.
    JsonSyntax,
}

impl Repair {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Charset => "charset",
            Self::MixedCharset => "mixed_charset",
            Self::ReplacedBytes => "replaced_bytes",
            Self::ControlCharacters => "control_characters",
            Self::LeadingText => "leading_text",
            Self::BareAmpersand => "bare_ampersand",
            Self::BareLessThan => "bare_less_than",
            Self::CharacterReference => "character_reference",
            Self::HtmlEntity => "html_entity",
            Self::Tag => "tag",
            Self::UnclosedElement => "unclosed_element",
            Self::StrayEndTag => "stray_end_tag",
            Self::OpenCdata => "open_cdata",
            Self::OpenComment => "open_comment",
            Self::RssVersion => "rss_version",
            Self::Namespace => "namespace",
            Self::Prefix => "prefix",
            Self::Place => "place",
            Self::Root => "root",
            Self::TextType => "text_type",
            Self::NakedMarkup => "naked_markup",
            Self::Base64 => "base64",
            Self::DoubleEscaped => "double_escaped",
            Self::JsonVersion => "json_version",
            Self::JsonType => "json_type",
            Self::JsonTrailing => "json_trailing",
            Self::JsonSyntax => "json_syntax",
        }
    }
}

/// Something that a document holds, or should, and its reading does not. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// The document ends before its root does: what came after, nobody knows.
    Cut,
    /// Items beyond the cap. The newest are kept.
    TooManyItems,
    /// Categories, authors, enclosures or links of one item, or pieces of one text, beyond the cap.
    TooManyParts,
    /// Elements beyond the depth that is read.
    TooDeep,
    /// Openings of items in places where no item can be: in another item's parts, in a web page, in
    /// comments and in CDATA sections.
    HiddenItem,
    /// References to entities whose expansion would have exceeded the cap.
    Entity,
    /// A date that nobody can read.
    Date,
    /// An item of JSON Feed that is no object.
    JsonItem,
}

impl Loss {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::TooManyItems => "too_many_items",
            Self::TooManyParts => "too_many_parts",
            Self::TooDeep => "too_deep",
            Self::HiddenItem => "hidden_item",
            Self::Entity => "entity",
            Self::Date => "date",
            Self::JsonItem => "json_item",
        }
    }
}

/// How often something was lost, and the first that was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// How often.
    pub count: u64,
    /// The first, where it can be shown.
    pub example: Option<String>,
}

/// The repairs and losses of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How often each fault was put right.
    pub repairs: BTreeMap<Repair, u64>,
    /// What is missing.
    pub losses: BTreeMap<Loss, Lost>,
}

/// How much of a lost value is shown.
const SHOWN: usize = 80;

impl Report {
    pub(super) fn repaired(&mut self, repair: Repair) {
        *self.repairs.entry(repair).or_default() += 1;
    }

    pub(super) fn lost(&mut self, loss: Loss, count: u64) {
        if count > 0 {
            self.losses.entry(loss).or_default().count += count;
        }
    }

    pub(super) fn lost_value(&mut self, loss: Loss, value: &str) {
        let lost = self.losses.entry(loss).or_default();
        lost.count += 1;
        lost.example
            .get_or_insert_with(|| value.chars().take(SHOWN).collect());
    }
}
