//! Blocks: consecutive records of one transaction for one partition, as they lie in a segment.
//!
//! A block is a header of [`HEADER`] bytes and a payload, zstd where that is shorter. The header's own
//! checksum covers the payload's, so a block is whole or refused. Numbers are little-endian:
//!
//! | bytes | field |
//! |---|---|
//! | 0..4 | `cdb1` |
//! | 4..8 | crc32c of bytes 8..48 |
//! | 8..12 | crc32c of the payload |
//! | 12..16 | length of the payload |
//! | 16..20 | length of the payload when unpacked |
//! | 20..24 | how many records |
//! | 24..32 | offset of the first record |
//! | 32..40 | when it was written, milliseconds since 1970 |
//! | 40 | 1 where the payload is zstd, 0 where it is plain |
//! | 41..48 | zero |
//!
//! The payload is, for each record: key, value, count of headers, then name and value of each. Counts
//! and lengths are LEB128; those of key and value are one more than the length, so that 0 is "none".

use jiff::Timestamp;

use crate::headers::Headers;
use crate::log::{Offset, Stored};

/// Bytes before the payload.
pub(super) const HEADER: usize = 48;
/// Records go into one block up to this many bytes; a larger record has a block of its own.
const TARGET: usize = 256 << 10;
/// No payload unpacks to more: a damaged length must not become an allocation.
const MOST: usize = 32 << 20;
const MAGIC: [u8; 4] = *b"cdb1";
const LEVEL: i32 = 1;

/// Why bytes are not the block that was written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Damage(pub(super) &'static str);

/// A block that is still being filled.
#[derive(Debug, Default)]
pub(super) struct Builder {
    raw: Vec<u8>,
    count: u32,
}

/// A finished block that lacks only what the commit decides: first offset and moment.
#[derive(Debug)]
pub(super) struct Frame {
    bytes: Vec<u8>,
    count: u32,
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) payload: usize,
    pub(super) count: u32,
    pub(super) first: Offset,
    pub(super) written_ms: i64,
    checksum: u32,
    raw: usize,
    packed: bool,
}

/// A zstd context and its buffer, used again and again: making them costs more than packing a small
/// block.
pub(super) struct Packer {
    zstd: Option<zstd::bulk::Compressor<'static>>,
    buffer: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            zstd: zstd::bulk::Compressor::new(LEVEL).ok(),
            buffer: Vec::new(),
        }
    }

    /// `raw`, packed; `None` where that is not shorter.
    fn pack(&mut self, raw: &[u8]) -> Option<&[u8]> {
        if self.buffer.len() < raw.len() {
            self.buffer.resize(raw.len(), 0);
        }
        let room = &mut self.buffer[..raw.len()];
        let length = self.zstd.as_mut()?.compress_to_buffer(raw, room).ok()?;
        Some(&room[..length])
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

impl Builder {
    /// Whether a record of about `length` bytes should go into the next block.
    pub(super) fn is_full_for(&self, length: usize) -> bool {
        self.count > 0 && self.raw.len() + length > TARGET
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn push(&mut self, key: Option<&[u8]>, value: Option<&[u8]>, headers: &Headers) {
        put_optional(&mut self.raw, key);
        put_optional(&mut self.raw, value);
        put_headers(&mut self.raw, headers);
        self.count += 1;
    }

    /// Packs what was pushed and is empty again.
    pub(super) fn seal(&mut self, packer: &mut Packer) -> Frame {
        let packed = packer.pack(&self.raw);
        let is_packed = packed.is_some();
        let payload = packed.unwrap_or(&self.raw);
        let mut bytes = Vec::with_capacity(HEADER + payload.len());
        bytes.resize(HEADER, 0);
        bytes.extend_from_slice(payload);
        let checksum = crc32c::crc32c(&bytes[HEADER..]);
        let length = (bytes.len() - HEADER) as u32;
        bytes[0..4].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&checksum.to_le_bytes());
        bytes[12..16].copy_from_slice(&length.to_le_bytes());
        bytes[16..20].copy_from_slice(&(self.raw.len() as u32).to_le_bytes());
        bytes[20..24].copy_from_slice(&self.count.to_le_bytes());
        bytes[40] = u8::from(is_packed);
        let frame = Frame {
            bytes,
            count: self.count,
        };
        self.raw.clear();
        self.count = 0;
        frame
    }
}

impl Frame {
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The block as it is written when its first record stands at `first`. A commit that is tried
    /// again stamps again.
    pub(super) fn stamped(&mut self, first: Offset, written_ms: i64) -> &[u8] {
        self.bytes[24..32].copy_from_slice(&first.to_le_bytes());
        self.bytes[32..40].copy_from_slice(&written_ms.to_le_bytes());
        let checksum = crc32c::crc32c(&self.bytes[8..HEADER]);
        self.bytes[4..8].copy_from_slice(&checksum.to_le_bytes());
        &self.bytes
    }
}

impl Header {
    /// Reads and checks a header.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Damage> {
        let Some(header) = bytes.get(..HEADER) else {
            return Err(Damage("the block's header is cut off"));
        };
        if header[0..4] != MAGIC {
            return Err(Damage("no block begins here"));
        }
        if crc32c::crc32c(&header[8..]) != u32_at(header, 4) {
            return Err(Damage("the block's header does not match its checksum"));
        }
        let header = Self {
            payload: u32_at(header, 12) as usize,
            count: u32_at(header, 20),
            first: u64_at(header, 24),
            written_ms: u64_at(header, 32) as i64,
            checksum: u32_at(header, 8),
            raw: u32_at(header, 16) as usize,
            packed: header[40] == 1,
        };
        if header.raw > MOST {
            return Err(Damage("the block is longer than any block"));
        }
        Ok(header)
    }
}

/// The records of a block, checked.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Stored>, Damage> {
    let header = Header::read(bytes)?;
    let payload = &bytes[HEADER..];
    if payload.len() != header.payload {
        return Err(Damage("the block is cut off"));
    }
    if crc32c::crc32c(payload) != header.checksum {
        return Err(Damage("the block does not match its checksum"));
    }
    if header.packed {
        let raw = zstd::bulk::decompress(payload, header.raw)
            .map_err(|_| Damage("the block does not unpack"))?;
        records(&header, &raw)
    } else {
        records(&header, payload)
    }
}

fn records(header: &Header, mut raw: &[u8]) -> Result<Vec<Stored>, Damage> {
    let written_at = Timestamp::from_millisecond(header.written_ms)
        .map_err(|_| Damage("the block's moment is out of range"))?;
    // The count is trusted for the allocation only as far as the bytes can hold it.
    let mut records = Vec::with_capacity((header.count as usize).min(raw.len()));
    for index in 0..u64::from(header.count) {
        let offset = header
            .first
            .checked_add(index)
            .ok_or(Damage("the block's offsets are out of range"))?;
        records.push(Stored {
            offset,
            written_at,
            key: take_optional(&mut raw)?,
            value: take_optional(&mut raw)?,
            headers: take_headers(&mut raw)?,
        });
    }
    if raw.is_empty() {
        Ok(records)
    } else {
        Err(Damage("the block holds more than its records"))
    }
}

/// Headers in the form they have in a block, for the tables of compacted topics.
pub(super) fn encode_headers(headers: &Headers) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_headers(&mut bytes, headers);
    bytes
}

/// The inverse of [`encode_headers`].
pub(super) fn decode_headers(mut bytes: &[u8]) -> Result<Headers, Damage> {
    let headers = take_headers(&mut bytes)?;
    if bytes.is_empty() {
        Ok(headers)
    } else {
        Err(Damage("the headers hold more than they say"))
    }
}

/// About how many bytes a record takes.
pub(super) fn size(key: Option<&[u8]>, value: Option<&[u8]>, headers: &Headers) -> usize {
    let headers: usize = headers
        .0
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    key.map_or(0, <[u8]>::len) + value.map_or(0, <[u8]>::len) + headers + 12
}

fn put_headers(raw: &mut Vec<u8>, headers: &Headers) {
    put_number(raw, headers.0.len() as u64);
    for (name, value) in &headers.0 {
        put_number(raw, name.len() as u64);
        raw.extend_from_slice(name.as_bytes());
        put_number(raw, value.len() as u64);
        raw.extend_from_slice(value);
    }
}

fn take_headers(raw: &mut &[u8]) -> Result<Headers, Damage> {
    let count = take_number(raw)?;
    let mut headers = Headers::new();
    for _ in 0..count {
        let length = take_number(raw)?;
        let name = std::str::from_utf8(take(raw, length)?)
            .map_err(|_| Damage("a header's name is not text"))?
            .to_owned();
        let length = take_number(raw)?;
        headers.0.push((name, take(raw, length)?.to_vec()));
    }
    Ok(headers)
}

fn put_optional(raw: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => put_number(raw, 0),
        Some(bytes) => {
            put_number(raw, bytes.len() as u64 + 1);
            raw.extend_from_slice(bytes);
        }
    }
}

fn take_optional(raw: &mut &[u8]) -> Result<Option<Vec<u8>>, Damage> {
    match take_number(raw)? {
        0 => Ok(None),
        more => Ok(Some(take(raw, more - 1)?.to_vec())),
    }
}

fn put_number(raw: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        raw.push(number as u8 | 0x80);
        number >>= 7;
    }
    raw.push(number as u8);
}

fn take_number(raw: &mut &[u8]) -> Result<u64, Damage> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let Some((&byte, rest)) = raw.split_first() else {
            return Err(Damage("a record is cut off"));
        };
        *raw = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Damage("a length has too many bytes"))
}

fn take<'a>(raw: &mut &'a [u8], length: u64) -> Result<&'a [u8], Damage> {
    let length = usize::try_from(length).map_err(|_| Damage("a record is cut off"))?;
    let (taken, rest) = raw
        .split_at_checked(length)
        .ok_or(Damage("a record is cut off"))?;
    *raw = rest;
    Ok(taken)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
