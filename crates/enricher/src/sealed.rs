//! A signature in one block of memory.

use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::sign::Signature;

/// A signature as it is kept, in one block: a million articles of a dozen parts each would take more for the
/// parts' places than for the parts. An opened one lies in the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Hash of the outlet's name, which is asked for far more often than the rest.
    pub outlet: u64,
    bytes: Box<[u8]>,
}

impl Sealed {
    pub(crate) fn of(signature: &Signature<'_>) -> Self {
        // MessagePack writes every type that a signature has.
        let bytes = rmp_serde::to_vec(signature).expect("a signature serialises");
        Self {
            outlet: signature.outlet,
            bytes: bytes.into(),
        }
    }

    pub(crate) fn open(&self) -> Signature<'_> {
        rmp_serde::from_slice(&self.bytes).expect("it was read once, or sealed here")
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.bytes)
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
                let signature: Signature<'_> = rmp_serde::from_slice(bytes).map_err(E::custom)?;
                Ok(Sealed {
                    outlet: signature.outlet,
                    bytes: bytes.into(),
                })
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
