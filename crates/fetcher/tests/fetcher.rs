//! The fetcher over the embedded log and outlets on loopback, and over recorded feeds.

#[path = "fetcher/access.rs"]
mod access;
#[path = "fetcher/flow.rs"]
mod flow;
#[path = "fetcher/generations.rs"]
mod generations;
#[path = "fetcher/history.rs"]
mod history;
#[path = "fetcher/pages.rs"]
mod pages;
#[path = "fetcher/politeness.rs"]
mod politeness;
#[path = "fetcher/suites.rs"]
mod suites;
#[path = "fetcher/throughput.rs"]
mod throughput;
#[path = "fetcher/visits.rs"]
mod visits;
#[path = "fetcher/websub.rs"]
mod websub;
#[path = "fetcher/world.rs"]
mod world;
