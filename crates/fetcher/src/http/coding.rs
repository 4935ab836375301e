//! Undoing content codings (RFC 9110, section 8.4): what the header says where it is true, what the
//! bytes show where it is not.
//!
//! Servers label plain text as gzip, pack twice under one label, and send files that are packed
//! already. reqwest would refuse all of these, so it leaves bodies to us.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};

/// What the fetcher asks for. Deflate is undone as well, and not asked for: half of its servers send it
/// without its wrapper.
pub(crate) const ACCEPTED: &str = "gzip, br, zstd";
/// How many times its size a body may have when unpacked, beyond [`FREE`]. News pages stay below 30.
const RATIO: usize = 250;
/// Up to how many bytes the ratio says nothing.
const FREE: usize = 1 << 20;
/// How much is kept of what is over the limit: enough to tell that there was more.
pub(crate) const BEYOND: usize = 64 << 10;
/// How many codings may lie over one another.
const LAYERS: usize = 4;

const GZIP: &[u8] = &[0x1f, 0x8b, 8];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The largest window of zstd on the web, as a power of two (RFC 9659): more is no page, but an attack
/// on memory.
const ZSTD_WINDOW: u32 = 23;

/// A body without its codings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unpacked {
    /// All of it.
    Whole(Vec<u8>),
    /// It has more bytes than `limit`, of which these are the first.
    TooMuch {
        /// How many it might have.
        limit: usize,
        /// At most [`BEYOND`] more than that.
        first: Vec<u8>,
    },
}

/// Undoes the codings of `body`, as `Content-Encoding` names them, as long as that has no more than
/// `limit` bytes. Memory is bounded by that and a window of at most 16 MiB.
///
/// # Errors
/// A coding that ends early or is broken within.
pub(crate) fn unpack(named: &str, body: Vec<u8>, limit: usize) -> Result<Unpacked, String> {
    let limit = limit.min(FREE.max(body.len().saturating_mul(RATIO)));
    let named: Vec<_> = named
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !matches!(name.as_str(), "" | "identity" | "none"))
        .collect();
    if named.len() > LAYERS {
        return Err(format!("{} codings over one another", named.len()));
    }
    let mut body = body;
    for name in named.iter().rev() {
        body = match undo(name, body, limit)? {
            Unpacked::Whole(body) => body,
            much @ Unpacked::TooMuch { .. } => return Ok(much),
        };
    }
    // Packed twice, or a file that was packed already.
    for _ in 0..LAYERS {
        if !body.starts_with(GZIP) {
            break;
        }
        body = match undo("gzip", body, limit)? {
            Unpacked::Whole(body) => body,
            much @ Unpacked::TooMuch { .. } => return Ok(much),
        };
    }
    Ok(if body.len() > limit {
        too_much(body, limit)
    } else {
        Unpacked::Whole(body)
    })
}

/// A feed's file without the packing that its bytes show, as long as that has no more than `limit` bytes: servers
/// hand out `.xml.gz` as it is, and [`unpack`] undoes it on the way.
///
/// # Errors
/// A file that breaks off or unpacks to more.
pub fn unpacked(file: Vec<u8>, limit: usize) -> Result<Vec<u8>, String> {
    match unpack("", file, limit)? {
        Unpacked::Whole(bytes) => Ok(bytes),
        Unpacked::TooMuch { limit, .. } => Err(format!("it unpacks to more than {limit} bytes")),
    }
}

fn too_much(mut first: Vec<u8>, limit: usize) -> Unpacked {
    first.truncate(limit + BEYOND);
    Unpacked::TooMuch { limit, first }
}

/// Undoes one coding. A body that has none, whatever its label says, stays as it is.
fn undo(name: &str, body: Vec<u8>, limit: usize) -> Result<Unpacked, String> {
    let read = if body.starts_with(GZIP) {
        gunzip(&body, limit)
    } else if body.starts_with(ZSTD) {
        unzstd(&body, limit)
    } else {
        match name {
            "deflate" => inflate(&body, limit),
            // It has no signature, so only trying tells.
            "br" => drain(
                brotli_decompressor::Decompressor::new(body.as_slice(), 64 << 10),
                limit,
            ),
            _ => return Ok(Unpacked::Whole(body)),
        }
    };
    match read {
        Drained {
            bytes, error: None, ..
        } if bytes.len() > limit => Ok(too_much(bytes, limit)),
        Drained {
            bytes, error: None, ..
        } => Ok(Unpacked::Whole(bytes)),
        Drained {
            error: Some(error), ..
        } if is_text(&body) => {
            tracing::debug!("a text that is labelled {name} is none: {error}");
            Ok(Unpacked::Whole(body))
        }
        Drained {
            bytes,
            error: Some(error),
        } => {
            let after = bytes.len();
            Err(format!("{name} breaks off after {after} bytes: {error}"))
        }
    }
}

/// What came of reading to the end, to the limit or to an error.
struct Drained {
    bytes: Vec<u8>,
    error: Option<io::Error>,
}

fn drain(reader: impl Read, limit: usize) -> Drained {
    let mut bytes = Vec::new();
    let most = (limit + BEYOND) as u64;
    let error = reader.take(most).read_to_end(&mut bytes).err();
    // What is over the limit is so whatever comes after.
    let error = error.filter(|_| bytes.len() <= limit);
    Drained { bytes, error }
}

/// All members of a gzip file. What follows the last one is no part of it.
fn gunzip(body: &[u8], limit: usize) -> Drained {
    let mut rest = body;
    let mut all = Drained {
        bytes: Vec::new(),
        error: None,
    };
    while rest.starts_with(GZIP) && all.bytes.len() <= limit {
        let mut member = GzDecoder::new(rest);
        let left = limit - all.bytes.len();
        let Drained { mut bytes, error } = drain(&mut member, left);
        all.bytes.append(&mut bytes);
        if error.is_some() {
            all.error = error;
            break;
        }
        rest = member.into_inner();
    }
    all
}

/// Deflate with its wrapper or without. Not by way of a reader of flate2's, which takes the end of what
/// was sent for the end of what was packed.
fn inflate(body: &[u8], limit: usize) -> Drained {
    let mut machine = Decompress::new(is_zlib(body));
    let mut bytes = Vec::new();
    let error = loop {
        if bytes.len() > limit {
            bytes.truncate(limit + BEYOND);
            break None;
        }
        bytes.reserve(BEYOND);
        let before = (machine.total_in(), machine.total_out());
        let rest = &body[before.0 as usize..];
        match machine.decompress_vec(rest, &mut bytes, FlushDecompress::None) {
            Ok(Status::StreamEnd) => break None,
            Ok(_) if (machine.total_in(), machine.total_out()) != before => {}
            Ok(_) => break Some(io::ErrorKind::UnexpectedEof.into()),
            Err(error) => break Some(error.into()),
        }
    };
    Drained { bytes, error }
}

fn unzstd(body: &[u8], limit: usize) -> Drained {
    let reader = zstd::stream::read::Decoder::with_buffer(body).and_then(|mut reader| {
        reader.window_log_max(ZSTD_WINDOW)?;
        Ok(reader)
    });
    match reader {
        Ok(reader) => drain(reader, limit),
        Err(error) => Drained {
            bytes: Vec::new(),
            error: Some(error),
        },
    }
}

/// Whether deflate comes in its wrapper (RFC 1950).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..]
        if first & 15 == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31))
}

/// Whether a body begins as markup or JSON does, which nothing packed does.
fn is_text(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let first = body.trim_ascii_start().first();
    matches!(first, None | Some(b'<' | b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;
    use std::io::Write as _;

    const PAGE: &[u8] = b"<!doctype html><p>The ferry is late, the ferry is late.";

    /// [`PAGE`] in brotli.
    const BROTLI: &str = "GzYA+C0O7GZuJ+hSXLdw/UEN4iKXp9Hg5uiUWVrxUJVPWSsijDIKSQxEaMkcJdbsSuQh";

    fn brotli() -> Vec<u8> {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD.decode(BROTLI);
        bytes.expect("base64")
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("into memory");
        encoder.finish().expect("into memory")
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("into memory");
        encoder.finish().expect("into memory")
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("into memory");
        encoder.finish().expect("into memory")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).expect("into memory")
    }

    #[track_caller]
    fn check(named: &str, body: Vec<u8>) {
        let unpacked = unpack(named, body, 1_000);
        assert_eq!(unpacked, Ok(Unpacked::Whole(PAGE.to_vec())), "{named:?}");
    }

    #[track_caller]
    fn check_broken(named: &str, body: Vec<u8>) {
        let error = unpack(named, body, 1_000).expect_err("it is broken");
        assert!(!error.is_empty(), "{named}");
    }

    #[test]
    fn codings_as_they_should_be() {
        check("", PAGE.to_vec());
        check("identity", PAGE.to_vec());
        check("gzip", gzip(PAGE));
        check("x-gzip", gzip(PAGE));
        check("GZIP", gzip(PAGE));
        check("deflate", zlib(PAGE));
        check("zstd", zstd(PAGE));
        check("br", brotli());
        check("br, gzip", gzip(&brotli()));
        check("gzip, zstd", zstd(&gzip(PAGE)));
        check("deflate, gzip", gzip(&zlib(PAGE)));
        let (one, two) = PAGE.split_at(20);
        check("gzip", [gzip(one), gzip(two)].concat());
    }

    #[test]
    fn codings_as_they_are() {
        // Twice under one label, or under none.
        check("gzip", gzip(&gzip(PAGE)));
        check("gzip, gzip", gzip(&gzip(PAGE)));
        check("", gzip(PAGE));
        check("gzip, gzip", gzip(PAGE));
        // Under another label.
        check("gzip", PAGE.to_vec());
        check("br", PAGE.to_vec());
        check("zstd", PAGE.to_vec());
        check("deflate", PAGE.to_vec());
        check("br", gzip(PAGE));
        check("gzip", zstd(PAGE));
        check("utf-8", PAGE.to_vec());
        check("none", PAGE.to_vec());
        // Without its wrapper, and with something after it.
        check("deflate", deflate(PAGE));
        check("gzip", [gzip(PAGE), vec![0; 512]].concat());
        assert_eq!(
            unpack("gzip", Vec::new(), 1_000),
            Ok(Unpacked::Whole(Vec::new()))
        );
    }

    #[test]
    fn what_breaks_off_is_no_body() {
        for cut in [15, 30, 40] {
            check_broken("gzip", gzip(PAGE)[..cut].to_vec());
            check_broken("zstd", zstd(PAGE)[..cut].to_vec());
        }
        check_broken("deflate", zlib(PAGE)[..30].to_vec());
        let mut other = gzip(PAGE);
        other[20] ^= 0xff;
        check_broken("gzip", other);
        check_broken("br", brotli()[..30].to_vec());
        check_broken("br", b"\xff\xff\xff\xff no brotli".to_vec());
        check_broken("gzip, gzip, gzip, gzip, gzip", gzip(PAGE));
    }

    #[test]
    fn a_bomb_is_stopped_where_the_limit_is() {
        const MIB: usize = 1 << 20;
        let bomb = gzip(&vec![0; 64 * MIB]);
        assert!(bomb.len() < 70_000, "{}", bomb.len());
        for (limit, expected) in [(4 * MIB, 4 * MIB), (60 * MIB, RATIO * bomb.len())] {
            let Ok(Unpacked::TooMuch { limit, first }) = unpack("gzip", bomb.clone(), limit) else {
                panic!("it has a thousand times its size");
            };
            assert_eq!((limit, first.len()), (expected, expected + BEYOND));
        }
        // A bomb of bombs, and one of a window that nobody needs.
        let bombs = gzip(&bomb);
        let unpacked = unpack("gzip", bombs, MIB);
        assert!(matches!(unpacked, Ok(Unpacked::TooMuch { .. })));
        let wide = b"\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00".to_vec();
        check_broken("zstd", wide);
    }

    proptest! {
        #[test]
        fn whatever_is_labelled_ends_within_the_limit(
            named in "(gzip|br|zstd|deflate|, ){0,5}",
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(Unpacked::Whole(body)) = unpack(&named, body, 500) {
                prop_assert!(body.len() <= 500);
            }
        }
    }
}
