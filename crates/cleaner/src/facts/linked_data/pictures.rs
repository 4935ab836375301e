//! The pictures of an article, by its JSON-LD.

use article::Image;
use serde_json::Value;

use super::{MAX_ITEMS, Reader, text};

/// How long an address may be as written, in bytes; longer ones are left out.
const MAX_ADDRESS: usize = 4096;

impl<'a> Reader<'a> {
    /// The addresses of pictures, given as strings, objects or references.
    pub(super) fn addresses(&mut self, field: Option<&'a Value>) -> Vec<String> {
        let mut found = Vec::new();
        for value in self.values(field) {
            let address = match value {
                Value::Object(fields) => {
                    let own = self.referred(value).unwrap_or(value);
                    let keys = ["url", "contentUrl"];
                    keys.iter()
                        .find_map(|key| fields.get(*key).or_else(|| own.get(*key)))
                        .and_then(Value::as_str)
                }
                value => value.as_str(),
            };
            let address = address.map(str::trim).unwrap_or_default();
            if !address.is_empty() && address.len() <= MAX_ADDRESS {
                found.push(address.to_owned());
            }
            if found.len() >= MAX_ITEMS {
                break;
            }
        }
        found
    }
}

/// What the data say of their pictures.
pub(super) fn captions(field: Option<&Value>) -> Vec<Image> {
    let items = match field {
        Some(Value::Array(items)) => items.as_slice(),
        Some(item) => std::slice::from_ref(item),
        None => &[],
    };
    let said = items.iter().take(MAX_ITEMS).filter_map(|item| {
        let address = item.get("url").or_else(|| item.get("contentUrl"))?;
        let address = address.as_str().map(str::trim)?;
        if address.len() > MAX_ADDRESS {
            return None;
        }
        let one = |keys: &[&str]| keys.iter().find_map(|key| text(item.get(*key)));
        Some(Image {
            url: address.to_owned(),
            caption: one(&["caption", "description"]),
            credit: one(&[
                "creditText",
                "credit",
                "creator",
                "author",
                "copyrightHolder",
            ]),
        })
    });
    said.collect()
}
