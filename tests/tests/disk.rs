//! The disk: it may fill up, and it must not grow past the retention set.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use article::{Enriched, Fetched, Message};
use newsroom::{Options, Pace};
use pipeline::log::Log;
use tests::{Place, World, await_that};

const MINUTE: Duration = Duration::from_secs(60);

/// A small file system of its own, where this process may mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a folder to mount on");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(at)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(at.to_owned())),
            _ => {
                println!("skipped: a small file system cannot be mounted here (it needs root)");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_holds_the_pipeline_up_and_loses_nothing() {
    let articles = 300;
    let mut options = Options::of(newsroom::World::Scale {
        articles,
        outlets: 10,
    });
    options.pace = Pace {
        per_second: Some(30.0),
    };
    let world = World::open(options);
    let place = Place::for_world(&world, "[log]\nmin_free_mib = 4\nsegment_mib = 1");
    let Some(disk) = SmallDisk::mount(&place.data(), 64) else {
        return;
    };
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(40, MINUTE, || place.last_words());
    let ballast = disk.0.join("ballast");
    // dd stops where the disk is full, which is what it is for here.
    let filled = Command::new("dd")
        .args(["if=/dev/zero", "bs=64k"])
        .arg(format!("of={}", ballast.display()))
        .output()
        .expect("dd runs");
    assert!(!filled.status.success(), "the disk is full now");
    let status = || place.ok(&["status"]);
    await_that(
        MINUTE,
        || status().contains("the disk of"),
        || format!("{}\n{}", status(), place.last_words()),
    );
    let held = ledger.count(Enriched::TOPIC);
    assert!(held < articles as u64, "held up on the way: {held}");

    std::fs::remove_file(ballast).expect("room is made");
    ledger.await_enriched(articles as u64, MINUTE, || place.last_words());
    assert!(service.stop().success());
    ledger.assert_conserved(&world.newsroom.truth().articles);
    drop(ledger);
    drop(disk);
}

#[test]
fn the_disk_does_not_grow_past_the_retention_set() {
    let articles = 1_500;
    let world = World::open(Options::of(newsroom::World::Scale {
        articles,
        outlets: 30,
    }));
    let more = "[log]\nsegment_mib = 1\n[topics.\"articles.fetched\"]\nretention_mib = 4";
    let place = Place::for_world(&world, more);
    let service = place.start();
    let ledger = place.ledger();
    ledger.await_enriched(articles as u64, 2 * MINUTE, || place.last_words());
    let segments = place.data().join("log/segments").join(Fetched::TOPIC);
    // The segment of each partition that is being written is not dropped.
    let bound = (4 + 4) << 20;
    await_that(
        MINUTE,
        || size(&segments) <= bound,
        || format!("{} bytes of {bound}", size(&segments)),
    );
    let dropped: u64 = (0..4)
        .map(|partition| {
            ledger
                .log()
                .bounds(Fetched::TOPIC, partition)
                .expect("bounds")
                .start
        })
        .sum();
    assert!(dropped > 0, "something had to go");
    assert!(service.stop().success());
    let enriched = ledger.read::<Enriched>();
    assert_eq!(
        enriched.len(),
        articles,
        "nothing was dropped before it was read"
    );
}

fn size(folder: &Path) -> u64 {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        bytes += if path.is_dir() {
            size(&path)
        } else {
            entry.metadata().map_or(0, |file| file.len())
        };
    }
    bytes
}
