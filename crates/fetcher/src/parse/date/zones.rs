//! What the zones in dates mean.

use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// Where a date is meant to be read.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// So far from UTC.
    Offset(Offset),
    /// By the clocks of a region, which know summer time.
    Region(TimeZone),
    /// Farther from UTC than any clock on Earth.
    Impossible,
}

/// The clocks that are farthest from UTC, in seconds: Baker Island and the Line Islands.
const FARTHEST: std::ops::RangeInclusive<i32> = -12 * 3_600..=14 * 3_600;

/// Abbreviations and their distance from UTC as hours and minutes, west negative: RFC 822's first, then
/// the tz database's. Where one is in use in two places, the one with more English-language news has it:
/// `CST` and `EST` are America's, `IST` is India's, `BST` is Britain's, `AST` and `ADT` are of the
/// Atlantic provinces.
const ABBREVIATIONS: [(&str, i32); 91] = [
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("zulu", 0),
    ("est", -500),
    ("edt", -400),
    ("cst", -600),
    ("cdt", -500),
    ("mst", -700),
    ("mdt", -600),
    ("pst", -800),
    ("pdt", -700),
    ("ast", -400),
    ("adt", -300),
    ("nst", -330),
    ("ndt", -230),
    ("akst", -900),
    ("akdt", -800),
    ("hst", -1000),
    ("hast", -1000),
    ("hdt", -900),
    ("hadt", -900),
    ("sst", -1100),
    ("wet", 0),
    ("west", 100),
    ("bst", 100),
    ("cet", 100),
    ("cest", 200),
    ("met", 100),
    ("mest", 200),
    ("mez", 100),
    ("mesz", 200),
    ("eet", 200),
    ("eest", 300),
    ("msk", 300),
    ("msd", 400),
    ("trt", 300),
    ("fet", 300),
    ("samt", 400),
    ("yekt", 500),
    ("omst", 600),
    ("novt", 700),
    ("krat", 700),
    ("irkt", 800),
    ("yakt", 900),
    ("vlat", 1000),
    ("magt", 1100),
    ("pett", 1200),
    ("gst", 400),
    ("azt", 400),
    ("get", 400),
    ("amt", -400),
    ("irst", 330),
    ("irdt", 430),
    ("aft", 430),
    ("pkt", 500),
    ("uzt", 500),
    ("ist", 530),
    ("slst", 530),
    ("npt", 545),
    ("bdt", 600),
    ("mmt", 630),
    ("ict", 700),
    ("wib", 700),
    ("wita", 800),
    ("wit", 900),
    ("hkt", 800),
    ("sgt", 800),
    ("myt", 800),
    ("pht", 800),
    ("awst", 800),
    ("kst", 900),
    ("jst", 900),
    ("acst", 930),
    ("acdt", 1030),
    ("aest", 1000),
    ("aedt", 1100),
    ("chst", 1000),
    ("nzst", 1200),
    ("nzdt", 1300),
    ("fjt", 1200),
    ("wat", 100),
    ("cat", 200),
    ("sast", 200),
    ("eat", 300),
    ("art", -300),
    ("brt", -300),
    ("brst", -200),
    ("clt", -400),
    ("cot", -500),
];

/// Names that leave it to the calendar whether it is summer.
const REGIONS: [(&str, &str); 8] = [
    ("et", "America/New_York"),
    ("ct", "America/Chicago"),
    ("mt", "America/Denver"),
    ("pt", "America/Los_Angeles"),
    ("at", "America/Halifax"),
    ("nt", "America/St_Johns"),
    ("akt", "America/Anchorage"),
    ("nzt", "Pacific/Auckland"),
];

/// The database that comes with the binary: the machine's own may differ, and a replay must not.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an abbreviation in lower case.
pub(super) fn abbreviated(word: &str) -> Option<Zone> {
    if let Some((_, distance)) = ABBREVIATIONS.iter().find(|(name, _)| *name == word) {
        return Some(fixed(distance / 100 * 3_600 + distance % 100 * 60));
    }
    let (_, region) = REGIONS.iter().find(|(name, _)| *name == word)?;
    self::region(region)
}

/// The zone of a name of the tz database, such as `Europe/Brussels`.
pub(super) fn region(name: &str) -> Option<Zone> {
    DATABASE.get(name).ok().map(Zone::Region)
}

/// The zone that is so many seconds east of UTC.
pub(super) fn fixed(seconds: i32) -> Zone {
    if !FARTHEST.contains(&seconds) {
        return Zone::Impossible;
    }
    Offset::from_seconds(seconds).map_or(Zone::Impossible, Zone::Offset)
}
