use super::*;

#[test]
fn generations_have_names_of_their_own() {
    let first = Topology::new(1, |_| None);
    let second = Topology::new(2, |_| None);
    assert_eq!(
        first.topic("stories").map(|t| t.name.as_str()),
        Some("stories")
    );
    assert_eq!(
        second.topic("stories").map(|t| t.name.as_str()),
        Some("stories.g2")
    );
    assert_eq!(second.group("clean"), "copydesk.clean.g2");
    assert_eq!(
        second.changelog("poll", 4).name,
        "copydesk.poll.g2.changelog"
    );
    assert!(first.topic("articles.lost").is_none());
}

#[test]
fn a_generation_has_stages_of_its_own_from_a_service_on() {
    #[track_caller]
    fn check(topology: &Topology, base: &str, expected: &str) {
        let found = topology.topic(base).map(|topic| topic.name.as_str());
        assert_eq!(found, Some(expected));
    }
    let first = Topology::new(1, |_| None);
    let second = first.branch("enricher", 2, |_| None).expect("a service");
    let third = second.branch("cleaner", 3, |_| None).expect("a service");
    let fourth = first.branch("fetcher", 4, |_| None).expect("a service");
    check(&second, "articles.cleaned", "articles.cleaned");
    check(&second, "articles.enriched", "articles.enriched.g2");
    check(&third, "articles.fetched", "articles.fetched");
    check(&third, "articles.cleaned", "articles.cleaned.g3");
    check(&third, "stories", "stories.g3");
    check(&fourth, "feeds.polled", "feeds.polled");
    check(&fourth, "articles.discovered", "articles.discovered.g4");
    assert_eq!(second.group("clean"), "copydesk.clean");
    assert_eq!(fourth.group("poll"), "copydesk.poll.g4");
    assert_eq!((second.generation(), second.generation_of("clean")), (2, 1));
    assert_eq!(second.dead("clean").name, "articles.dead");
    assert_eq!(second.dead("enrich").name, "articles.dead.g2");
    let dead: Vec<&str> = second.all_dead().map(|topic| topic.name.as_str()).collect();
    assert_eq!(dead, ["articles.dead", "articles.dead.g2"]);
    assert!(first.branch("desk", 5, |_| None).is_none());
}

#[test]
fn a_topic_of_any_generation_has_a_name_to_configure_it_by() {
    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(base(name), expected, "{name}");
    }
    for generation in [1, 2, 17] {
        for topic in Topology::new(generation, |_| None).topics() {
            let base = base(&topic.name).expect("a topic of ours");
            assert_eq!(suffixed(base, generation), topic.name);
        }
    }
    check("feeds", Some("feeds"));
    check("feeds.polled", Some("feeds.polled"));
    check("feeds.polled.g3", Some("feeds.polled"));
    check("feeds.g1", None);
    check("feeds.gone", None);
    check("feeds2", None);
    check("copydesk.poll.changelog", None);
}

#[test]
fn what_a_topic_cannot_be_is_refused() {
    #[track_caller]
    fn check(name: &str, config: &TopicConfig, key: Option<&str>) {
        let refused = validate(name, config).err().map(|(key, _)| key);
        assert_eq!(refused, key, "{name} {config:?}");
    }
    let mib = TopicConfig {
        retention_mib: Some(4),
        ..TopicConfig::default()
    };
    check("articles.fetched", &mib, None);
    check("stories", &mib, Some("retention_mib"));
    let none = TopicConfig {
        partitions: Some(0),
        ..TopicConfig::default()
    };
    check("stories", &none, Some("partitions"));
    let never = TopicConfig {
        retention_hours: Some(0),
        ..TopicConfig::default()
    };
    check("feeds", &never, Some("retention_hours"));
}

#[test]
fn a_user_changes_what_they_name_and_no_more() {
    let config = TopicConfig {
        retention_hours: Some(1),
        ..TopicConfig::default()
    };
    let topology = Topology::new(1, |name| (name == "articles.fetched").then_some(&config));
    let fetched = topology.topic("articles.fetched").expect("a topic of ours");
    assert_eq!(fetched.retention, Some(Duration::from_secs(3600)));
    assert_eq!(fetched.partitions, 4);
    assert_eq!(topology.topic("stories").map(|t| t.partitions), Some(1));
}
