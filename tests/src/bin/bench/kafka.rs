//! Apache Kafka, one broker on this machine: what a transaction costs, step by step.

use std::time::{Duration, Instant};

use pipeline::Waker;
use pipeline::headers::Headers;
use pipeline::log::kafka::{KafkaConfig, KafkaLog};
use pipeline::log::{Change, Claim, Limits, Log, Membership, Producer, ToSend};
use pipeline::topics::{Cleanup, Topic};
use tests::Broker;

/// How long each measure runs.
const LENGTH: Duration = Duration::from_secs(5);
const PARTITION: u32 = 0;

/// Consume, produce, commit, with batches of 1, 20 and 500 records of 5 KB.
pub(crate) fn bench(broker: &Broker) {
    let config = KafkaConfig {
        bootstrap_servers: broker.bootstrap(),
        ..KafkaConfig::default()
    };
    let log = KafkaLog::connect(&config, Some("bench")).expect("the broker answers");
    println!("kafka: consume, produce, send offsets, commit; records of 5 KB, one partition");
    println!("  batch   records/s   ms a transaction:   read   send  offsets  commit    all");
    for batch in [1, 20, 500] {
        transactions(&log, batch);
    }
    println!("                                                     aim: a commit under 15 ms\n");
}

fn transactions(log: &KafkaLog, batch: usize) {
    let topic = |name: &str| Topic {
        name: format!("{name}.{batch}"),
        partitions: 1,
        cleanup: Cleanup::Delete,
        retention: None,
        retention_bytes: None,
    };
    let (input, output) = (topic("bench.in"), topic("bench.out"));
    log.create(&[input.clone(), output.clone()])
        .expect("topics");
    fill(log, &input.name, batch);
    let mut membership = log
        .join(&format!("bench.{batch}"), &input.name)
        .expect("joined");
    let claim = loop {
        let changes = membership.poll(Duration::from_millis(100)).expect("polled");
        if changes.contains(&Change::Assigned(PARTITION)) {
            break membership
                .claim(PARTITION, Waker::default())
                .expect("a claim");
        }
    };
    let mut claim = claim;
    let mut producer = log
        .producer(&format!("bench.out.{batch}"))
        .expect("a producer");
    claim.seek(0).expect("sought");
    let mut steps = [Duration::ZERO; 4];
    let (mut records, mut count) = (0, 0);
    let started = Instant::now();
    while started.elapsed() < LENGTH {
        let mut step = Instant::now();
        let mut lap = |index: usize| {
            steps[index] += step.elapsed();
            step = Instant::now();
        };
        let limits = Limits {
            records: batch,
            bytes: 4 << 20,
        };
        let read = claim.read(limits).expect("read");
        let Some(last) = read.last() else {
            std::thread::yield_now();
            continue;
        };
        let next = last.offset + 1;
        lap(0);
        producer.begin().expect("begins");
        records += read.len();
        for record in read {
            let sent = ToSend {
                topic: output.name.clone(),
                partition: PARTITION,
                key: record.key,
                value: record.value,
                headers: record.headers,
            };
            producer.send(sent).expect("sent");
        }
        lap(1);
        producer.send_offsets(&claim, next).expect("offsets");
        lap(2);
        producer.commit().expect("committed");
        lap(3);
        count += 1;
    }
    let elapsed = started.elapsed().as_secs_f64();
    let each = steps.map(|step| step.as_secs_f64() * 1e3 / f64::from(count));
    println!(
        "  {batch:>5}  {:>10.0}                     {:>6.1} {:>6.1}   {:>6.1}  {:>6.1}  {:>5.1}",
        records as f64 / elapsed,
        each[0],
        each[1],
        each[2],
        each[3],
        elapsed * 1e3 / f64::from(count)
    );
}

/// Enough input that none of the measures runs dry.
fn fill(log: &KafkaLog, topic: &str, batch: usize) {
    let mut producer = log
        .producer(&format!("bench.fill.{batch}"))
        .expect("a producer");
    let wanted = match batch {
        1 => 3_000,
        20 => 20_000,
        _ => 120_000,
    };
    let page = crate::log::page(7);
    for round in 0..wanted / 500 {
        producer.begin().expect("begins");
        for number in 0..500 {
            let from = (round * 500 + number) * 37 % (page.len() - 5_000);
            let sent = ToSend {
                topic: topic.to_owned(),
                partition: PARTITION,
                key: Some(b"0123456789abcdef0123456789abcdef".to_vec()),
                value: Some(page[from..from + 5_000].to_vec()),
                headers: Headers::new().with("schema", "article.fetched/1"),
            };
            producer.send(sent).expect("sent");
        }
        producer.commit().expect("committed");
    }
}
