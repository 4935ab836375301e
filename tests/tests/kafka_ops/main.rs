//! What an operator does and sees on a real Apache Kafka: every command as on the local log, foreign
//! tools that read and write the topics, and what does not fit and is refused.

mod commands;
mod disk;
mod frozen;
mod kcat;
mod offsets;
mod poison;
mod reach;
mod said;
mod stranger;
mod topics;

use std::time::Duration;

use newsroom::{Options, Pace};
use tests::World;

/// How long anything may take that comes by itself.
const MINUTE: Duration = Duration::from_secs(60);

/// A newsroom of so many generated articles; at no pace they are there from the start.
fn generated(articles: usize, per_second: Option<f64>) -> World {
    let mut options = Options::of(newsroom::World::Scale {
        articles,
        // Few enough an outlet that no article slides out of its feed while nobody reads it.
        outlets: (articles / 30).max(10),
    });
    options.pace = Pace { per_second };
    World::open(options)
}
