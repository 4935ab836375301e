//! The fetcher over the embedded log and outlets on loopback, and over recorded feeds.

#[path = "fetcher/flow.rs"]
mod flow;
#[path = "fetcher/generations.rs"]
mod generations;
#[path = "fetcher/history.rs"]
mod history;
#[path = "fetcher/politeness.rs"]
mod politeness;
#[path = "fetcher/suites.rs"]
mod suites;
#[path = "fetcher/throughput.rs"]
mod throughput;
#[path = "fetcher/world.rs"]
mod world;
