//! Subscriptions, with hub and publisher on loopback.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use article::{Feed, Outgoing};
use aws_lc_rs::hmac;
use fetcher::websub::{Standing, WebSubConfig};
use url::form_urlencoded;

use crate::world::{Reply, Running, World, feed, status};

const FEED: &str = "http://a.example/feed";
const TOPIC: &str = "http://a.example/own";
const HUB: &str = "http://hub.example/";

/// A publisher with a hub, and a desk that listens to it.
struct Scene {
    world: World,
    callbacks: SocketAddr,
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address")
}

/// The feed, which names hub and topic.
fn hubbed(urls: &[&str]) -> Reply {
    let mut reply = feed(urls);
    let link = format!("<{HUB}>; rel=\"hub\", <{TOPIC}>; rel=\"self\"");
    reply.headers.push(("link", link));
    reply
}

impl Scene {
    fn new(replies: &[Reply]) -> Self {
        let world = World::new();
        world.serve(FEED, replies);
        world.serve(HUB, &[status(202)]);
        std::fs::write(
            world.dir.path().join("secret"),
            "a secret of ours, long enough\n",
        )
        .expect("written");
        Self {
            world,
            callbacks: free(),
        }
    }

    fn config(&self, interval: u64) -> fetcher::Config {
        fetcher::Config {
            pages: false,
            poll_interval_seconds: interval,
            poll_jitter_percent: 0,
            websub: WebSubConfig {
                listen: self.callbacks.to_string(),
                public_url: "https://desk.example/websub/".into(),
                secret_file: self.world.dir.path().join("secret"),
                ..WebSubConfig::default()
            },
            ..self.world.config()
        }
    }

    /// The forms that the hub was sent.
    fn forms(&self) -> Vec<BTreeMap<String, String>> {
        let outlets = self.world.outlets();
        let sent = outlets
            .asked
            .iter()
            .filter(|asked| asked.host == "hub.example");
        sent.map(|asked| form_urlencoded::parse(&asked.body).into_owned().collect())
            .collect()
    }

    fn form(&self, running: &Running, number: usize) -> BTreeMap<String, String> {
        running.until("the hub is asked", || self.forms().len() > number);
        self.forms().swap_remove(number)
    }

    /// Asks for a callback, as a hub that the world leads to us.
    fn ask(
        &self,
        method: &str,
        callback: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> (u16, String) {
        let path = callback
            .strip_prefix("https://desk.example")
            .expect("our callback");
        let mut stream = TcpStream::connect(self.callbacks).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("set");
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: desk.example\r\nconnection: close\r\n");
        for (name, value) in headers {
            request.extend([name, ": ", value, "\r\n"]);
        }
        request.extend(["content-length: ", &body.len().to_string(), "\r\n\r\n"]);
        stream.write_all(request.as_bytes()).expect("sent");
        stream.write_all(body).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.expect("a status"), body.to_owned())
    }

    fn verify(
        &self,
        form: &BTreeMap<String, String>,
        mode: &str,
        topic: &str,
        lease: u64,
    ) -> (u16, String) {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", mode)
            .append_pair("hub.topic", topic)
            .append_pair("hub.challenge", "prove it")
            .append_pair("hub.lease_seconds", &lease.to_string())
            .finish();
        self.ask(
            "GET",
            &format!("{}?{query}", form["hub.callback"]),
            &[],
            b"",
        )
    }

    fn push(&self, form: &BTreeMap<String, String>, secret: &str, body: &[u8]) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, body);
        let tag: Vec<String> = tag
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let tag = tag.concat();
        let headers = [
            ("content-type", "application/rss+xml".to_owned()),
            ("x-hub-signature", format!("sha256={tag}")),
            ("authorization", "Bearer of-a-proxy".to_owned()),
        ];
        self.ask("POST", &form["hub.callback"], &headers, body).0
    }
}

fn listed(running: &Running) -> Vec<String> {
    let mut urls: Vec<String> = running
        .discovered()
        .into_iter()
        .map(|found| found.url)
        .collect();
    urls.sort();
    urls
}

#[test]
fn a_hub_is_subscribed_to_and_what_it_sends_is_read_as_a_poll() {
    let scene = Scene::new(&[hubbed(&["http://a.example/1"])]);
    let running = scene.world.start(scene.config(900));
    running.add_feeds(&[FEED]);
    let form = scene.form(&running, 0);
    assert_eq!(form["hub.mode"], "subscribe");
    assert_eq!(form["hub.topic"], TOPIC);
    assert_eq!(form["hub.lease_seconds"], "864000");
    assert!(
        form["hub.callback"].starts_with("https://desk.example/websub/"),
        "{form:?}"
    );
    assert!(form["hub.secret"].len() > 32 && !form["hub.callback"].contains(&form["hub.secret"]));

    // The intent is confirmed for what was asked for, and for nothing else.
    assert_eq!(
        scene
            .verify(&form, "subscribe", "http://a.example/other", 60)
            .0,
        404
    );
    assert_eq!(scene.verify(&form, "unsubscribe", TOPIC, 60).0, 404);
    let mut stranger = form.clone();
    stranger.insert(
        "hub.callback".into(),
        "https://desk.example/websub/guess/aHR0cDovL2EuZXhhbXBsZS9mZWVk".into(),
    );
    assert_eq!(scene.verify(&stranger, "subscribe", TOPIC, 60).0, 404);
    assert_eq!(
        scene.verify(&form, "subscribe", TOPIC, 864_000),
        (200, "prove it".to_owned())
    );

    let body = feed(&["http://a.example/2"]).body;
    assert_eq!(scene.push(&form, &form["hub.secret"], &body), 202);
    // It is acknowledged, so it is written down.
    assert_eq!(
        listed(&running),
        ["http://a.example/1", "http://a.example/2"]
    );
    let polled = running.polled();
    let pushed = polled
        .iter()
        .find(|polled| polled.final_url == TOPIC)
        .expect("it is recorded");
    assert_eq!(pushed.body.as_slice(), &body[..]);
    let names: Vec<&str> = pushed
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["content-type", "x-copydesk-pushed"]);
    // Whoever reads the changelog knows what the hub does.
    let changelog = running.runtime.topology.changelog("poll", 4).name;
    let records = running.records(&changelog).into_iter();
    let mut hubs = records.filter_map(|record| {
        let key = record.key?;
        match fetcher::known::read(&key, record.value.as_deref(), false)? {
            fetcher::known::Entry::Hub(url, hub) => Some((url, hub?)),
            _ => None,
        }
    });
    let (url, hub) = hubs.next_back().expect("the subscription is written down");
    assert_eq!(url, FEED);
    assert_eq!((hub.standing, hub.messages), (Standing::Active, 1));
    assert!(hub.heard_at.is_some() && hub.until.is_some(), "{hub:?}");
    running.stop();
    assert_eq!(scene.world.asked(FEED), 1);
}

#[test]
fn forged_content_changes_nothing() {
    let scene = Scene::new(&[hubbed(&["http://a.example/1"])]);
    let running = scene.world.start(scene.config(900));
    running.add_feeds(&[FEED]);
    let form = scene.form(&running, 0);
    assert_eq!(scene.verify(&form, "subscribe", TOPIC, 864_000).0, 200);
    let body = feed(&["http://evil.example/"]).body;
    assert_eq!(scene.push(&form, "another secret", &body), 403);
    let unsigned = scene.ask("POST", &form["hub.callback"], &[], &body);
    assert_eq!(unsigned.0, 403);
    let weak = [(
        "x-hub-signature",
        "md5=d41d8cd98f00b204e9800998ecf8427e".to_owned(),
    )];
    assert_eq!(
        scene.ask("POST", &form["hub.callback"], &weak, &body).0,
        403
    );
    assert_eq!(scene.ask("PUT", &form["hub.callback"], &[], &body).0, 405);
    // And a genuine one after it is taken all the same.
    let body = feed(&["http://a.example/2"]).body;
    assert_eq!(scene.push(&form, &form["hub.secret"], &body), 202);
    assert_eq!(
        listed(&running),
        ["http://a.example/1", "http://a.example/2"]
    );
    running.stop();
}

#[test]
fn while_a_hub_tells_polls_are_seldom_and_a_hub_that_does_not_is_found_out() {
    let before = hubbed(&["http://a.example/1"]);
    let after = hubbed(&["http://a.example/2"]);
    let last = hubbed(&["http://a.example/3"]);
    let scene = Scene::new(&[before.clone(), before, after.clone(), after, last]);
    let mut config = scene.config(1);
    config.websub.poll_interval_seconds = 3_600;
    let running = scene.world.start(config.clone());
    running.add_feeds(&[FEED]);
    let form = scene.form(&running, 0);
    assert_eq!(scene.verify(&form, "subscribe", TOPIC, 864_000).0, 200);
    running.until("the poll after that", || scene.world.asked(FEED) >= 2);
    let asked = scene.world.asked(FEED);
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(
        scene.world.asked(FEED) <= asked + 1,
        "the usual interval does not hold any more"
    );
    // Two polls that find what the hub has not told of.
    let want = || {
        let wanted = Feed {
            wanted_at: Some(jiff::Timestamp::now()),
            ..Feed::at(FEED)
        };
        running.send(vec![running.record(Outgoing::of(&wanted))]);
    };
    for count in 0.. {
        assert!(count < 20, "the lost subscription is not found");
        if scene.forms().len() > 1 {
            break;
        }
        let asked = scene.world.asked(FEED);
        want();
        running.until("the poll", || scene.world.asked(FEED) > asked);
        std::thread::sleep(Duration::from_millis(100));
    }
    let again = scene.form(&running, 1);
    assert_eq!(
        (again["hub.mode"].as_str(), &again["hub.callback"]),
        ("subscribe", &form["hub.callback"])
    );
    // Until it is verified anew the usual interval holds.
    let asked = scene.world.asked(FEED);
    running.until("polls as usual", || scene.world.asked(FEED) > asked + 1);
    running.stop();
}

#[test]
fn a_subscription_outlives_a_restart_and_ends_with_its_feed() {
    let scene = Scene::new(&[hubbed(&["http://a.example/1"])]);
    let running = scene.world.start(scene.config(900));
    running.add_feeds(&[FEED]);
    let form = scene.form(&running, 0);
    assert_eq!(scene.verify(&form, "subscribe", TOPIC, 864_000).0, 200);
    let body = feed(&["http://a.example/2"]).body;
    assert_eq!(scene.push(&form, &form["hub.secret"], &body), 202);
    running.stop();

    let running = scene.world.start(scene.config(900));
    let body = feed(&["http://a.example/3"]).body;
    running.until("the desk is open again", || {
        scene.push(&form, &form["hub.secret"], &body) == 202
    });
    assert_eq!(listed(&running).len(), 3);
    assert_eq!(scene.forms().len(), 1, "nobody asks again for what lasts");
    running.send(vec![running.record(Outgoing::tombstone(&Feed::at(FEED)))]);
    let end = scene.form(&running, 1);
    assert_eq!(
        (end["hub.mode"].as_str(), end["hub.topic"].as_str()),
        ("unsubscribe", TOPIC)
    );
    assert_eq!(
        scene.verify(&form, "unsubscribe", TOPIC, 0),
        (200, "prove it".to_owned())
    );
    assert_eq!(scene.push(&form, &form["hub.secret"], &body), 410);
    running.stop();
}

#[test]
fn a_hub_that_says_no_leaves_polling_as_it_is() {
    let scene = Scene::new(&[hubbed(&["http://a.example/1"])]);
    let running = scene.world.start(scene.config(1));
    running.add_feeds(&[FEED]);
    let form = scene.form(&running, 0);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "denied")
        .append_pair("hub.topic", TOPIC)
        .append_pair("hub.reason", "closed")
        .finish();
    let denied = scene.ask(
        "GET",
        &format!("{}?{query}", form["hub.callback"]),
        &[],
        b"",
    );
    assert_eq!(denied.0, 200);
    let asked = scene.world.asked(FEED);
    running.until("polls as usual", || scene.world.asked(FEED) > asked + 1);
    assert_eq!(scene.forms().len(), 1);
    running.stop();
}

#[test]
fn without_a_listener_nobody_is_subscribed_to() {
    let scene = Scene::new(&[hubbed(&["http://a.example/1"])]);
    let mut config = scene.config(0);
    config.websub = WebSubConfig::default();
    let running = scene.world.start(config);
    running.add_feeds(&[FEED]);
    running.until("some polls", || scene.world.asked(FEED) > 3);
    assert_eq!(scene.forms().len(), 0);
    running.stop();
    assert!(
        TcpStream::connect(scene.callbacks).is_err(),
        "nobody listens"
    );
}
