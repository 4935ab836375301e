//! The broker that the other tests stand on: it keeps its word, and leaves nothing behind.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use tests::{Broker, BrokerOptions, await_that, kafka_script};

const PATIENCE: Duration = Duration::from_secs(20);

/// What the script says of a folder, where all of its nodes answer.
fn status(folder: &Path) -> Option<String> {
    let output = kafka_script("status", folder).output().expect("bash runs");
    let words = String::from_utf8(output.stdout).expect("the script prints UTF-8");
    output.status.success().then_some(words)
}

fn accepts(address: &str) -> bool {
    let address: SocketAddr = address.parse().expect("an address");
    TcpStream::connect(address).is_ok()
}

fn is_there(pid: u32) -> bool {
    let mut asked = Command::new("kill");
    asked.args(["-0", &pid.to_string()]);
    asked.output().expect("kill runs").status.success()
}

#[track_caller]
fn await_gone(pid: u32) {
    await_that(PATIENCE, || !is_there(pid), || format!("{pid} is gone"));
}

#[test]
fn a_broker_keeps_its_address_over_a_second_start_and_over_kill_9() {
    let Some(broker) = Broker::start(&BrokerOptions::default()) else {
        return;
    };
    let (address, first) = (broker.bootstrap(), broker.pid(1));
    assert!(accepts(&address));
    let words = status(broker.folder()).expect("it answers");
    assert!(words.contains(&format!("pid {first}, {address}, knows 1 of 1")));

    let again = kafka_script("start", broker.folder()).output();
    assert!(again.expect("bash runs").status.success());
    assert_eq!(broker.pid(1), first, "what runs is left as it is");

    broker.kill(1);
    assert!(!accepts(&address));
    assert_eq!(status(broker.folder()), None);
    await_gone(first);
    broker.restart(1);
    assert_eq!(broker.bootstrap(), address);
    assert_ne!(broker.pid(1), first);
    assert!(status(broker.folder()).is_some());

    let (folder, last) = (broker.folder().to_owned(), broker.pid(1));
    let stop = || kafka_script("stop", &folder).output().expect("bash runs");
    assert!(stop().status.success());
    assert!(folder.join("node-1/data/.kafka_cleanshutdown").exists());
    await_gone(last);
    assert!(stop().status.success(), "a stop where nothing runs is fine");
    drop(broker);
    assert!(!folder.exists());
}

#[test]
fn three_nodes_speak_on_every_listener() {
    // Nothing stands on these ports: they are only advertised.
    let options = BrokerOptions {
        three_nodes: true,
        proxy_ports: vec![19_001, 19_002, 19_003],
        sasl: true,
        tls: true,
    };
    let Some(broker) = Broker::start(&options) else {
        return;
    };
    let words = status(broker.folder()).expect("all answer");
    assert_eq!(words.matches("knows 3 of 3").count(), 3, "{words}");
    let proxied: Vec<String> = broker.proxied().iter().map(SocketAddr::to_string).collect();
    let lists = [
        broker.bootstrap(),
        proxied.join(","),
        broker.sasl(),
        broker.tls(),
        broker.sasl_tls(),
    ];
    let mut all: Vec<&str> = lists.iter().flat_map(|list| list.split(',')).collect();
    for address in &all {
        assert!(accepts(address), "{address}");
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 15, "each node has a port for each listener");
    let authority = std::fs::read_to_string(broker.ca_pem()).expect("the authority is written");
    assert!(authority.starts_with("-----BEGIN CERTIFICATE-----"));

    broker.kill(2);
    assert_eq!(status(broker.folder()), None);
    let address = broker.bootstrap();
    let first = address.split(',').next().expect("three addresses");
    assert!(accepts(first), "the others go on");
    broker.restart(2);
    assert!(status(broker.folder()).is_some());
}

/// A process that owns a broker. Killed where a test forgets it.
struct Owner(Child);

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_broker_does_not_outlive_a_killed_owner() {
    // Only to learn whether there is a Kafka to be had.
    if Broker::shared().is_none() {
        return;
    }
    let parent = tempfile::tempdir().expect("a temporary folder");
    let folder = parent.path().join("broker");
    let sleep = Command::new("sleep").arg("600").spawn();
    let owner = Owner(sleep.expect("sleep runs"));
    let started = kafka_script("start", &folder)
        .env("KAFKA_OWNER_PID", owner.0.id().to_string())
        .output()
        .expect("bash runs");
    assert!(started.status.success());
    let pid = std::fs::read_to_string(folder.join("node-1/pid")).expect("it has a pid");
    let pid: u32 = pid.trim().parse().expect("a number");
    assert!(is_there(pid));
    drop(owner);
    await_gone(pid);
    await_that(
        PATIENCE,
        || !folder.exists(),
        || "the folder goes".to_owned(),
    );
}

#[test]
fn a_panic_ends_the_broker_and_keeps_its_log() {
    let test = std::thread::spawn(|| {
        if let Some(broker) = Broker::start(&BrokerOptions::default()) {
            let seen = (broker.pid(1), broker.folder().to_owned());
            std::panic::resume_unwind(Box::new(seen));
        }
    });
    // No panic means that Kafka is skipped, and that this has been said.
    let Err(seen) = test.join() else { return };
    let (pid, folder) = *seen
        .downcast::<(u32, PathBuf)>()
        .expect("what the thread saw");
    await_gone(pid);
    let log = std::fs::read_to_string(folder.join("node-1/broker.log")).expect("the log is kept");
    std::fs::remove_dir_all(folder).expect("the folder goes");
    assert!(log.contains("Kafka Server started"));
}

#[track_caller]
fn check_refused(setting: &str, value: &str, words: &str) {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let refused = kafka_script("start", &parent.path().join("broker"))
        .env(setting, value)
        .output()
        .expect("bash runs");
    assert_eq!(refused.status.code(), Some(64));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(
        said.trim_end(),
        format!("kafka.sh: {setting} is '{value}': {words}")
    );
}

#[test]
fn wrong_settings_are_refused_in_one_line() {
    // Only to learn whether there is a Kafka to be had.
    if Broker::shared().is_none() {
        return;
    }
    check_refused("KAFKA_NODES", "2", "it is 1 or 3");
    check_refused("KAFKA_SECURITY", "ssh", "it is sasl, tls or sasl,tls");
    check_refused(
        "KAFKA_PROXY_PORTS",
        "1,2",
        "it is a port for each node, here 1",
    );
    check_refused("KAFKA_OWNER_PID", "4194305", "no such process");
}
