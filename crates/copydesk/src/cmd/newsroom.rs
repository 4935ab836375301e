//! Serve fictional or recorded outlets on loopback, for demos and tests.

use std::io::Write as _;

use newsroom::{Options, Pace, World};
use pipeline::Shutdown;

use crate::cli;
use crate::process::hosts_of;
use crate::signals::stop_on_signals;

pub(super) fn run(args: cli::Newsroom) -> anyhow::Result<()> {
    let world = world(&args);
    let hosts = hosts_of(&world);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let newsroom = runtime.block_on(newsroom::open(Options {
        listen: args.listen,
        world,
        misbehaviour: args.misbehave,
        pace: Pace {
            per_second: args.per_second,
        },
    }))?;
    let shutdown = Shutdown::default();
    stop_on_signals(shutdown.clone())?;
    let address = newsroom.address();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "# {} articles at http://{address}, of these feeds:",
        newsroom.total()
    )?;
    for feed in newsroom.feeds() {
        writeln!(out, "#   {}", feed.url)?;
    }
    writeln!(
        out,
        "# For copydesk.toml, so that the fetcher finds them here:"
    )?;
    writeln!(out, "[fetcher]")?;
    writeln!(out, "resolve = {{ \"{hosts}\" = \"http://{address}\" }}")?;
    out.flush()?;
    drop(out);
    while !shutdown.wait(std::time::Duration::from_secs(3600)) {}
    runtime.block_on(newsroom.close());
    Ok(())
}

fn world(args: &cli::Newsroom) -> World {
    if let Some(articles) = args.scale {
        return World::Scale {
            articles,
            outlets: args.outlets,
        };
    }
    if !args.history.is_empty() {
        return World::History(args.history.clone());
    }
    match (&args.docs, &args.pages) {
        (Some(docs), _) => World::Docs(docs.clone()),
        (_, Some(pages)) => World::Pages(pages.clone()),
        (None, None) => World::Bundled,
    }
}
