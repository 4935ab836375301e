//! A signature in one block of memory.

use std::borrow::Cow;

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::sign::Signature;

/// How a signature's bytes are laid out, which is the first of them. What earlier versions wrote begins with
/// 0x97.
const LAYOUT: u8 = 2;

/// A signature as it is kept, in one block: a million articles of a dozen parts each would take more for the
/// parts' places than for the parts. An opened one lies in the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Hash of the outlet's name, which is asked for far more often than the rest.
    pub outlet: u64,
    /// Hash of the body, number of words, and what is packed.
    bytes: Box<[u8]>,
}

impl Sealed {
    pub(crate) fn of(signature: &Signature<'_>) -> Self {
        let (body, words) = (signature.body.to_le_bytes(), signature.words.to_le_bytes());
        Self {
            outlet: signature.outlet,
            bytes: [&body, words.as_slice(), &signature.packed].concat().into(),
        }
    }

    pub(crate) fn open(&self) -> Signature<'_> {
        let opened = opened(self.outlet, &self.bytes);
        opened.expect("it was read once, or sealed here")
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let [layout, rest @ ..] = bytes else {
            return Err("a signature of no bytes; replay into a new generation".to_owned());
        };
        if *layout != LAYOUT {
            return Err(format!(
                "a signature of layout {layout}, and this version reads layout {LAYOUT}; replay into a new generation"
            ));
        }
        let parts = rest.split_first_chunk::<8>();
        let parts = parts.map(|(outlet, rest)| (u64::from_le_bytes(*outlet), rest));
        match parts {
            Some((outlet, rest))
                if opened(outlet, rest).is_some_and(|signature| signature.is_whole()) =>
            {
                Ok(Self {
                    outlet,
                    bytes: rest.into(),
                })
            }
            _ => Err(format!("a torn signature of {} bytes", bytes.len())),
        }
    }
}

fn opened(outlet: u64, bytes: &[u8]) -> Option<Signature<'_>> {
    let (body, rest) = bytes.split_first_chunk::<8>()?;
    let (words, packed) = rest.split_first_chunk::<4>()?;
    Some(Signature {
        outlet,
        body: u64::from_le_bytes(*body),
        words: u32::from_le_bytes(*words),
        packed: Cow::Borrowed(packed),
    })
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let outlet = self.outlet.to_le_bytes();
        serializer.serialize_bytes(&[[LAYOUT].as_slice(), &outlet, &self.bytes].concat())
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Sealed;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a signature's bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Sealed, E> {
                // Read here, so that what does not open is told of by the state that holds it.
                Sealed::read(bytes).map_err(E::custom)
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
