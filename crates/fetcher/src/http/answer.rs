//! From reqwest's answer to ours: where it sends us, what it says, and its body within bounds.

use article::Bytes;
use reqwest::Response;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::coding::{BEYOND, Unpacked, unpack};
use super::trouble::trouble;
use crate::outcome::{Answer, Trouble, Validators};

/// How much room a body gets before its first byte, whatever the server announces.
const FIRST_ROOM: u64 = 256 << 10;

/// Where an answer sends us, where it does.
pub(super) fn redirected(url: &Url, response: &Response) -> Result<Option<Url>, Trouble> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(header::LOCATION) else {
        return Err(Trouble::Redirect("without saying where to".into()));
    };
    let location = text(location);
    let target = url
        .join(location.trim())
        .map_err(|_| Trouble::Redirect(format!("to {location:?}, which is no address")))?;
    Ok(Some(target))
}

/// Reads an answer, and its body where the status is a success.
pub(super) async fn read(
    url: &Url,
    mut response: Response,
    limit: usize,
) -> Result<Answer, Trouble> {
    let mut answer = Answer {
        final_url: url.to_string(),
        status: response.status().as_u16(),
        headers: headers(response.headers()),
        validators: validators(response.headers()),
        ..Answer::default()
    };
    if !response.status().is_success() {
        return Ok(answer);
    }
    if answer.status == 206 && !is_whole(answer.header("content-range")) {
        let why = "206, a part of what was asked for as a whole";
        return Err(Trouble::Broken(why.into()));
    }
    let packed = packed(&mut response, limit).await?;
    let is_cut = packed.len() > limit;
    let (limit, first) = match unpack(&codings(response.headers()), packed, limit) {
        Ok(Unpacked::Whole(body)) if !is_cut => {
            answer.body = body;
            return Ok(answer);
        }
        Ok(Unpacked::Whole(body)) => (limit, body),
        Ok(Unpacked::TooMuch { limit, first }) => (limit, first),
        // What was not read to its end breaks off, of course.
        Err(_) if is_cut => (limit, Vec::new()),
        Err(why) => return Err(Trouble::Broken(why)),
    };
    answer.body = first;
    let answer = Box::new(answer);
    Err(Trouble::TooBig { limit, answer })
}

/// Whether the range of a 206 is all that there is, such as `bytes 0-9/10` (RFC 9110, section 14.4): nobody asks
/// for parts, and what lacks some of a document would pass for it.
fn is_whole(range: Option<&str>) -> bool {
    let read = |range: &str| {
        let (range, length) = range.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        let length: u64 = length.parse().ok()?;
        Some(first == 0 && last.checked_add(1) == Some(length))
    };
    range.and_then(read).unwrap_or(false)
}

/// The body as it came, up to [`BEYOND`] bytes more than `limit`.
async fn packed(response: &mut Response, limit: usize) -> Result<Vec<u8>, Trouble> {
    let mut packed = Vec::new();
    let announced = response.content_length().unwrap_or(0).min(FIRST_ROOM);
    packed.reserve_exact(announced as usize);
    while packed.len() <= limit
        && let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))?
    {
        let room = limit + BEYOND - packed.len();
        packed.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(packed)
}

/// The content codings of an answer, of all its fields, the one that was applied last at the end.
fn codings(map: &HeaderMap) -> String {
    let fields = map.get_all(header::CONTENT_ENCODING);
    let fields: Vec<String> = fields.iter().map(text).collect();
    fields.join(",")
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter()
        // Cookies are a reader's business, and nobody's to keep.
        .filter(|(name, _)| **name != header::SET_COOKIE)
        .map(|(name, value)| (HeaderName::as_str(name).to_owned(), text(value)))
        .collect()
}

/// A header's value as text: UTF-8 where it is, else one character a byte, as the standard says.
fn text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    }
}

fn validators(map: &HeaderMap) -> Validators {
    let value = |name| {
        let value: &HeaderValue = map.get(name)?;
        (!value.is_empty()).then(|| Bytes(value.as_bytes().to_vec()))
    };
    Validators {
        etag: value(header::ETAG),
        last_modified: value(header::LAST_MODIFIED),
    }
}
