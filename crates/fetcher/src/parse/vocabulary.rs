//! What an element of a feed is, whatever dialect names it.

use super::namespace::Ns;

/// What an element means. One name for what the dialects call by several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// `rss`.
    Rss,
    /// `rdf:RDF`.
    Rdf,
    /// Atom's `feed`.
    Feed,
    Channel,
    /// `item` and `entry`.
    Item,
    UrlSet,
    SitemapIndex,
    /// A sitemap's `url`, an index's `sitemap`.
    Listed,
    /// The root of a web page.
    Html,
    /// What holds fields of something else: an image, a source.
    Aside,
    /// What holds fields of what it stands in.
    Group,
    /// A part that is read.
    Field(Field),
    /// Nothing that is read.
    Unknown,
}

/// A part of a feed or an item. Where several elements say the same,
/// the reader tells which wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    DcTitle,
    MediaTitle,
    ItunesTitle,
    NewsTitle,
    Link,
    Id,
    Guid,
    DcIdentifier,
    Description,
    Abstract,
    Summary,
    Subtitle,
    DcDescription,
    ItunesSubtitle,
    ItunesSummary,
    MediaDescription,
    Content,
    Encoded,
    Body,
    FullItem,
    Author,
    ManagingEditor,
    WebMaster,
    DcCreator,
    DcPublisher,
    ItunesAuthor,
    ItunesOwner,
    MediaCredit,
    Published,
    PubDate,
    Issued,
    Updated,
    LastBuildDate,
    Modified,
    DcDate,
    DcModified,
    Created,
    LastMod,
    NewsDate,
    Category,
    DcSubject,
    ItunesCategory,
    MediaCategory,
    Tags,
    Enclosure,
    Comments,
    Language,
    DcLanguage,
    Rights,
    DcRights,
    MediaRights,
    Generator,
    GeneratorAgent,
    Ttl,
    SkipHours,
    SkipDays,
    UpdatePeriod,
    UpdateFrequency,
    Loc,
}

/// What the element `local` (in lower case) of `ns` is.
pub(super) fn element(ns: Ns, local: &str) -> Element {
    match ns {
        Ns::Rss | Ns::Atom | Ns::Atom03 => core(local),
        Ns::Dc => dublin_core(local),
        Ns::DcTerms => terms(local),
        Ns::Content => match local {
            "encoded" => Element::Field(Field::Encoded),
            _ => Element::Unknown,
        },
        Ns::Media => media(local),
        Ns::Itunes => itunes(local),
        Ns::Syndication => match local {
            "updateperiod" => Element::Field(Field::UpdatePeriod),
            "updatefrequency" => Element::Field(Field::UpdateFrequency),
            _ => Element::Unknown,
        },
        Ns::Rdf => match local {
            "rdf" => Element::Rdf,
            _ => Element::Unknown,
        },
        Ns::Xhtml => match local {
            "html" => Element::Html,
            "body" => Element::Field(Field::Body),
            _ => Element::Unknown,
        },
        Ns::Sitemap => sitemap(local),
        Ns::News => news(local),
        Ns::Admin => match local {
            "generatoragent" => Element::Field(Field::GeneratorAgent),
            _ => Element::Unknown,
        },
        Ns::Svg | Ns::Other => Element::Unknown,
    }
}

/// RSS, Atom and CDF share their names, and feeds mix them.
fn core(local: &str) -> Element {
    Element::Field(match local {
        "rss" => return Element::Rss,
        "rdf" => return Element::Rdf,
        "feed" => return Element::Feed,
        "channel" => return Element::Channel,
        "item" | "entry" => return Element::Item,
        "urlset" | "sitemapindex" | "sitemap" | "loc" | "lastmod" => return sitemap(local),
        "html" => return Element::Html,
        "image" | "textinput" | "textinputs" | "source" | "contributor" | "cloud" | "items" => {
            return Element::Aside;
        }
        "title" => Field::Title,
        "link" => Field::Link,
        "id" => Field::Id,
        "guid" => Field::Guid,
        "description" => Field::Description,
        "abstract" => Field::Abstract,
        "summary" => Field::Summary,
        "subtitle" | "tagline" => Field::Subtitle,
        "content" => Field::Content,
        "encoded" => Field::Encoded,
        "body" => Field::Body,
        "fullitem" => Field::FullItem,
        "author" => Field::Author,
        "managingeditor" => Field::ManagingEditor,
        "webmaster" => Field::WebMaster,
        "creator" => Field::DcCreator,
        "published" => Field::Published,
        "pubdate" => Field::PubDate,
        "issued" => Field::Issued,
        "updated" => Field::Updated,
        "lastbuilddate" => Field::LastBuildDate,
        "modified" => Field::Modified,
        "date" => Field::DcDate,
        "created" => Field::Created,
        "category" => Field::Category,
        "tags" | "keywords" => Field::Tags,
        "enclosure" => Field::Enclosure,
        "comments" => Field::Comments,
        "language" => Field::Language,
        "rights" | "copyright" => Field::Rights,
        "generator" => Field::Generator,
        "ttl" => Field::Ttl,
        "skiphours" => Field::SkipHours,
        "skipdays" => Field::SkipDays,
        _ => return Element::Unknown,
    })
}

fn dublin_core(local: &str) -> Element {
    Element::Field(match local {
        "title" => Field::DcTitle,
        "creator" | "author" => Field::DcCreator,
        "publisher" => Field::DcPublisher,
        "description" => Field::DcDescription,
        "date" => Field::DcDate,
        "subject" => Field::DcSubject,
        "identifier" => Field::DcIdentifier,
        "language" => Field::DcLanguage,
        "rights" => Field::DcRights,
        _ => return Element::Unknown,
    })
}

fn terms(local: &str) -> Element {
    Element::Field(match local {
        "issued" | "available" => Field::Issued,
        "modified" => Field::DcModified,
        "created" => Field::Created,
        "date" => Field::DcDate,
        "abstract" => Field::DcDescription,
        _ => return dublin_core(local),
    })
}

fn media(local: &str) -> Element {
    Element::Field(match local {
        "group" | "content" => return Element::Group,
        "title" => Field::MediaTitle,
        "description" => Field::MediaDescription,
        "category" => Field::MediaCategory,
        "keywords" => Field::Tags,
        "credit" => Field::MediaCredit,
        "copyright" => Field::MediaRights,
        _ => return Element::Unknown,
    })
}

fn itunes(local: &str) -> Element {
    Element::Field(match local {
        "title" => Field::ItunesTitle,
        "author" => Field::ItunesAuthor,
        "owner" => Field::ItunesOwner,
        "subtitle" => Field::ItunesSubtitle,
        "summary" => Field::ItunesSummary,
        "category" => Field::ItunesCategory,
        "keywords" => Field::Tags,
        _ => return Element::Unknown,
    })
}

fn sitemap(local: &str) -> Element {
    match local {
        "urlset" => Element::UrlSet,
        "sitemapindex" => Element::SitemapIndex,
        "url" | "sitemap" => Element::Listed,
        "loc" => Element::Field(Field::Loc),
        "lastmod" => Element::Field(Field::LastMod),
        _ => Element::Unknown,
    }
}

fn news(local: &str) -> Element {
    Element::Field(match local {
        "news" | "publication" => return Element::Group,
        "title" => Field::NewsTitle,
        "publication_date" => Field::NewsDate,
        "language" => Field::Language,
        "keywords" => Field::Tags,
        "name" => Field::DcPublisher,
        _ => return Element::Unknown,
    })
}
