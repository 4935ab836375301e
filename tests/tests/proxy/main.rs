//! The Kafka-aware proxy, between clients and a broker of a few lines that answers every request with
//! what it carried.

mod connections;
mod wire;

use std::thread;
use std::time::{Duration, Instant};

use tests::{ApiKey, Fault, Proxy, Rule, await_that};
use wire::{Broker, Client, PATIENCE, SILENCE, Seen, answer_of, read_frame};

/// The delay of delayed requests. Shorter than what a client takes for silence.
const DELAY: Duration = Duration::from_millis(400);
/// A delay within which a busy machine still gets a few requests through.
const LONG_DELAY: Duration = Duration::from_secs(3);
/// A delay that no test outlasts.
const FOR_EVER: Duration = Duration::from_secs(3_600);

fn between(seed: u64) -> (Broker, Proxy) {
    let broker = Broker::start();
    let proxy = Proxy::bind().serve(broker.address, seed);
    (broker, proxy)
}

/// What one struck request between two others comes to.
struct Outcome {
    /// What the broker receives of it, and of the request behind it.
    arrives: usize,
    behind: usize,
    /// What the client is answered in the end.
    answers: &'static [i32],
    /// Whether its connection lives on.
    open: bool,
}

/// Sends a heartbeat, then an `EndTxn` that suffers `fault` and another heartbeat right behind it.
#[track_caller]
fn check(fault: Fault, expected: &Outcome) {
    let (broker, proxy) = between(1);
    proxy.rule(Rule {
        times: Some(1),
        ..Rule::always(ApiKey::END_TXN, fault)
    });
    let mut client = Client::of(proxy.address());
    client.ask(ApiKey::HEARTBEAT, 1);
    client.send(ApiKey::END_TXN, 2, b"commit");
    client.send(ApiKey::HEARTBEAT, 3, b"alive");
    let mut seen = client.receive_all();
    let last = seen.pop().expect("at least how it ends");
    let all = [
        Seen::Answer(2, b"commit".to_vec()),
        Seen::Answer(3, b"alive".to_vec()),
    ];
    let answers = |correlation| all[correlation as usize - 2].clone();
    let wanted: Vec<Seen> = expected.answers.iter().copied().map(answers).collect();
    assert_eq!(seen, wanted, "{fault:?}");
    let open = last == Seen::Silence;
    assert_eq!(open, expected.open, "{fault:?}: {last:?}");

    if expected.arrives > 0 {
        assert_eq!(broker.awaited(2).body, b"commit", "{fault:?}");
    }
    if !open {
        // Nothing may come after the cut but what the fault is about.
        thread::sleep(SILENCE);
    }
    let mut order = vec![1];
    order.extend(std::iter::repeat_n(2, expected.arrives));
    order.extend(std::iter::repeat_n(3, expected.behind));
    assert_eq!(broker.order(), order, "{fault:?}");

    assert_eq!(proxy.count(ApiKey::END_TXN, fault.name()), 1, "{fault:?}");
    assert_eq!(proxy.count(ApiKey::END_TXN, "seen"), 1);
    let mut after = if open {
        client
    } else {
        Client::of(proxy.address())
    };
    after.0.set_read_timeout(Some(PATIENCE)).expect("not zero");
    after.ask(ApiKey::END_TXN, 4);
    assert_eq!(proxy.count(ApiKey::END_TXN, fault.name()), 1, "{fault:?}");
    assert_eq!(proxy.count(ApiKey::END_TXN, "seen"), 2);
}

#[test]
fn each_fault_does_what_it_says_to_its_request_and_to_no_other() {
    let outcome = |arrives, behind, answers, open| Outcome {
        arrives,
        behind,
        answers,
        open,
    };
    check(Fault::DelayRequest(DELAY), &outcome(1, 1, &[2, 3], true));
    check(Fault::DelayPast(DELAY), &outcome(1, 0, &[], false));
    check(Fault::DropRequest, &outcome(0, 1, &[3], true));
    check(Fault::DropResponse, &outcome(1, 1, &[3], true));
    check(Fault::Cut, &outcome(0, 0, &[], false));
    check(Fault::Duplicate, &outcome(2, 1, &[2, 3], true));
    check(Fault::Slice(3), &outcome(1, 1, &[2, 3], true));
}

#[test]
fn a_cut_after_lets_the_request_through_and_keeps_its_answer() {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(ApiKey::END_TXN, Fault::CutAfter));
    let mut client = Client::of(proxy.address());
    client.send(ApiKey::HEARTBEAT, 1, b"first");
    client.send(ApiKey::END_TXN, 2, b"commit");
    // What is answered before the cut is passed on.
    assert_eq!(
        client.receive_all(),
        [Seen::Answer(1, b"first".to_vec()), Seen::Closed]
    );
    assert_eq!(broker.order(), [1, 2]);
    assert_eq!(proxy.count(ApiKey::END_TXN, "cut-after"), 1);
}

#[test]
fn a_delayed_request_comes_late_and_what_is_behind_it_later() {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(
        ApiKey::PRODUCE,
        Fault::DelayRequest(LONG_DELAY),
    ));
    let sent = Instant::now();
    let mut client = Client::of(proxy.address());
    client.send(ApiKey::PRODUCE, 1, b"records");
    client.send(ApiKey::HEARTBEAT, 2, b"alive");
    let mut other = Client::of(proxy.address());
    other.ask(ApiKey::HEARTBEAT, 3);
    assert!(broker.awaited(2).at - sent >= LONG_DELAY);
    assert_eq!(broker.order(), [3, 1, 2], "other connections do not wait");
}

#[test]
fn a_delayed_request_arrives_although_its_client_has_hung_up() {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(ApiKey::PRODUCE, Fault::DelayRequest(DELAY)));
    let mut client = Client::of(proxy.address());
    // More than all buffers on the way take: writing the answer fails when the client is gone.
    client.send(ApiKey::FETCH, 1, &vec![7; 24 << 20]);
    client.send(ApiKey::PRODUCE, 2, b"records");
    await_that(
        PATIENCE,
        || proxy.count(ApiKey::PRODUCE, "delay-request") == 1,
        || proxy.script(),
    );
    drop(client);
    assert_eq!(broker.awaited(2).body, b"records");
}

#[test]
fn a_request_past_its_connection_cuts_at_once_and_arrives_late() {
    let (broker, proxy) = between(1);
    let delay = LONG_DELAY;
    proxy.rule(Rule::always(ApiKey::END_TXN, Fault::DelayPast(delay)));
    let mut client = Client::of(proxy.address());
    // The broker owes an answer that its client does not take: it must not hold up the late one.
    client.send(ApiKey::FETCH, 1, &vec![7; 8 << 20]);
    let sent = Instant::now();
    client.send(ApiKey::END_TXN, 2, b"commit");
    await_that(
        delay / 2,
        || proxy.count(ApiKey::END_TXN, "delay-past") == 1,
        || proxy.script(),
    );
    let seen = client.receive_all();
    assert_eq!(seen.last(), Some(&Seen::Closed));
    assert!(sent.elapsed() < delay / 2, "cut at once");
    // The client has a new connection and has gone on by the time the old request arrives.
    let mut successor = Client::of(proxy.address());
    successor.ask(ApiKey::HEARTBEAT, 3);
    assert_eq!(proxy.count(ApiKey::END_TXN, "late"), 0);
    assert!(broker.awaited(2).at - sent >= delay);
    assert_eq!(broker.order(), [1, 3, 2]);
    await_that(
        PATIENCE,
        || proxy.count(ApiKey::END_TXN, "late") == 1,
        || proxy.script(),
    );
}

#[track_caller]
fn check_calm(fault: Fault, cut: bool) {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(ApiKey::END_TXN, fault));
    let mut client = Client::of(proxy.address());
    client.send(ApiKey::END_TXN, 1, b"commit");
    await_that(
        PATIENCE,
        || proxy.count(ApiKey::END_TXN, fault.name()) == 1,
        || proxy.script(),
    );
    thread::sleep(SILENCE);
    assert!(broker.order().is_empty(), "{fault:?}: held back");
    proxy.calm();
    broker.awaited(1);
    let seen = client.receive();
    assert_eq!(seen == Seen::Closed, cut, "{fault:?}: {seen:?}");
    Client::of(proxy.address()).ask(ApiKey::END_TXN, 2);
    assert_eq!(proxy.count(ApiKey::END_TXN, fault.name()), 1, "{fault:?}");
}

#[test]
fn calm_ends_the_rules_and_sends_on_what_they_hold() {
    check_calm(Fault::DelayRequest(FOR_EVER), false);
    check_calm(Fault::DelayPast(FOR_EVER), true);
}

#[test]
fn slices_are_pieces_both_ways() {
    let (broker, proxy) = between(1);
    proxy.rule(Rule::always(ApiKey::FETCH, Fault::Slice(16)));
    let mut client = Client::of(proxy.address());
    let body: Vec<u8> = (0..4_000_u32).map(|index| index as u8).collect();
    client.send(ApiKey::FETCH, 1, &body);
    let (frame, pieces) = read_frame(&mut client.0).expect("an answer");
    assert_eq!(answer_of(&frame), Seen::Answer(1, body.clone()));
    let request = broker.awaited(1);
    assert_eq!(request.body, body);
    // 250 of either; a reader that is late takes several at once.
    assert!(pieces > 20, "{pieces} pieces of the answer");
    assert!(request.pieces > 20, "{} pieces", request.pieces);
}

#[track_caller]
fn check_large(fault: Option<Fault>) {
    let (broker, proxy) = between(1);
    if let Some(fault) = fault {
        proxy.rule(Rule::always(ApiKey::PRODUCE, fault));
    }
    let body = |correlation: i32| -> Vec<u8> {
        (0..12_000_000_u32 + correlation as u32)
            .map(|index| (index.wrapping_mul(31) >> 7) as u8)
            .collect()
    };
    let mut client = Client::of(proxy.address());
    let mut sender = Client(client.0.try_clone().expect("a second handle"));
    // Reads while it writes, as a client must: answers are as large as the requests.
    let sending = thread::spawn(move || {
        for correlation in 1..=3 {
            sender.send(ApiKey::PRODUCE, correlation, &body(correlation));
        }
    });
    for correlation in 1..=3 {
        let Seen::Answer(to, echoed) = client.receive() else {
            panic!("{fault:?}: no answer to {correlation}");
        };
        assert_eq!(to, correlation, "{fault:?}");
        assert!(echoed == body(correlation), "{fault:?}: every byte");
    }
    sending.join().expect("all was sent");
    let mut wanted = vec![1, 2, 3];
    if fault == Some(Fault::Duplicate) {
        wanted = vec![1, 1, 2, 2, 3, 3];
        broker.awaited(3);
        await_that(PATIENCE, || broker.order().len() == 6, || proxy.script());
    }
    assert_eq!(broker.order(), wanted, "{fault:?}");
}

#[test]
fn large_frames_keep_every_byte_and_their_order() {
    check_large(None);
    check_large(Some(Fault::Slice(100)));
    check_large(Some(Fault::Duplicate));
}

/// Which of 200 `EndTxn` a rule with an even chance swallows, with `others` heartbeats between two.
fn swallowed(seed: u64, others: i32) -> Vec<i32> {
    let (broker, proxy) = between(seed);
    proxy.rule(Rule {
        chance: 0.5,
        ..Rule::always(ApiKey::END_TXN, Fault::DropRequest)
    });
    proxy.rule(Rule {
        chance: 0.5,
        ..Rule::always(ApiKey::HEARTBEAT, Fault::Duplicate)
    });
    let mut client = Client::of(proxy.address());
    for correlation in 1..=200 {
        client.send(ApiKey::END_TXN, correlation, b"no answer");
        for _ in 0..others {
            client.send(ApiKey::HEARTBEAT, 0, b"no answer");
        }
    }
    client.ask(ApiKey::FETCH, 1_000);
    let arrived = broker.order();
    (1..=200).filter(|one| !arrived.contains(one)).collect()
}

#[test]
fn the_seed_fixes_which_requests_are_struck() {
    let first = swallowed(7, 0);
    assert!((70..=130).contains(&first.len()), "{} of 200", first.len());
    assert_eq!(first, swallowed(7, 0), "the same again");
    assert_eq!(first, swallowed(7, 3), "whatever else is going on");
    assert_ne!(first, swallowed(8, 0), "another seed, another choice");
}

#[test]
fn a_rule_rests_after_its_times_and_the_next_one_has_its_turn() {
    let (broker, proxy) = between(1);
    for (fault, times) in [(Fault::DropRequest, 2), (Fault::Duplicate, 1)] {
        proxy.rule(Rule {
            times: Some(times),
            ..Rule::always(ApiKey(77), fault)
        });
    }
    let mut client = Client::of(proxy.address());
    for correlation in 1..=4 {
        client.send(ApiKey(77), correlation, b"no answer");
    }
    client.ask(ApiKey::HEARTBEAT, 5);
    assert_eq!(broker.order(), [3, 3, 4, 5]);
    let counts = proxy.counts();
    let expected = [
        ((-1, "opened"), 1),
        ((12, "seen"), 1),
        ((77, "drop-request"), 2),
        ((77, "duplicate"), 1),
        ((77, "seen"), 4),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_script_tells_seed_rules_and_counts() {
    let (broker, proxy) = between(4_711);
    proxy.rule(Rule {
        chance: 0.25,
        times: Some(9),
        ..Rule::always(ApiKey::END_TXN, Fault::CutAfter)
    });
    proxy.calm();
    proxy.rule(Rule::always(ApiKey::HEARTBEAT, Fault::DropResponse));
    let mut client = Client::of(proxy.address());
    client.send(ApiKey::HEARTBEAT, 1, b"");
    client.ask(ApiKey::FETCH, 2);
    let script = proxy.script();
    for part in [
        format!(
            "proxy {} to {}, seed 4711\n",
            proxy.address(),
            broker.address
        ),
        "rule 0: EndTxn(26) CutAfter, chance 0.25, at most 9 times; from ".to_owned(),
        "; struck 0 of 0\n".to_owned(),
        "rule 1: Heartbeat(12) DropResponse, chance 1; from ".to_owned(),
        "; struck 1 of 1\n".to_owned(),
        "Heartbeat(12) drop-response: 1\n".to_owned(),
        "connections opened: 1\n".to_owned(),
    ] {
        assert!(script.contains(&part), "{part:?} in\n{script}");
    }
}

#[test]
fn a_request_that_wants_no_answer_holds_nothing_up() {
    let (broker, proxy) = between(1);
    let mut client = Client::of(proxy.address());
    let faults = [Fault::DropResponse, Fault::CutAfter, Fault::Duplicate];
    for (correlation, fault) in (1..).zip(faults) {
        proxy.rule(Rule::always(ApiKey::PRODUCE, fault));
        client.send(ApiKey::PRODUCE, correlation * 10, b"no answer");
        client.ask(ApiKey::HEARTBEAT, correlation * 10 + 1);
        proxy.calm();
    }
    assert_eq!(broker.order(), [10, 11, 20, 21, 30, 30, 31]);
}
