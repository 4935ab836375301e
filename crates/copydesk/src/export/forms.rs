//! The columns of each topic's values.
//!
//! Names and nesting are those of the JSON, so a column is found where the field is: `feed.url`,
//! `relations.list.element.of`. Moments are UTC in microseconds, cut to them. What is a map or a list of
//! pairs in JSON is a column of JSON. Bytes as received are bytes here.

use article::{Cleaned, Discovered, Enriched, Feed, Fetched, Lineage, Message as _, Polled, Story};
use pipeline::topics;

/// A topic's form in Parquet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParquetForm {
    /// Name and version of the values' form; `record/1` for whole records.
    pub schema: &'static str,
    /// The columns, in Parquet's message notation.
    pub columns: String,
}

const FEED: &str = "
    required binary url (STRING);
    optional binary title (STRING);
    optional binary publisher (STRING);
    optional binary country (STRING);
    optional binary language (STRING);
    optional binary kind (STRING);
    optional int64 interval_seconds;
    required boolean full_text;
    required boolean unverified;
";

/// A feed as it is asked for. What is made from it has it as a source alone.
const POLLABLE: &str = "
    FEED
    required boolean paused;
    optional int64 wanted_at (TIMESTAMP(MICROS,true));
    optional binary access (JSON);
";

const POLLED: &str = "
    required group feed { FEED }
    required int64 fetched_at (TIMESTAMP(MICROS,true));
    required binary final_url (STRING);
    required int64 status;
    optional binary headers (JSON);
    required boolean part;
    required binary body;
";

const DISCOVERED: &str = "
    required binary id (STRING);
    required binary url (STRING);
    required group feed { FEED }
    required binary identity (STRING);
    required int64 revision;
    required int64 polled_at (TIMESTAMP(MICROS,true));
    optional binary title (STRING);
    optional binary summary (STRING);
    optional binary content (STRING);
    required group authors (LIST) { repeated group list { required binary element (STRING); } }
    required group categories (LIST) { repeated group list { required binary element (STRING); } }
    optional int64 published (TIMESTAMP(MICROS,true));
    optional int64 published_as_given (TIMESTAMP(MICROS,true));
    optional binary language (STRING);
";

const LISTINGS: &str = "
    required group listings (LIST) { repeated group list { required group element {
        required binary feed (STRING);
        required binary identity (STRING);
        required int64 polled_at (TIMESTAMP(MICROS,true));
    } } }
";

const FETCHED: &str = "
    required binary id (STRING);
    required group discovered { DISCOVERED }
    LISTINGS
    required int64 fetched_at (TIMESTAMP(MICROS,true));
    required int64 version;
    required binary final_url (STRING);
    required int64 status;
    optional binary headers (JSON);
    required binary page;
    optional binary marks (JSON);
";

const CLEANED: &str = "
    required binary id (STRING);
    required int64 version;
    required int64 fetched_at (TIMESTAMP(MICROS,true));
    required binary url (STRING);
    required binary canonical_url (STRING);
    required group feed { FEED }
    LISTINGS
    required binary outlet (STRING);
    required binary title (STRING);
    required group authors (LIST) { repeated group list { required binary element (STRING); } }
    optional int64 published (TIMESTAMP(MICROS,true));
    optional binary language (STRING);
    optional binary summary (STRING);
    required binary text (STRING);
    optional binary layout (JSON);
    optional binary metadata (JSON);
";

const ORIGIN: &str = "
    optional group origin {
        required binary source (STRING);
        required binary how (STRING);
        required double confidence;
    }
";

const TIES: &str = "
    required binary story (STRING);
    required binary family (STRING);
    required group relations (LIST) { repeated group list { required group element {
        required binary relation (STRING);
        required binary of (STRING);
        required double score;
        required group evidence {
            optional double contained;
            optional double contains;
            optional double similarity;
            optional double order;
            required group passages (LIST) { repeated group list { required binary element (STRING); } }
            required group spans (LIST) { repeated group list { required group element {
                required int64 start;
                required int64 end;
                optional int64 of_start;
                optional int64 of_end;
            } } }
            required group quotations (LIST) { repeated group list { required binary element (STRING); } }
            required group names (LIST) { repeated group list { required binary element (STRING); } }
        }
    } } }
    ORIGIN
";

/// What an article says of its sources, and what stands in its text.
const SAYS: &str = "
    required group attributions (LIST) { repeated group list { required group element {
        required binary source (STRING);
        required binary class (STRING);
        required double confidence;
        required group evidence (LIST) { repeated group list { required group element {
            required binary place (STRING);
            required binary text (STRING);
            optional int64 offset;
        } } }
    } } }
    required group quotations (LIST) { repeated group list { required group element {
        required binary text (STRING);
        required int64 start;
        required int64 end;
        optional binary form (STRING);
        optional group speaker {
            required binary name (STRING);
            required int64 start;
            required binary how (STRING);
        }
        required binary hash (STRING);
        required group shingles (LIST) { repeated group list { required int64 element; } }
    } } }
    required group names (LIST) { repeated group list { required group element {
        required binary name (STRING);
        required int64 count;
        required int64 start;
        required int64 articles;
    } } }
    required group places (LIST) { repeated group list { required group element {
        required binary code (STRING);
        required binary mention (STRING);
        required int64 count;
        required int64 start;
    } } }
    required group keywords (LIST) { repeated group list { required group element {
        required binary word (STRING);
        required double weight;
        required int64 start;
    } } }
";

const ENRICHED: &str = "CLEANED TIES SAYS";

const LINEAGE: &str = "
    required binary id (STRING);
    required int64 revision;
    TIES
";

const STORY: &str = "
    required binary id (STRING);
    required binary headline (STRING);
    required int64 first_seen (TIMESTAMP(MICROS,true));
    required int64 last_seen (TIMESTAMP(MICROS,true));
    required group members (LIST) { repeated group list { required group element {
        required binary article (STRING);
        required binary outlet (STRING);
        required binary title (STRING);
        required binary family (STRING);
        optional binary relation (STRING);
        optional binary of (STRING);
    } } }
    required int64 size;
    optional binary by_relation (JSON);
    optional binary by_outlet (JSON);
    ORIGIN
    optional binary merged_into (STRING);
    optional binary split_from (STRING);
";

/// A whole record of any topic. Key and value are bytes as they lie in the log.
const RECORD: &str = "
    required int64 partition;
    required int64 offset;
    required int64 written_at (TIMESTAMP(MICROS,true));
    optional binary key;
    required binary headers (JSON);
    optional binary value;
";

/// The form of whole records.
pub(super) fn envelope() -> ParquetForm {
    ParquetForm {
        schema: "record/1",
        columns: message(RECORD),
    }
}

/// The form of a topic's values, of any generation; `None` where they have none, as dead letters.
pub fn form(topic: &str) -> Option<ParquetForm> {
    let (schema, columns) = match topics::base(topic)? {
        Feed::TOPIC => (Feed::SCHEMA, POLLABLE),
        Polled::TOPIC => (Polled::SCHEMA, POLLED),
        Discovered::TOPIC => (Discovered::SCHEMA, DISCOVERED),
        Fetched::TOPIC => (Fetched::SCHEMA, FETCHED),
        Cleaned::TOPIC => (Cleaned::SCHEMA, CLEANED),
        Enriched::TOPIC => (Enriched::SCHEMA, ENRICHED),
        Lineage::TOPIC => (Lineage::SCHEMA, LINEAGE),
        Story::TOPIC => (Story::SCHEMA, STORY),
        _ => return None,
    };
    Some(ParquetForm {
        schema,
        columns: message(columns),
    })
}

/// The columns with what they contain of other hops written out, outermost first.
fn message(columns: &str) -> String {
    let written_out = columns
        .replace("CLEANED", CLEANED)
        .replace("DISCOVERED", DISCOVERED)
        .replace("LISTINGS", LISTINGS)
        .replace("TIES", TIES)
        .replace("SAYS", SAYS)
        .replace("ORIGIN", ORIGIN)
        .replace("FEED", FEED);
    format!("message copydesk {{ {written_out} }}")
}
