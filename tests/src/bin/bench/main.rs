//! `make bench`: what this machine does, printed in one run. Aims stand beside the figures.

mod flow;
mod log;
mod process;

fn main() {
    println!("copydesk bench: {} cores, release build\n", cores());
    let only = std::env::args().nth(1);
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("log") {
        log::bench();
    }
    if wanted("throughput") {
        flow::throughput();
    }
    if wanted("latency") {
        flow::latency();
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}
