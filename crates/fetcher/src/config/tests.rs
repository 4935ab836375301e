use super::*;

#[test]
fn the_defaults_are_valid() {
    assert_eq!(Config::default().validate(), Ok(()));
}

#[track_caller]
fn check_refused(change: impl FnOnce(&mut Config), key: &str) {
    let mut config = Config::default();
    change(&mut config);
    let error = config.validate().expect_err("the value is out of bounds");
    assert_eq!(error.key, key, "{error}");
}

#[test]
fn what_cannot_be_worked_with_is_named() {
    check_refused(|c| c.attempts = 0, "attempts");
    check_refused(|c| c.max_page_mib = 8, "max_page_mib");
    check_refused(|c| c.max_feed_mib = 8, "max_feed_mib");
    check_refused(
        |c| c.poll_interval_max_seconds = 5,
        "poll_interval_min_seconds",
    );
    check_refused(|c| c.max_waiting = 0, "max_waiting");
    check_refused(|c| c.max_waiting_mib = 0, "max_waiting_mib");
    check_refused(|c| c.max_in_flight.pages = 0, "max_in_flight.pages");
    check_refused(|c| c.user_agent = "\n".into(), "user_agent");
    check_refused(|c| c.user_agent = "(nobody)".into(), "user_agent");
    check_refused(|c| c.contact = "me)".into(), "contact");
    check_refused(|c| c.revisit_seconds = vec![2, 1], "revisit_seconds");
    check_refused(|c| c.revisit_seconds = vec![0], "revisit_seconds");
    check_refused(|c| c.revisit_seconds = vec![YEAR], "revisit_seconds");
    check_refused(|c| c.ports = Vec::new(), "ports");
    check_refused(|c| c.ports = vec![0], "ports");
    check_refused(|c| c.retry_max_seconds = 1, "retry_max_seconds");
    let loopback: Target = "127.0.0.1:8080".parse().expect("an address");
    check_refused(|c| _ = c.resolve.insert("*.".into(), loopback), "resolve");
    check_refused(|c| _ = c.resolve.insert("a/b".into(), loopback), "resolve");
}

#[test]
fn the_agent_names_its_contact() {
    let mut config = Config::default();
    assert_eq!(config.agent(), config.user_agent);
    assert_eq!(config.product(), "copydesk");
    config.contact = "https://desk.example/bot".into();
    config.user_agent = "newsdesk/2 (reader)".into();
    let agent = "newsdesk/2 (reader; +https://desk.example/bot)";
    assert_eq!(config.agent(), agent);
    config.user_agent = "newsdesk/2".into();
    assert_eq!(config.agent(), "newsdesk/2 (+https://desk.example/bot)");
}

#[test]
fn an_override_needs_no_exception_but_a_port() {
    let mut config = Config::default();
    let loopback = "127.0.0.1:8080".parse().expect("an address");
    config.resolve.insert("*.example".into(), loopback);
    assert_eq!(config.validate(), Ok(()));
    let portless: Target = "127.0.0.1:0".parse().expect("an address");
    let key = "resolve.a.example";
    check_refused(|c| _ = c.resolve.insert("a.example".into(), portless), key);
}
