//! What an admin port tells Prometheus, read as strictly as the format is written down: text format
//! 0.0.4.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What one scrape brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scrape {
    /// Every metric by its name.
    pub families: BTreeMap<String, Family>,
}

/// One metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// Its help.
    pub help: String,
    /// Its kind: counter, gauge or histogram.
    pub kind: String,
    /// Its values, in their order.
    pub samples: Vec<Sample>,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The metric's name; of a histogram with what the value is of it.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

impl Scrape {
    /// Asks an admin port.
    ///
    /// # Panics
    /// Where it does not answer, or what it says is not of the format.
    #[track_caller]
    pub fn of(address: SocketAddr) -> Self {
        let (head, body) = ask(address, "/metrics").expect("the admin port answers");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let kind = "content-type: text/plain; version=0.0.4";
        assert!(head.to_lowercase().contains(kind), "{head}");
        Self::parse(&body).unwrap_or_else(|why| panic!("{why}\n{body}"))
    }

    /// Reads the text format.
    ///
    /// # Errors
    /// The first line that is not of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut scrape = Self::default();
        let mut current = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let told = if let Some(help) = line.strip_prefix("# HELP ") {
                scrape.begin(help, &mut current)
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                scrape.take_kind(kind, &current)
            } else {
                scrape.take_sample(line, &current)
            };
            told.map_err(|why| format!("{why}: {line}"))?;
        }
        for (name, family) in &scrape.families {
            family.check().map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(scrape)
    }

    fn begin(&mut self, line: &str, current: &mut String) -> Result<(), String> {
        let (name, help) = line.split_once(' ').ok_or("a metric without help")?;
        check_name(name)?;
        let family = Family {
            help: help.to_owned(),
            ..Family::default()
        };
        if self.families.insert(name.to_owned(), family).is_some() {
            return Err("a metric told twice".to_owned());
        }
        name.clone_into(current);
        Ok(())
    }

    fn take_kind(&mut self, line: &str, current: &str) -> Result<(), String> {
        let (name, kind) = line.split_once(' ').ok_or("a type without a name")?;
        let family = self.families.get_mut(current);
        let family = family
            .filter(|family| name == current && family.kind.is_empty())
            .ok_or("a type that does not follow its help")?;
        if !["counter", "gauge", "histogram"].contains(&kind) {
            return Err("a type that nobody asked for".to_owned());
        }
        kind.clone_into(&mut family.kind);
        Ok(())
    }

    fn take_sample(&mut self, line: &str, current: &str) -> Result<(), String> {
        let sample = Sample::parse(line)?;
        let family = self
            .families
            .get_mut(current)
            .filter(|family| !family.kind.is_empty())
            .ok_or("a value before its type")?;
        let suffix = sample.name.strip_prefix(current);
        let fits = match family.kind.as_str() {
            "histogram" => matches!(suffix, Some("_bucket" | "_sum" | "_count")),
            _ => suffix == Some(""),
        };
        if !fits {
            return Err(format!("a value that is not of {current}"));
        }
        family.samples.push(sample);
        Ok(())
    }

    /// The sum of a metric's values whose labels are among others these; `None` where there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let values = self.values(name, labels);
        (!values.is_empty()).then(|| values.iter().sum())
    }

    /// The values of that name whose labels are among others these.
    pub fn values(&self, name: &str, labels: &[(&str, &str)]) -> Vec<f64> {
        let has = |sample: &Sample| {
            let mut labels = labels.iter();
            labels.all(|(label, value)| sample.labels.get(*label).is_some_and(|is| is == value))
        };
        let samples = self.families.values().flat_map(|family| &family.samples);
        let named = samples.filter(|sample| sample.name == name && has(sample));
        named.map(|sample| sample.value).collect()
    }
}

impl Family {
    /// The names of its labels, the bound of a bucket apart.
    pub fn labels(&self) -> BTreeSet<&str> {
        let labels = self.samples.iter().flat_map(|sample| sample.labels.keys());
        labels
            .map(String::as_str)
            .filter(|label| self.kind != "histogram" || *label != "le")
            .collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.kind.is_empty() || self.samples.is_empty() {
            return Err("no type, or no value".to_owned());
        }
        let mut series = BTreeSet::new();
        for sample in &self.samples {
            if !series.insert((&sample.name, &sample.labels)) {
                return Err(format!("told twice: {sample:?}"));
            }
            if self.kind != "gauge" && (sample.value.is_nan() || sample.value < 0.0) {
                return Err(format!("below 0: {sample:?}"));
            }
        }
        if self.kind == "histogram" {
            self.check_buckets()?;
        }
        Ok(())
    }

    /// Each series has ascending buckets that hold all that those before them hold, the last of them
    /// everything.
    fn check_buckets(&self) -> Result<(), String> {
        let mut buckets: BTreeMap<BTreeMap<String, String>, Vec<(f64, f64)>> = BTreeMap::new();
        let mut counts = BTreeMap::new();
        let mut sums = 0;
        for sample in &self.samples {
            let mut labels = sample.labels.clone();
            if sample.name.ends_with("_bucket") {
                let bound = labels.remove("le").ok_or("a bucket without bound")?;
                let bound = number(&bound)?;
                buckets
                    .entry(labels)
                    .or_default()
                    .push((bound, sample.value));
            } else if sample.name.ends_with("_count") {
                counts.insert(labels, sample.value);
            } else {
                sums += 1;
            }
        }
        let all = counts.keys().eq(buckets.keys()) && sums == counts.len();
        let whole = buckets.iter().all(|(labels, buckets)| {
            let ascends = buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1);
            let last = buckets.last().copied();
            ascends && last == counts.get(labels).map(|count| (f64::INFINITY, *count))
        });
        if all && whole {
            Ok(())
        } else {
            Err(format!("not a histogram: {buckets:?} {counts:?}"))
        }
    }
}

impl Sample {
    fn parse(line: &str) -> Result<Self, String> {
        let (series, value) = line.rsplit_once(' ').ok_or("no value")?;
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => {
                let labels = labels.strip_suffix('}').ok_or("labels without end")?;
                (name, read_labels(labels)?)
            }
            None => (series, BTreeMap::new()),
        };
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            labels,
            value: number(value)?,
        })
    }
}

fn read_labels(mut text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut labels = BTreeMap::new();
    while !text.is_empty() {
        let (label, rest) = text.split_once("=\"").ok_or("a label without value")?;
        check_name(label)?;
        let mut value = String::new();
        let mut characters = rest.char_indices();
        let end = loop {
            match characters.next() {
                Some((end, '"')) => break end,
                Some((_, '\\')) => match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                    _ => return Err("an escape that is none".to_owned()),
                },
                Some((_, character)) => value.push(character),
                None => return Err("a label's value without end".to_owned()),
            }
        };
        if labels.insert(label.to_owned(), value).is_some() {
            return Err(format!("the label {label} twice"));
        }
        text = &rest[end + 1..];
        text = match text.strip_prefix(',') {
            Some("") => return Err("a comma too many".to_owned()),
            Some(more) => more,
            None if text.is_empty() => text,
            None => return Err("labels without a comma between".to_owned()),
        };
    }
    Ok(labels)
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(fits) {
        Ok(())
    } else {
        Err(format!("{name:?} is no name"))
    }
}

fn number(text: &str) -> Result<f64, String> {
    let number = match text {
        "+Inf" => Ok(f64::INFINITY),
        text => text.parse(),
    };
    number.map_err(|_| format!("{text:?} is no number"))
}

/// Asks an admin port for a path: the head of the answer and its body. `None` where it does not answer.
pub fn ask(address: SocketAddr, path: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}
