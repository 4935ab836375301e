//! Files of JSON lines, plain or gzipped.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::OpenError;

/// The bytes of a file, unpacked where its name ends in `.gz`.
pub(crate) fn reader(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    let file = BufReader::new(File::open(path)?);
    let zipped = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if zipped {
        Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    })
}

/// The whole content of a file, unpacked where its name ends in `.gz`.
pub(crate) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Every line that is not blank, with its number from 1.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, OpenError> {
    let unreadable = |source| OpenError::Read {
        path: path.to_owned(),
        source,
    };
    let mut rows = Vec::new();
    for (place, line) in reader(path).map_err(unreadable)?.lines().enumerate() {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(&line).map_err(|error| OpenError::Content {
            place: format!("{}:{}", path.display(), place + 1),
            reason: error.to_string(),
        })?;
        rows.push((place + 1, row));
    }
    Ok(rows)
}
