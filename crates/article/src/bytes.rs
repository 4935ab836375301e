//! Bytes from the world, kept exactly as received.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The bytes of a feed or a page, never re-encoded.
///
/// In JSON they are a plain string where they are valid UTF-8, which reads well with `jq` and
/// compresses well, and `{"base64": "..."}` otherwise. Both ways back are exact.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// The bytes as they came.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is not a single byte.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// Shows the length and the beginning only: a page in a log line helps nobody.
impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let head = String::from_utf8_lossy(&self.0[..self.0.len().min(24)]);
        write!(f, "Bytes({} bytes, {head:?})", self.0.len())
    }
}

#[derive(Serialize, Deserialize)]
struct Base64 {
    base64: String,
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Base64 {
                base64: STANDARD.encode(&self.0),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Encoded(Base64),
        }
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Ok(Self(text.into_bytes())),
            Form::Encoded(encoded) => STANDARD
                .decode(encoded.base64)
                .map(Self)
                .map_err(D::Error::custom),
        }
    }
}

/// Two forms, and only they: which one stands there says whether the bytes are UTF-8.
#[cfg(test)]
impl schemars::JsonSchema for Bytes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Bytes from the world, exactly as received: a string where they are UTF-8, else an object with their base64.",
            "oneOf": [
                {
                    "type": "string",
                    "description": "The bytes are the UTF-8 of this text."
                },
                {
                    "type": "object",
                    "properties": {
                        "base64": {
                            "type": "string",
                            "description": "The bytes in base64, with padding: they are no UTF-8.",
                            "contentEncoding": "base64",
                            "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
                        }
                    },
                    "required": ["base64"]
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_string_survives_json(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let json = serde_json::to_vec(&Bytes(bytes.clone())).expect("bytes serialise");
            let back: Bytes = serde_json::from_slice(&json).expect("our own JSON reads");
            prop_assert_eq!(back.0, bytes);
        }

        #[test]
        fn text_stays_readable(text in "\\PC{0,40}") {
            let json = serde_json::to_value(Bytes(text.clone().into_bytes())).expect("bytes serialise");
            prop_assert_eq!(json, serde_json::Value::String(text));
        }
    }

    #[test]
    fn other_bytes_are_base64() {
        let json = serde_json::to_string(&Bytes(vec![0xe9, 0x74])).expect("bytes serialise");
        assert_eq!(json, r#"{"base64":"6XQ="}"#);
    }
}
