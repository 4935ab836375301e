//! The translated texts of Android's own resources, out of its compiled table of resources.
//!
//! Format: `ResourceTypes.h` of the Android Open Source Project. A table is chunks within chunks: one
//! pool of all strings, and for each configuration and type of resource a list of values that point
//! into the pool.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

const TABLE: u16 = 2;
const POOL: u16 = 1;
const PACKAGE: u16 = 0x200;
const TYPE: u16 = 0x201;

/// A value that is an index into the pool of strings.
const STRING: u8 = 3;

/// The texts of each locale, as `pt`, `sr` or `sr-Latn`.
pub fn texts(table: &[u8]) -> Result<BTreeMap<String, Vec<String>>> {
    let mut pool = Vec::new();
    let mut texts = BTreeMap::new();
    anyhow::ensure!(half(table, 0)? == TABLE, "not a table of resources");
    for chunk in chunks(table)? {
        match half(chunk, 0)? {
            POOL => pool = strings(chunk)?,
            PACKAGE => {
                for part in chunks(chunk)? {
                    if half(part, 0)? == TYPE {
                        collect(part, &pool, &mut texts)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(texts)
}

/// The chunks within a chunk: they follow its header.
fn chunks(outer: &[u8]) -> Result<Vec<&[u8]>> {
    let mut found = Vec::new();
    let mut at = half(outer, 2)? as usize;
    while at + 8 <= outer.len() {
        let size = word(outer, at + 4)? as usize;
        found.push(outer.get(at..at + size).context("a chunk is cut off")?);
        at += size.max(8);
    }
    Ok(found)
}

fn strings(pool: &[u8]) -> Result<Vec<String>> {
    let count = word(pool, 8)? as usize;
    let utf8 = word(pool, 16)? & 0x100 != 0;
    let start = word(pool, 20)? as usize;
    let header = half(pool, 2)? as usize;
    let mut strings = Vec::with_capacity(count);
    for index in 0..count {
        let at = start + word(pool, header + 4 * index)? as usize;
        strings.push(if utf8 {
            narrow(pool, at)?
        } else {
            wide(pool, at)?
        });
    }
    Ok(strings)
}

/// Two lengths, in UTF-16 and in UTF-8, each of one byte or of two, then the bytes.
fn narrow(pool: &[u8], mut at: usize) -> Result<String> {
    let mut length = 0;
    for _ in 0..2 {
        length = usize::from(byte(pool, at)?);
        at += 1;
        if length & 0x80 != 0 {
            length = (length & 0x7f) << 8 | usize::from(byte(pool, at)?);
            at += 1;
        }
    }
    let bytes = pool.get(at..at + length).context("a string is cut off")?;
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn wide(pool: &[u8], mut at: usize) -> Result<String> {
    let mut length = half(pool, at)? as usize;
    at += 2;
    if length & 0x8000 != 0 {
        length = (length & 0x7fff) << 16 | half(pool, at)? as usize;
        at += 2;
    }
    let units: Result<Vec<u16>> = (0..length)
        .map(|index| half(pool, at + 2 * index))
        .collect();
    Ok(String::from_utf16_lossy(&units?))
}

/// Adds the strings of one type in one configuration.
fn collect(part: &[u8], pool: &[String], texts: &mut BTreeMap<String, Vec<String>>) -> Result<()> {
    let header = half(part, 2)? as usize;
    let sparse = byte(part, 9)? & 1 != 0;
    let short = byte(part, 9)? & 2 != 0;
    let count = word(part, 12)? as usize;
    let entries = word(part, 16)? as usize;
    let Some(locale) = locale(&part[20..header]) else {
        return Ok(());
    };
    let found = texts.entry(locale).or_default();
    for index in 0..count {
        let offset = if sparse {
            4 * half(part, header + 4 * index + 2)? as usize
        } else if short {
            match half(part, header + 2 * index)? {
                0xffff => continue,
                offset => 4 * offset as usize,
            }
        } else {
            match word(part, header + 4 * index)? {
                u32::MAX => continue,
                offset => offset as usize,
            }
        };
        let entry = entries + offset;
        let size = half(part, entry)? as usize;
        let complex = half(part, entry + 2)? & 1 != 0;
        let values = if complex {
            word(part, entry + 12)? as usize
        } else {
            1
        };
        for value in 0..values {
            let at = if complex {
                entry + size + 12 * value + 4
            } else {
                entry + size
            };
            if byte(part, at + 3)? == STRING {
                let index = word(part, at + 4)? as usize;
                found.extend(pool.get(index).cloned());
            }
        }
    }
    Ok(())
}

/// Language and script of a configuration; none where it names a region, whose texts are variants,
/// but for those of Chinese and Portuguese.
fn locale(config: &[u8]) -> Option<String> {
    let language = config.get(8..10)?;
    let region = config.get(10..12)?;
    let script = config.get(36..40).unwrap_or_default();
    if language[0] == 0 || language[0] & 0x80 != 0 {
        return None;
    }
    let mut locale = String::from_utf8_lossy(language).into_owned();
    if region[0] != 0 && !matches!(&*locale, "zh" | "pt") {
        return None;
    }
    if script.first().is_some_and(|first| *first != 0) {
        locale.push('-');
        locale.push_str(&String::from_utf8_lossy(script));
    }
    Some(locale)
}

fn byte(bytes: &[u8], at: usize) -> Result<u8> {
    bytes.get(at).copied().context("the table is cut off")
}

fn half(bytes: &[u8], at: usize) -> Result<u16> {
    Ok(u16::from_le_bytes([byte(bytes, at)?, byte(bytes, at + 1)?]))
}

fn word(bytes: &[u8], at: usize) -> Result<u32> {
    Ok(u32::from(half(bytes, at)?) | u32::from(half(bytes, at + 2)?) << 16)
}
