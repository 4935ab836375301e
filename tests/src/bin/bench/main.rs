//! `make bench`: what this machine does, printed in one run. Aims stand beside the figures.
//!
//! `bench PART` runs one part alone. `export`, `diff` and `enricher` take a count of articles too:
//! `bench diff 2000`.

mod clean;
mod diff;
mod enricher;
mod export;
mod feeds;
mod flow;
mod kafka;
mod language;
mod log;
mod polls;
mod process;
mod signals;
mod telemetry;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [part, alone, list] = arguments.as_slice()
        && (part.as_str(), alone.as_str()) == ("clean", "pages")
    {
        return clean::pages(list.as_ref());
    }
    if arguments == ["polls", "serve"] {
        return polls::serve();
    }
    println!("copydesk bench: {} cores, release build\n", cores());
    let only = std::env::args().nth(1);
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("log") {
        log::bench();
    }
    if wanted("throughput") {
        flow::throughput(None);
    }
    if wanted("latency") {
        flow::latency(None);
    }
    let articles = std::env::args().nth(2).map_or(export::ARTICLES, |count| {
        count.parse().expect("the second argument counts articles")
    });
    if wanted("export") {
        export::bench(articles);
    }
    if wanted("diff") {
        diff::bench(articles);
    }
    if wanted("feeds") {
        feeds::bench();
    }
    if wanted("polls") {
        polls::bench();
    }
    if wanted("telemetry") {
        telemetry::bench();
    }
    if wanted("clean") {
        clean::bench();
    }
    if wanted("language") {
        language::bench();
    }
    if wanted("enricher") {
        let articles = std::env::args().nth(2).filter(|_| only.is_some());
        enricher::bench(articles.and_then(|count| count.parse().ok()));
    }
    if wanted("signals") {
        signals::bench();
    }
    if wanted("kafka") {
        on_kafka();
    }
}

/// One broker a part, so that none carries what another left.
fn on_kafka() {
    let start = || tests::Broker::start(&tests::BrokerOptions::default());
    if let Some(broker) = start() {
        kafka::bench(&broker);
    }
    if let Some(broker) = start() {
        flow::throughput(Some(&broker));
    }
    if let Some(broker) = start() {
        flow::latency(Some(&broker));
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}
