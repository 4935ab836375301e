use rdkafka::ClientConfig;

use super::*;

/// A configuration with settings of librdkafka.
fn with<const N: usize>(settings: [(&str, &str); N]) -> KafkaConfig {
    KafkaConfig {
        bootstrap_servers: "127.0.0.1:9092".to_owned(),
        librdkafka: settings
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..KafkaConfig::default()
    }
}

/// What each kind of client is told.
fn clients(config: &KafkaConfig) -> [ClientConfig; 4] {
    let made = [
        config.client(),
        config.consumer(None),
        config.member("group", Some("instance")),
        config.producer("id"),
    ];
    made.map(|client| client.expect("no file is missing"))
}

#[track_caller]
fn check_refused(config: &KafkaConfig, key: &str, words: &str) {
    let error = config.validate().expect_err("it cannot be used");
    assert_eq!(error.key, key, "{error}");
    assert!(error.allowed.contains(words), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn librdkafka_takes_what_every_client_is_told() {
    let config = with([]);
    config.validate().expect("the defaults fit each other");
    for client in clients(&config) {
        passthrough::native(&client).expect("taken");
    }
}

#[test]
fn what_exactly_once_rests_on_is_refused_by_every_name() {
    for (key, value) in [
        ("acks", "0"),
        ("auto.commit.enable", "true"),
        ("delivery.timeout.ms", "1"),
        ("enable.auto.commit", "true"),
        ("enable.idempotence", "false"),
        ("isolation.level", "read_uncommitted"),
        ("log_level", "0"),
        ("max.in.flight", "1"),
        ("max.partition.fetch.bytes", "1"),
        ("message.send.max.retries", "0"),
        ("message.timeout.ms", "1"),
        ("partition.assignment.strategy", "range"),
        ("request.required.acks", "0"),
        ("socket.timeout.ms", "1"),
        ("test.mock.num.brokers", "3"),
        ("transactional.id", "mine"),
    ] {
        let setting = format!("librdkafka/{key}");
        check_refused(&with([(key, value)]), &setting, "exactly once");
    }
}

#[test]
fn what_has_a_key_of_its_own_is_refused_with_that_key() {
    for (key, ours) in [
        ("bootstrap.servers", "bootstrap_servers"),
        ("metadata.broker.list", "bootstrap_servers"),
        ("group.instance.id", "instance"),
        ("security.protocol", "security"),
        ("session.timeout.ms", "session_timeout_seconds"),
        ("sasl.mechanism", "sasl_mechanism"),
        ("sasl.mechanisms", "sasl_mechanism"),
        ("sasl.username", "sasl_username"),
        ("sasl.password", "sasl_password_file"),
        ("sasl.oauthbearer.client.secret", "oauth_client_secret_file"),
        (
            "sasl.oauthbearer.client.credentials.client.secret",
            "oauth_client_secret_file",
        ),
        (
            "sasl.oauthbearer.assertion.private.key.pem",
            "sasl.oauthbearer.assertion.private.key.file",
        ),
        ("ssl.ca.location", "ca_file"),
        ("ssl.certificate.pem", "certificate_file"),
        ("ssl.key.pem", "key_file"),
        ("ssl.key.password", "key_password_file"),
        ("ssl.keystore.password", "key_file"),
    ] {
        let setting = format!("librdkafka/{key}");
        check_refused(&with([(key, "hunter2")]), &setting, ours);
    }
}

#[test]
fn what_librdkafka_does_not_take_is_refused_with_its_reason() {
    for (key, value, reason) in [
        ("linger.sm", "5", "No such configuration property"),
        // Perhaps a secret under a mistyped key.
        ("sasl.pasword", "hunter2", "No such configuration property"),
        ("linger.ms", "soon", "Invalid value"),
        ("compression.type", "zip", "compression"),
        ("fetch.wait.max.ms", "-1", "fetch.wait.max.ms"),
        ("log_cb", "1", "must be set through"),
    ] {
        let config = with([("client.rack", "a"), (key, value)]);
        check_refused(&config, &format!("librdkafka/{key}"), reason);
    }
}

#[test]
fn a_user_goes_before_our_defaults_and_not_before_what_is_ours() {
    let config = with([
        ("acks", "0"),
        ("client.id", "mine"),
        ("compression.codec", "lz4"),
        ("enable.auto.commit", "true"),
        ("fetch.queue.backoff.ms", "7"),
        ("heartbeat.interval.ms", "700"),
        ("queue.buffering.max.ms", "9"),
        ("reconnect.backoff.ms", "11"),
        ("socket.nagle.disable", "false"),
    ]);
    let [any, consumer, member, producer] = clients(&config);
    for (client, key, value) in [
        (&any, "client.id", "mine"),
        (&any, "reconnect.backoff.ms", "11"),
        (&producer, "socket.nagle.disable", "false"),
        (&producer, "linger.ms", "9"),
        (&producer, "compression.type", "lz4"),
        (&producer, "acks", "all"),
        (&consumer, "fetch.queue.backoff.ms", "7"),
        (&consumer, "enable.auto.commit", "false"),
        (&member, "fetch.queue.backoff.ms", "7"),
        (&member, "heartbeat.interval.ms", "700"),
    ] {
        assert_eq!(client.get(key), Some(value), "{key}");
    }
    // By its other name it might be taken after the first.
    assert_eq!(producer.get("queue.buffering.max.ms"), None);
    let [_, _, member, producer] = clients(&with([]));
    assert_eq!(producer.get("linger.ms"), Some("1"));
    assert_eq!(member.get("heartbeat.interval.ms"), Some("3000"));
}

#[test]
fn an_alias_means_what_librdkafka_means_by_it() {
    for (alias, value, name) in [
        ("compression.codec", "lz4", "compression.type"),
        ("delivery.timeout.ms", "77", "message.timeout.ms"),
        (
            "max.in.flight",
            "77",
            "max.in.flight.requests.per.connection",
        ),
        ("max.partition.fetch.bytes", "77", "fetch.message.max.bytes"),
        ("message.send.max.retries", "77", "retries"),
        ("metadata.broker.list", "a:77", "bootstrap.servers"),
        ("queue.buffering.max.ms", "77", "linger.ms"),
        ("request.required.acks", "1", "acks"),
        ("sasl.mechanisms", "PLAIN", "sasl.mechanism"),
    ] {
        let mut told = ClientConfig::new();
        passthrough::add(&with([(alias, value)]).librdkafka, &mut told);
        assert_eq!(told.get(name), Some(value), "{alias}");
        let mut by_alias = ClientConfig::new();
        by_alias.set(alias, value);
        let native = passthrough::native(&by_alias).expect("taken");
        assert_eq!(native.get(name).as_deref(), Ok(value), "{alias}");
    }
}

/// What the producer is told for `key` where the SASL password's file holds a text.
fn told_password(text: &str) -> Result<String, KafkaConfigError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("password");
    std::fs::write(&file, text).expect("written");
    let config = KafkaConfig {
        security: Security::SaslPlaintext,
        sasl_username: "ann".to_owned(),
        sasl_password_file: file,
        ..with([])
    };
    config.validate().expect("the settings fit each other");
    let producer = config.producer("id")?;
    Ok(producer.get("sasl.password").expect("told").to_owned())
}

#[test]
fn a_secret_is_the_first_line_of_its_file() {
    for text in [
        "hunter 2",
        "hunter 2\n",
        "hunter 2\r\n",
        "hunter 2\r",
        "hunter 2\nsecond\n",
    ] {
        assert_eq!(told_password(text).as_deref(), Ok("hunter 2"), "{text:?}");
    }
    for text in ["", "\n", "\r\n", "\nhunter2\n", "hunter2\0\n"] {
        let error = told_password(text).expect_err("no secret");
        assert_eq!(error.key, "sasl_password_file", "{text:?}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn tls_without_a_ca_file_trusts_the_systems_authorities() {
    for (security, expected) in [
        (Security::Plaintext, None),
        (Security::SaslPlaintext, None),
        (Security::Ssl, Some("probe")),
    ] {
        let config = KafkaConfig {
            security,
            sasl_mechanism: Mechanism::OauthBearer,
            ..with([])
        };
        let client = config.client().expect("no file is missing");
        assert_eq!(client.get("ssl.ca.location"), expected, "{security:?}");
    }
}

#[test]
fn a_client_shows_its_certificate_with_its_key_or_not_at_all() {
    let half = KafkaConfig {
        certificate_file: PathBuf::from("certificate.pem"),
        ..with([])
    };
    check_refused(&half, "key_file", "together with certificate_file");
}

#[test]
fn tokens_come_from_an_endpoint_or_from_librdkafka_itself() {
    let tokens = |config: KafkaConfig| KafkaConfig {
        security: Security::SaslSsl,
        sasl_mechanism: Mechanism::OauthBearer,
        ..config
    };
    let unsecured = ("enable.sasl.oauthbearer.unsecure.jwt", "true");
    let principal = ("sasl.oauthbearer.config", "principal=copydesk");
    let made = tokens(with([unsecured, principal]));
    made.validate().expect("for tests");
    // Nobody would make one.
    let nobody = tokens(with([principal]));
    check_refused(&nobody, "oauth_token_endpoint", "a token endpoint");

    assert!(
        passthrough::carries_oidc(),
        "librdkafka was built without libcurl: see .cargo/config.toml"
    );
    let mut asked = tokens(KafkaConfig {
        oauth_token_endpoint: "https://tokens.example/token".to_owned(),
        ..with([])
    });
    check_refused(&asked, "oauth_client_id", "client id");
    asked.oauth_client_id = "copydesk".to_owned();
    check_refused(&asked, "oauth_client_secret_file", "a file");
    asked.oauth_client_secret_file = PathBuf::from("secret");
    asked.validate().expect("all is said");
}
