//! Run one service in this process, on Apache Kafka.

use std::io::Write as _;
use std::path::PathBuf;

use pipeline::Shutdown;
use pipeline::log::Log;

use crate::config::{Config, Loaded};
use crate::process::{Options, Process};
use crate::service::{Post, Service};
use crate::signals::stop_on_signals;
use crate::storage::{self, Job};

pub(super) fn run(loaded: &Loaded, service: Service, opml: &[PathBuf]) -> anyhow::Result<()> {
    let config = &loaded.config;
    if !config.kafka.is_set() {
        let allowed = format!(
            "it must name a broker for `copydesk {}`, because one process alone runs the log in {}: \
             `copydesk run` does, with all services",
            service.name(),
            config.data_dir.display()
        );
        return Err(loaded
            .wrong_here(&["kafka", "bootstrap_servers"], allowed)
            .into());
    }
    // First: whoever is asked to stop while it begins ends well, too.
    let shutdown = Shutdown::default();
    stop_on_signals(shutdown.clone())?;
    let mut feeds = Vec::new();
    for file in opml {
        feeds.extend(super::feeds::read_opml(file, crate::opml::Scope::Facts)?);
    }
    let post = Post::among(config, service)?;
    storage::runner(config, post.instance())?.run(Alone {
        config,
        post,
        options: Options {
            feeds,
            newsroom: None,
        },
        shutdown,
    })
}

struct Alone<'a> {
    config: &'a Config,
    post: Post,
    options: Options,
    shutdown: Shutdown,
}

impl Job for Alone<'_> {
    type Output = ();

    fn on<L: Log>(self, log: L) -> anyhow::Result<()> {
        let process = Process::start(log, self.post, self.config, self.options, &self.shutdown)?;
        let post = process.post();
        // Its terminal may have gone away: that ends no service.
        let mut err = std::io::stderr().lock();
        let _ = writeln!(
            err,
            "copydesk {} runs the {} {}, as {}",
            env!("CARGO_PKG_VERSION"),
            post.service().name(),
            storage::place(self.config),
            post.instance().unwrap_or_default()
        );
        let _ = writeln!(
            err,
            "  status     copydesk status {}, or http://{}/status",
            storage::flags(self.config),
            process.admin()
        );
        drop(err);
        process.wait()
    }
}
