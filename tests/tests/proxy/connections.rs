//! Connections that come before the broker, end by halves, are not Kafka's, or outlive the proxy.

use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use tests::{ApiKey, Fault, Proxy, Rule, await_that};

use crate::wire::{Broker, Client, PATIENCE, SILENCE, Seen};
use crate::{LONG_DELAY, between};

#[test]
fn a_client_that_closes_only_its_half_still_gets_its_answers() {
    let (_broker, proxy) = between(1);
    let mut client = Client::of(proxy.address());
    let body = vec![7; 24 << 20];
    client.send(ApiKey::FETCH, 1, &body);
    client.0.shutdown(Shutdown::Write).expect("still open");
    thread::sleep(SILENCE);
    assert!(client.receive() == Seen::Answer(1, body), "every byte");
    assert_eq!(client.receive(), Seen::Closed);
}

#[test]
fn without_a_broker_connections_are_closed_and_with_one_they_work() {
    let place = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let upstream = place.local_addr().expect("an address");
    drop(place);
    let port = Proxy::bind();
    let advertised = port.address();
    let mut early = Client::of(advertised);
    let proxy = port.serve(upstream, 1);
    assert_eq!(proxy.address(), advertised);
    assert_eq!(early.receive(), Seen::Closed);
    assert_eq!(Client::of(advertised).receive(), Seen::Closed);
    assert_eq!(proxy.counts().get(&(-1, "refused")), Some(&2));
    let broker = Broker::on(TcpListener::bind(upstream).expect("the port is still free"));
    Client::of(advertised).ask(ApiKey::HEARTBEAT, 1);
    assert_eq!(broker.order(), [1]);
}

/// Sends bytes and then nothing more; the proxy must close, and serve others as before.
#[track_caller]
fn check_hostile(bytes: &[u8], unreadable: u64) {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(ApiKey::PRODUCE, Fault::Slice(1)));
    let mut client = Client::of(proxy.address());
    client.0.write_all(bytes).expect("the proxy takes bytes");
    if unreadable == 0 {
        client.0.shutdown(Shutdown::Write).expect("still open");
    }
    assert_eq!(client.receive(), Seen::Closed, "{bytes:?}");
    Client::of(proxy.address()).ask(ApiKey::PRODUCE, 1);
    assert_eq!(broker.order(), [1], "{bytes:?}: nothing of it came through");
    let counted = proxy.counts().get(&(-1, "unreadable")).copied();
    assert_eq!(counted.unwrap_or(0), unreadable, "{bytes:?}");
}

#[test]
fn what_is_not_kafka_ends_its_own_connection_only() {
    check_hostile(b"", 0);
    check_hostile(&[0, 0], 0);
    check_hostile(&[0, 0, 0, 20, 0, 26], 0);
    check_hostile(&[0, 0, 0, 20, 0, 26, 0, 3, 0, 0, 0, 1, 9], 0);
    check_hostile(&[0xff; 64], 1);
    check_hostile(&[0x7f, 0xff, 0xff, 0xff, 0, 26], 1);
    // A whole frame that is too short for a request.
    check_hostile(&[0, 0, 0, 6, 0, 26, 0, 3, 0, 0], 1);
    // The greeting of TLS.
    check_hostile(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc], 1);
}

#[test]
fn a_dropped_proxy_leaves_nothing_behind() {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(ApiKey::END_TXN, Fault::DelayPast(LONG_DELAY)));
    proxy.rule(Rule::always(
        ApiKey::PRODUCE,
        Fault::DelayRequest(LONG_DELAY),
    ));
    let address = proxy.address();
    let mut idle = Client::of(address);
    idle.ask(ApiKey::HEARTBEAT, 1);
    let mut held = Client::of(address);
    held.send(ApiKey::END_TXN, 2, b"commit");
    let mut delayed = Client::of(address);
    delayed.send(ApiKey::PRODUCE, 3, b"records");
    await_that(
        PATIENCE,
        || proxy.count(ApiKey::END_TXN, "seen") + proxy.count(ApiKey::PRODUCE, "seen") == 2,
        || proxy.script(),
    );
    let dropped = Instant::now();
    drop(proxy);
    assert!(
        dropped.elapsed() < LONG_DELAY,
        "nobody waits for what is held"
    );
    for mut client in [idle, held, delayed] {
        assert_eq!(client.receive(), Seen::Closed);
    }
    assert!(TcpStream::connect(address).is_err(), "the port is free");
    thread::sleep(LONG_DELAY + SILENCE);
    assert_eq!(broker.order(), [1]);
    assert_eq!(broker.received()[0].api, ApiKey::HEARTBEAT);
}
