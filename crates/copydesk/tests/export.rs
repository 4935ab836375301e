//! Topics read for use elsewhere: `export`, and what `tail` shares with it.

mod export {
    mod choosing;
    mod columns;
    mod killed;
    mod outage;
    mod ranges;
    pub(crate) mod samples;
    mod told;
}

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use copydesk::export::{Destination, Form, Outcome, Wanted, Watch, export};
use copydesk::scan::Start;
use copydesk::select::Select;
use copydesk::{Config, storage};
use pipeline::log::local::LocalLog;
use pipeline::log::{Log as _, Producer as _, ToSend};
use tempfile::TempDir;

/// A data folder with a log.
struct Desk {
    folder: TempDir,
    log: LocalLog,
}

impl Desk {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = Config {
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        let log = storage::beside_or_new(&config).expect("a new log");
        Self { folder, log }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes records in one transaction.
    fn write(&self, records: Vec<ToSend>) {
        let mut producer = self.log.producer("test").expect("a producer");
        producer.begin().expect("begun");
        for record in records {
            producer.send(record).expect("sent");
        }
        producer.commit().expect("committed");
    }

    /// Exports to a file.
    fn export(&self, wanted: &Wanted, file: &str) -> anyhow::Result<Outcome> {
        let out = Destination::file(&self.path(file))?;
        export(&self.log, wanted, out, &mut Nobody)
    }

    /// The lines of an export that leaves nothing out.
    #[track_caller]
    fn lines(&self, wanted: &Wanted) -> Vec<String> {
        let outcome = self.export(wanted, "lines").expect("exported");
        let text = std::fs::read_to_string(self.path("lines")).expect("the file");
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let expected = Outcome {
            exported: lines.len() as u64,
            ..Outcome::default()
        };
        assert_eq!(outcome, expected);
        lines
    }

    /// The binary on this folder.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
        command
            .env_clear()
            .current_dir(self.folder.path())
            .args(["--data-dir", "."])
            .args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the binary runs")
    }
}

/// Who watches nothing.
struct Nobody;

impl Watch for Nobody {
    fn begins(&mut self, _offsets: u64) {}
    fn reads(&mut self) {}
    fn misses(&mut self, _place: &str, _why: &str) {}
}

/// All of a topic.
fn all_of(topic: &str, form: Form) -> Wanted {
    Wanted {
        topic: topic.to_owned(),
        from: Start::Beginning,
        to: Start::End,
        form,
        envelope: false,
        select: Select::default(),
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    let names = entries.map(|entry| {
        let entry = entry.expect("an entry");
        entry.file_name().to_string_lossy().into_owned()
    });
    names.collect()
}
