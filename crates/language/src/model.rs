//! The linear model: for each group of languages that share a script, a row of weights for each
//! n-gram that tells them apart.

use std::io::Read as _;
use std::sync::LazyLock;

use crate::grams;
use crate::script::Script;
use crate::words::Words;

/// Languages in a group, at the most.
pub const LANES: usize = 64;

/// The weights of one n-gram for each language of its group. A cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Row([i8; LANES]);

/// The languages of one script and what tells them apart.
#[derive(Debug)]
pub struct Group {
    script: Script,
    codes: Vec<String>,
    /// For each language, the first of its family, see [`family`].
    families: Vec<usize>,
    biases: Vec<f32>,
    scale: f32,
    bits: u32,
    /// For each hash's upper bits: the row in the upper 24 bits, the hash's next 8 bits below.
    slots: Vec<u32>,
    rows: Vec<Row>,
}

/// No row.
const EMPTY: u32 = u32::MAX;

/// The scripts that have a group, in the order of the file.
pub const GROUPS: [Script; 5] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Arabic,
    Script::Devanagari,
    Script::Han,
];

static MODEL: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let packed = include_bytes!("../data/model.zst");
    let bytes = zstd::decode_all(&packed[..]).expect("the model was packed by `train`");
    read(&bytes).expect("the model was written by `train`")
});

/// The group of languages that are written in `script`.
pub(crate) fn group(script: Script) -> Option<&'static Group> {
    MODEL.iter().find(|group| group.script == script)
}

/// All groups.
pub(crate) fn groups() -> &'static [Group] {
    &MODEL
}

impl Group {
    /// The script of its languages.
    pub(crate) fn script(&self) -> Script {
        self.script
    }

    /// The codes of its languages.
    pub(crate) fn codes(&self) -> &[String] {
        &self.codes
    }

    /// For each language, the place of the first one of its family.
    pub(crate) fn families(&self) -> &[usize] {
        &self.families
    }

    /// The logit of each language: the sum of the rows of all n-grams of the words in the group's
    /// script.
    pub(crate) fn weigh(&self, words: &Words) -> Vec<f32> {
        let mut hashes = Vec::with_capacity(256);
        for (word, letters) in words.iter() {
            if word.script == self.script {
                of(self.script, letters, |hash| hashes.push(hash));
            }
        }
        // Looked up all together: the waits for memory overlap.
        hashes.retain_mut(|hash| {
            let row = self.row(*hash);
            *hash = row.unwrap_or_default();
            row.is_some()
        });
        let sums = self.sum(&hashes);
        let scale = self.scale * softness(hashes.len());
        let logits = self.biases.iter().zip(sums);
        logits
            .map(|(bias, sum)| bias + sum as f32 * scale)
            .collect()
    }

    fn sum(&self, rows: &[u32]) -> [i32; LANES] {
        let mut sums = [0_i32; LANES];
        for eight in rows.chunks(8) {
            // Eight weights of at most 15 fit into eight bits.
            let mut sum = [0_i8; LANES];
            for row in eight {
                for (sum, weight) in sum.iter_mut().zip(&self.rows[*row as usize].0) {
                    *sum = sum.wrapping_add(*weight);
                }
            }
            for (total, sum) in sums.iter_mut().zip(sum) {
                *total += i32::from(sum);
            }
        }
        sums
    }

    fn row(&self, hash: u32) -> Option<u32> {
        let slot = self.slots[(hash >> (32 - self.bits)) as usize];
        let fits = slot & 0xff == tag(hash, self.bits) && slot != EMPTY;
        fits.then_some(slot >> 8)
    }
}

/// What the sum over `known` n-grams is multiplied with: they overlap, so they are not so many
/// witnesses.
pub fn softness(known: usize) -> f32 {
    1.0 / (known.max(1) as f32).sqrt()
}

/// The eight bits of a hash that stand beside its row.
pub fn tag(hash: u32, bits: u32) -> u32 {
    (hash >> (24 - bits)) & 0xff
}

/// Calls `each` with every n-gram of a word of `script`.
pub fn of(script: Script, letters: &[char], each: impl FnMut(u32)) {
    if script == Script::Han {
        grams::of_run(letters, each);
    } else {
        grams::of_word(letters, each);
    }
}

/// Reads the unpacked model. For each group: the number of languages, of bits and of rows (u32 each),
/// the codes, eight bytes each, scale and biases (f32), the slots' bitmap, a byte for each row's tag,
/// then the weights, one language after the other. All little-endian.
fn read(mut bytes: &[u8]) -> std::io::Result<Vec<Group>> {
    let mut groups = Vec::new();
    for script in GROUPS {
        groups.push(read_group(script, &mut bytes)?);
    }
    Ok(groups)
}

fn read_group(script: Script, bytes: &mut &[u8]) -> std::io::Result<Group> {
    let languages = number(bytes)? as usize;
    let bits = number(bytes)?;
    let count = number(bytes)? as usize;
    let mut codes = Vec::new();
    for _ in 0..languages {
        let code = take(bytes, 8)?;
        codes.push(String::from_utf8_lossy(&code).trim().to_owned());
    }
    let scale = f32::from_bits(number(bytes)?);
    let mut biases = Vec::new();
    for _ in 0..languages {
        biases.push(f32::from_bits(number(bytes)?));
    }
    let bitmap = take(bytes, (1 << bits) / 8)?;
    let tags = take(bytes, count)?;
    let mut slots = vec![EMPTY; 1 << bits];
    let mut row = 0;
    for (place, slot) in slots.iter_mut().enumerate() {
        if bitmap[place / 8] >> (place % 8) & 1 == 1 {
            *slot = (row << 8) | u32::from(tags[row as usize]);
            row += 1;
        }
    }
    let mut rows = vec![Row([0; LANES]); count];
    for language in 0..languages {
        for (row, weight) in rows.iter_mut().zip(take(bytes, count)?) {
            row.0[language] = weight as i8;
        }
    }
    Ok(Group {
        script,
        families: families(&codes),
        codes,
        biases,
        scale,
        bits,
        slots,
        rows,
    })
}

/// For each language the place of the first one of its family. Members of a family are so alike that
/// a text is often in any of them: they stand together against all others before it is decided which.
fn families(codes: &[String]) -> Vec<usize> {
    let first = |code: &String| {
        let family = FAMILIES
            .iter()
            .find(|family| family.contains(&code.as_str()));
        let in_family =
            |other: &String| family.is_some_and(|family| family.contains(&other.as_str()));
        codes
            .iter()
            .position(|other| other == code || in_family(other))
    };
    codes
        .iter()
        .map(|code| first(code).unwrap_or_default())
        .collect()
}

/// Written languages that share most of their words.
const FAMILIES: [&[&str]; 2] = [&["bs", "hr", "sr"], &["nb", "nn"]];

fn number(bytes: &mut &[u8]) -> std::io::Result<u32> {
    let mut number = [0; 4];
    bytes.read_exact(&mut number)?;
    Ok(u32::from_le_bytes(number))
}

fn take(bytes: &mut &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    let mut taken = vec![0; length];
    bytes.read_exact(&mut taken)?;
    Ok(taken)
}
