//! Running the binary and the scorers.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Figures by name: the path in the scorer's JSON, joined with dots.
pub(crate) type Figures = BTreeMap<String, f64>;

/// Why something could not be measured.
#[derive(Debug)]
pub(crate) struct Trouble(pub(crate) String);

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Where predictions are written.
pub(crate) struct Workplace {
    folder: TempDir,
    data: PathBuf,
}

impl Workplace {
    /// A folder for predictions of what lies in `data`.
    pub(crate) fn new(data: &Path) -> Result<Self, Trouble> {
        Ok(Self {
            folder: TempDir::with_prefix("copydesk-eval-")?,
            data: data.canonicalize()?,
        })
    }

    /// A file of the workplace.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file of the data.
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }

    /// Runs copydesk in the data's folder, its output into a file, its input from another.
    pub(crate) fn copydesk(
        &self,
        arguments: &[&OsStr],
        input: Option<&Path>,
        output: &Path,
    ) -> Result<(), Trouble> {
        let mut command = Command::new(tests::binary());
        command.args(arguments);
        self.run(command, input, output)
    }

    /// Runs a Python script in the data's folder.
    pub(crate) fn python(
        &self,
        python: &Path,
        arguments: &[&OsStr],
        output: &Path,
    ) -> Result<(), Trouble> {
        let mut command = Command::new(python);
        command.args(arguments);
        self.run(command, None, output)
    }

    fn run(
        &self,
        mut command: Command,
        input: Option<&Path>,
        output: &Path,
    ) -> Result<(), Trouble> {
        let input = match input {
            Some(file) => Stdio::from(File::open(file)?),
            None => Stdio::null(),
        };
        let status = command
            .current_dir(&self.data)
            .env_remove("COPYDESK_CONFIG")
            .stdin(input)
            .stdout(File::create(output)?)
            .status()
            .map_err(|error| Trouble(format!("{command:?} cannot be run: {error}")))?;
        if status.success() {
            return Ok(());
        }
        Err(Trouble(format!("{command:?} ended with {status}")))
    }

    /// Has copydesk detect what `flag` says in the gold's records, prints the table of the scorer, and returns it:
    /// the scorers of these sets tell their figures in no other form.
    pub(crate) fn detected(&self, flag: &str) -> Result<String, Trouble> {
        let (gold, ours) = (self.data("gold.jsonl"), self.file("ours"));
        self.copydesk(
            &["detect".as_ref(), flag.as_ref(), gold.as_ref()],
            None,
            &ours,
        )?;
        let (scorer, table) = (self.data("score.py"), self.file("table.txt"));
        self.python(
            Path::new("python3"),
            &[scorer.as_ref(), gold.as_ref(), ours.as_ref()],
            &table,
        )?;
        let table = std::fs::read_to_string(table)?;
        println!("\n-- copydesk\n{table}");
        Ok(table)
    }

    /// Scores predictions with the scorer of the data, prints its table, and returns its figures.
    pub(crate) fn score(&self, title: &str, arguments: &[&OsStr]) -> Result<Figures, Trouble> {
        let (table, figures) = (self.file("table.txt"), self.file("figures.json"));
        let scorer = self.data("score.py");
        let mut all = vec![scorer.as_os_str()];
        all.extend(arguments);
        all.extend([OsStr::new("--json"), figures.as_os_str()]);
        self.python(Path::new("python3"), &all, &table)?;
        println!("\n-- {title}\n{}", std::fs::read_to_string(table)?);
        let read: Value = serde_json::from_slice(&std::fs::read(figures)?)?;
        let mut flat = Figures::new();
        flatten("", &read, &mut flat);
        Ok(flat)
    }
}

fn flatten(path: &str, value: &Value, figures: &mut Figures) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                flatten(&path, value, figures);
            }
        }
        Value::Number(number) => {
            if let Some(number) = number.as_f64() {
                figures.insert(path.to_owned(), number);
            }
        }
        _ => {}
    }
}
