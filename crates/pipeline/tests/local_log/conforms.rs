use std::cell::RefCell;
use std::time::Duration;

use jiff::Timestamp;
use pipeline::log::conformance::{self, World};
use pipeline::log::local::{Fsync, LocalConfig, LocalLog};
use tempfile::TempDir;

/// A local log in a folder of its own.
struct Local {
    folder: TempDir,
    fsync: Fsync,
    log: RefCell<Option<LocalLog>>,
}

impl Local {
    fn new(fsync: Fsync) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            fsync,
            log: RefCell::new(None),
        }
    }
}

impl World for Local {
    type Log = LocalLog;

    fn log(&self) -> LocalLog {
        let open = || {
            let config = LocalConfig {
                fsync: self.fsync,
                ..LocalConfig::new(self.folder.path())
            };
            LocalLog::open(config).expect("the log opens")
        };
        self.log.borrow_mut().get_or_insert_with(open).clone()
    }

    fn name(&self, base: &str) -> String {
        base.to_owned()
    }

    fn restart(&mut self) {
        self.log.take();
    }

    fn pass(&self, time: Duration) -> bool {
        self.log()
            .maintain(Timestamp::now() + time)
            .expect("maintained");
        true
    }
}

#[test]
fn the_local_log_conforms() {
    conformance::all(|| Local::new(Fsync::Always));
}

#[test]
fn the_local_log_conforms_while_commits_wait_for_the_next_flush() {
    conformance::all(|| Local::new(Fsync::Every(Duration::from_millis(100))));
}
