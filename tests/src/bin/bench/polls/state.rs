//! Hundreds of thousands of feeds: what they take in memory, what the schedule costs while none is due, and
//! how long a restart takes.

use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tests::{Place, Scrape, Service};

use crate::process::{cpu_seconds, resident_mb};

const FEEDS: usize = 200_000;
/// Far beyond any figure worth printing.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long is looked at the process while nothing is due.
const REST: Duration = Duration::from_secs(20);

/// The server keeps no connection, as hosts do that are polled four times an hour.
pub(super) fn bench(server: SocketAddr) {
    let place = Place::for_server(server, "");
    write_list(&place);
    println!("  {FEEDS} feeds of as many hosts, each polled once, by `copydesk run`:");
    let started = Instant::now();
    let service = place.start();
    await_polled(&place);
    println!(
        "    read and polled once in {:.0} s",
        started.elapsed().as_secs_f64()
    );
    tell(&service);
    assert!(service.stop().success(), "the fetcher ends well");
    let started = Instant::now();
    let service = place.start();
    await_polled(&place);
    println!("    restarted in {:.1} s", started.elapsed().as_secs_f64());
    tell(&service);
    assert!(service.stop().success(), "the fetcher ends well");
}

fn write_list(place: &Place) {
    let file = std::fs::File::create(place.file("feeds.opml")).expect("a file");
    let mut file = std::io::BufWriter::new(file);
    let mut write = |text: String| file.write_all(text.as_bytes()).expect("it is written");
    write("<opml version=\"2.0\"><head/><body>\n".into());
    for n in 0..FEEDS {
        write(format!(
            "<outline type=\"rss\" text=\"Outlet {n}\" xmlUrl=\"http://outlet{n}.example/news/feed.xml\"/>\n"
        ));
    }
    write("</body></opml>\n".into());
}

/// Waits until every feed is known, and was polled.
fn await_polled(place: &Place) {
    let started = Instant::now();
    loop {
        let scrape = Scrape::of(place.admin());
        let of = |state| {
            scrape
                .sum("copydesk_feeds", &[("state", state)])
                .unwrap_or(0.0)
        };
        if of("ok") as usize == FEEDS {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "{}", place.last_words());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn tell(service: &Service) {
    let pid = service.pid();
    let before = cpu_seconds(pid);
    std::thread::sleep(REST);
    let cpu = cpu_seconds(pid) - before;
    println!(
        "    at rest: {:.2} % of a core, {:.0} MB, {:.0} bytes a feed",
        cpu / REST.as_secs_f64() * 100.0,
        resident_mb(pid),
        resident_mb(pid) * 1_048_576.0 / FEEDS as f64
    );
}
