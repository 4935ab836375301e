//! Frames of Kafka's protocol: a length of four bytes, then as many bytes.

use tokio::io::{AsyncRead, AsyncReadExt};

use super::rules::ApiKey;

/// No frame is longer: brokers and clients take at most 100 MiB by default. What claims to be longer
/// is not this protocol; a TLS greeting, for one, reads as 352 MiB.
const LONGEST: usize = 128 << 20;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// A whole frame, its length included.
pub(super) struct Frame(Vec<u8>);

/// What the head of a request tells.
#[derive(Clone, Copy)]
pub(super) struct Request {
    pub(super) api: ApiKey,
    pub(super) correlation: i32,
}

impl Frame {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The head of this frame as a request; `None` where it is too short to have one.
    pub(super) fn request(&self) -> Option<Request> {
        Some(Request {
            api: ApiKey(i16::from_be_bytes(self.at(4)?)),
            correlation: i32::from_be_bytes(self.at(8)?),
        })
    }

    /// Which request this frame answers; `None` where it is too short to tell.
    pub(super) fn answers(&self) -> Option<i32> {
        Some(i32::from_be_bytes(self.at(4)?))
    }

    fn at<const N: usize>(&self, from: usize) -> Option<[u8; N]> {
        self.0.get(from..from + N)?.try_into().ok()
    }
}

/// Why there are no more frames.
pub(super) enum Stop {
    /// The other side closed, or broke off within a frame.
    Closed,
    /// What comes is not this protocol.
    Unreadable,
}

/// Reads frames one after the other.
pub(super) struct Frames<R> {
    source: R,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub(super) fn of(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
        }
    }

    /// The next whole frame. May be cancelled at any time without losing a byte: what came so far is
    /// in the buffer.
    pub(super) async fn next(&mut self) -> Result<Frame, Stop> {
        loop {
            let whole = self.whole()?;
            if let Some(whole) = whole.filter(|&whole| whole <= self.buffer.len()) {
                let rest = self.buffer.split_off(whole);
                return Ok(Frame(std::mem::replace(&mut self.buffer, rest)));
            }
            self.buffer.reserve(CHUNK);
            match self.source.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return Err(Stop::Closed),
                Ok(_) => {}
            }
        }
    }

    /// How long the frame at the front is, its length included, once that is known.
    fn whole(&self) -> Result<Option<usize>, Stop> {
        let Some(&length) = self.buffer.first_chunk::<4>() else {
            return Ok(None);
        };
        match usize::try_from(i32::from_be_bytes(length)) {
            Ok(length) if length <= LONGEST => Ok(Some(4 + length)),
            _ => Err(Stop::Unreadable),
        }
    }
}
