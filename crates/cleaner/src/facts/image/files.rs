//! Which of a picture's files is named.

use url::Url;

use crate::page::Version;

/// The width that is asked for where a picture comes in several, in pixels: it fills a telephone or a column
/// of text, and is a tenth of the file that a wide screen would get.
pub(super) const WIDTH: u32 = 768;

/// The address of the file whose width fits best; of equals the one that every reader can show. Where no
/// width is said, the picture's own. For a scaled copy the upload itself, where it is not much larger: it
/// outlives the copies, and is what other sources name.
pub(super) fn fitting(versions: &[Version], base: Option<&Url>) -> Option<String> {
    let sized = versions.iter().filter(|version| version.width > 0);
    let mut sized: Vec<&Version> = sized.collect();
    sized.sort_by_key(|version| (version.width.abs_diff(WIDTH), is_modern(&version.address)));
    let mut best = sized.into_iter().chain(versions);
    let (version, address) =
        best.find_map(|version| Some((version, absolute(&version.address, base)?)))?;
    let upload = unscaled(&version.address).and_then(|upload| {
        let upload = versions.iter().find(|version| version.address == upload)?;
        (upload.width <= MAX_WIDTH).then_some(&upload.address)
    });
    upload
        .and_then(|upload| absolute(upload, base))
        .or(Some(address))
}

/// The largest width of an upload that is taken for its scaled copy, in pixels.
const MAX_WIDTH: u32 = 2048;

/// Whether a file is of a kind that not every reader can show.
fn is_modern(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| {
        ["webp", "avif"]
            .iter()
            .any(|modern| ending.eq_ignore_ascii_case(modern))
    })
}

/// `/bridge.jpg` for `/bridge-768x512.jpg`.
fn unscaled(address: &str) -> Option<String> {
    let (stem, ending) = address.rsplit_once('.')?;
    let (name, size) = stem.rsplit_once('-')?;
    is_size(size).then(|| format!("{name}.{ending}"))
}

pub(super) fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let joined = match base {
        Some(base) => base.join(address).ok()?,
        None => Url::parse(address).ok()?,
    };
    matches!(joined.scheme(), "http" | "https").then(|| joined.into())
}

/// `1280x720`, in parts of an address.
pub(super) fn is_size(part: &str) -> bool {
    part.split_once('x').is_some_and(|(width, height)| {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        number(width) && number(height)
    })
}
