use super::*;

const DOCUMENTED: &str = include_str!("../../../../config/copydesk.toml");

/// The sources of a process with this file and this environment.
fn sources(file: Option<(&tempfile::TempDir, &str)>, environment: &[(&str, &str)]) -> Sources {
    let file = file.map(|(dir, text)| {
        let path = dir.path().join("copydesk.toml");
        std::fs::write(&path, text).expect("a temporary file can be written");
        path
    });
    let pairs = environment.iter();
    Sources {
        file,
        environment: pairs
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect(),
        ..Sources::default()
    }
}

fn setting<'a>(loaded: &'a Loaded, key: &str) -> &'a Setting {
    let mut settings = loaded.settings.iter();
    let found = settings.find(|setting| setting.key == key);
    found.unwrap_or_else(|| panic!("{key} is among the settings"))
}

#[test]
fn the_documented_file_says_exactly_the_defaults() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let loaded = load(&sources(Some((&dir, DOCUMENTED)), &[])).expect("the file is valid");
    assert_eq!(loaded.config, Config::default());
    for setting in &loaded.settings {
        let is_documented = matches!(setting.place, Place::File(_));
        assert!(
            is_documented,
            "{} is not in config/copydesk.toml",
            setting.key
        );
    }
}

#[test]
fn the_last_layer_that_names_a_key_holds() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = "data_dir = \"of-file\"\n[log]\nsegment_mib = 7\nmin_free_mib = 8\n";
    let environment = [
        ("COPYDESK_LOG__SEGMENT_MIB", "9"),
        ("COPYDESK_DATA_DIR", "2024"),
        ("COPYDESK_CONFIG", "ignored here"),
    ];
    let mut sources = sources(Some((&dir, file)), &environment);
    let loaded = load(&sources).expect("the layers are valid");
    assert_eq!(loaded.config.log.segment_mib, 9);
    assert_eq!(loaded.config.log.min_free_mib, 8);
    assert_eq!(loaded.config.data_dir, PathBuf::from("2024"));
    assert_eq!(setting(&loaded, "log.fsync").place, Place::Default);
    assert!(matches!(
        setting(&loaded, "log.min_free_mib").place,
        Place::File(_)
    ));
    let variable = Place::Environment("COPYDESK_LOG__SEGMENT_MIB".to_owned());
    assert_eq!(setting(&loaded, "log.segment_mib").place, variable);
    sources.data_dir = Some(PathBuf::from("of-flag"));
    sources.log_format = Some(LogFormat::Json);
    sources.offline = true;
    let loaded = load(&sources).expect("the layers are valid");
    assert_eq!(loaded.config.data_dir, PathBuf::from("of-flag"));
    assert_eq!(loaded.config.logging.format, LogFormat::Json);
    assert!(loaded.config.fetcher.offline);
    assert_eq!(
        setting(&loaded, "data_dir").place,
        Place::Flag("--data-dir")
    );
    assert_eq!(
        setting(&loaded, "fetcher.offline").place,
        Place::Flag("--offline")
    );
}

#[test]
fn the_environment_reaches_topics_and_tables() {
    let environment = [
        ("COPYDESK_TOPICS__ARTICLES_FETCHED__RETENTION_HOURS", "48"),
        (
            "COPYDESK_FETCHER__RESOLVE",
            "{\"*.example\"=\"127.0.0.1:8088\"}",
        ),
        ("COPYDESK_FETCHER__ALLOW_ADDRESSES", "[\"127.0.0.1/32\"]"),
    ];
    let loaded = load(&sources(None, &environment)).expect("the environment is valid");
    let topic = &loaded.config.topics["articles.fetched"];
    assert_eq!(
        (topic.retention_hours, topic.partitions),
        (Some(48), Some(4))
    );
    assert_eq!(loaded.config.fetcher.resolve.len(), 1);
    assert_eq!(loaded.config.fetcher.allow_addresses.len(), 1);
}

#[track_caller]
fn check_refused(file: &str, environment: &[(&str, &str)], expected: &str) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let error = load(&sources(Some((&dir, file)), environment)).expect_err("it is refused");
    let path = dir.path().join("copydesk.toml");
    let text = error.to_string().replace(&path.display().to_string(), "F");
    assert_eq!(text, expected);
}

#[test]
fn unknown_keys_are_refused_with_a_hint() {
    check_refused(
        "[fetcher]\nhost_intervall_ms = 5\n",
        &[],
        "fetcher.host_intervall_ms (file F) is not a setting; did you mean fetcher.host_interval_ms?",
    );
    check_refused(
        "[topics.\"articles.fetchd\"]\npartitions = 5\n",
        &[],
        "topics.\"articles.fetchd\" (file F) is not a setting; did you mean topics.\"articles.fetched\"?",
    );
    check_refused(
        "",
        &[("COPYDESK_LOG__FSINC", "always")],
        "log.fsinc (environment COPYDESK_LOG__FSINC) is not a setting; did you mean log.fsync?",
    );
    check_refused(
        "[admin]\nzzz = 1\n",
        &[],
        "admin.zzz (file F) is not a setting; in admin there is listen, token_file",
    );
}

#[test]
fn wrong_values_are_told_with_what_is_allowed() {
    check_refused(
        "[fetcher]\nattempts = \"many\"\n",
        &[],
        "fetcher.attempts is \"many\" (file F); it must be a whole number, 0 or more",
    );
    check_refused(
        "[fetcher]\nattempts = 0\n",
        &[],
        "fetcher.attempts is 0 (file F); it must be 1 to 100",
    );
    check_refused(
        "",
        &[("COPYDESK_LOGGING__FORMAT", "xml")],
        "logging.format is \"xml\" (environment COPYDESK_LOGGING__FORMAT); it must be one of \"auto\", \"pretty\", \"json\"",
    );
    check_refused(
        "[log]\nfsync = \"now and then\"\n",
        &[],
        "log.fsync is \"now and then\" (file F); \"now and then\" is no flush policy: write \"always\" or an interval such as \"every 100 ms\"",
    );
    check_refused(
        "[topics.stories]\npartitions = 0\n",
        &[],
        "topics.stories.partitions is 0 (file F); it must be 1 to 1024",
    );
    check_refused(
        "[enricher]\nnear = 0.9\n",
        &[],
        "enricher.near is 0.9 (file F); it must be at most enricher.copy",
    );
    check_refused(
        "[log]\nmin_free_mib = 9000000000000000000\n",
        &[],
        "log.min_free_mib is 9000000000000000000 (file F); it must be 0 to 1048576",
    );
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let environment = [("COPYDESK_LOGGING__FILTER", "[[[")];
    let error = load(&sources(None, &environment)).expect_err("it is refused");
    let expected = "logging.filter is \"[[[\" (environment COPYDESK_LOGGING__FILTER); it must be a filter such as \"info\"";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn what_shapes_no_output_leaves_the_fingerprint_alone() {
    let defaults = Config::default();
    let mut elsewhere = defaults.clone();
    elsewhere.data_dir = PathBuf::from("elsewhere");
    elsewhere.fetcher.host_interval_ms = 1;
    assert_eq!(elsewhere.fingerprint(), defaults.fingerprint());
    let mut other = defaults.clone();
    other.enricher.copy = 0.9;
    assert_ne!(other.fingerprint(), defaults.fingerprint());
}

#[test]
fn a_table_of_agencies_is_read_with_the_configuration_and_shapes_the_fingerprint() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let loaded = |name: &str, table: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, table).expect("the table is written");
        let path = path.display().to_string();
        load(&sources(
            None,
            &[("COPYDESK_ENRICHER__AGENCIES_TABLE", path.as_str())],
        ))
    };
    let mpa = "[[agency]]\nslug = \"mpa\"\nnames = [\"Meridian Press\"]\n";
    let fingerprint = |name: &str, table: &str| {
        let loaded = loaded(name, table).expect("it is a table");
        loaded.config.fingerprint()
    };
    let built_in = Config::default().fingerprint();
    let own = fingerprint("a.toml", mpa);
    assert_ne!(own, built_in);
    // What stands in it counts, not where it lies.
    assert_eq!(fingerprint("b.toml", mpa), own);
    assert_ne!(
        fingerprint("a.toml", &mpa.replace("Meridian", "Polar")),
        own
    );

    let check = |table: &str, says: &str| {
        let error = loaded("bad.toml", table).expect_err("it is no table");
        let text = error.to_string();
        assert!(
            text.starts_with("enricher.agencies_table is ")
                && text.contains("environment COPYDESK_ENRICHER__AGENCIES_TABLE")
                && text.contains("bad.toml")
                && text.contains(says),
            "{text}"
        );
    };
    check(
        &format!("{mpa}\n{mpa}"),
        "line 5: agency \"mpa\" stands in the table before",
    );
    check("[[agency]]\nslug = 1\n", "line 2");
    check_refused(
        "[enricher]\nagencies_table = \"/nowhere/agencies.toml\"\n",
        &[],
        "enricher.agencies_table is \"/nowhere/agencies.toml\" (file F); it must be a table like config/agencies.toml (/nowhere/agencies.toml cannot be read: No such file or directory (os error 2))",
    );
}

#[test]
fn kafka_is_configured_by_each_layer() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = "[kafka]\nbootstrap_servers = \"file.example:9092\"\nsecurity = \"sasl_ssl\"\n\
        sasl_mechanism = \"SCRAM-SHA-512\"\nsasl_username = \"ann\"\nsasl_password_file = \"/run/password\"\n";
    let environment = [(
        "COPYDESK_KAFKA__BOOTSTRAP_SERVERS",
        "a.example:9092,b.example:9093",
    )];
    let mut sources = sources(Some((&dir, file)), &environment);
    let loaded = load(&sources).expect("the layers are valid");
    let kafka = &loaded.config.kafka;
    assert_eq!(kafka.bootstrap_servers, "a.example:9092,b.example:9093");
    assert_eq!(kafka.sasl_username, "ann");
    let password = setting(&loaded, "kafka.sasl_password_file");
    assert_eq!(password.value, "\"/run/password\"", "no secret itself");
    sources.bootstrap_servers = Some("flag.example:9092".to_owned());
    let loaded = load(&sources).expect("the layers are valid");
    let servers = setting(&loaded, "kafka.bootstrap_servers");
    assert_eq!(servers.value, "\"flag.example:9092\"");
    assert_eq!(servers.place, Place::Flag("--bootstrap-servers"));
}

#[test]
fn librdkafka_settings_come_by_their_own_names_and_secrets_are_not_shown() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = "[kafka.librdkafka]\n\"client.rack\" = \"a\"\n\"socket.nagle.disable\" = false\n\
        \"queued.min.messages\" = 500\n\"sasl.oauthbearer.config\" = \"principal=ann\"\n";
    let environment = [("COPYDESK_KAFKA__LIBRDKAFKA__BROKER_ADDRESS_FAMILY", "v4")];
    let loaded = load(&sources(Some((&dir, file)), &environment)).expect("the layers are valid");
    let settings = loaded.config.kafka.librdkafka.iter();
    let settings: Vec<(&str, &str)> = settings.map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let expected = [
        ("broker.address.family", "v4"),
        ("client.rack", "a"),
        ("queued.min.messages", "500"),
        ("sasl.oauthbearer.config", "principal=ann"),
        ("socket.nagle.disable", "false"),
    ];
    assert_eq!(settings, expected);
    let family = setting(&loaded, "kafka.librdkafka.\"broker.address.family\"");
    let variable = "COPYDESK_KAFKA__LIBRDKAFKA__BROKER_ADDRESS_FAMILY".to_owned();
    assert_eq!(family.place, Place::Environment(variable));
    let tokens = setting(&loaded, "kafka.librdkafka.\"sasl.oauthbearer.config\"");
    assert_eq!(tokens.value, "\"***\"");
    let whole = [(
        "COPYDESK_KAFKA__LIBRDKAFKA",
        "{\"client.rack\"=\"b\",\"queued.min.messages\"=7}",
    )];
    let loaded = load(&sources(None, &whole)).expect("a table in a variable");
    let settings = &loaded.config.kafka.librdkafka;
    assert_eq!(settings["client.rack"], "b");
    assert_eq!(settings["queued.min.messages"], "7");
}

#[test]
fn what_kafka_cannot_be_is_told_with_what_is_allowed() {
    check_refused(
        "",
        &[("COPYDESK_KAFKA__BOOTSTRAP_SERVERS", "broker.example")],
        "kafka.bootstrap_servers is \"broker.example\" (environment COPYDESK_KAFKA__BOOTSTRAP_SERVERS); it must be host:port, several with commas between",
    );
    check_refused(
        "[kafka]\nsession_timeout_seconds = 0\n",
        &[],
        "kafka.session_timeout_seconds is 0 (file F); it must be 1 to 300",
    );
    check_refused(
        "[kafka]\nsecurity = \"tls\"\n",
        &[],
        "kafka.security is \"tls\" (file F); it must be one of \"plaintext\", \"ssl\", \"sasl_plaintext\", \"sasl_ssl\"",
    );
    check_refused(
        "[kafka]\nbootstrap_server = \"a:1\"\n",
        &[],
        "kafka.bootstrap_server (file F) is not a setting; did you mean kafka.bootstrap_servers?",
    );
    check_refused(
        "[kafka]\ninstance = \"two words\"\n",
        &[],
        "kafka.instance is \"two words\" (file F); it must be up to 100 letters, digits, '.', '_' and '-'",
    );
    check_refused(
        "",
        &[("COPYDESK_KAFKA__LIBRDKAFKA__TRANSACTIONAL_ID", "mine")],
        "kafka.librdkafka.\"transactional.id\" is \"mine\" (environment COPYDESK_KAFKA__LIBRDKAFKA__TRANSACTIONAL_ID); it must be left out: copydesk sets it itself, because exactly once rests on it",
    );
    check_refused(
        "[kafka.librdkafka]\n\"ssl.key.password\" = \"hunter2\"\n",
        &[],
        "kafka.librdkafka.\"ssl.key.password\" is \"***\" (file F); it must be left out: set key_password_file under [kafka] in its place",
    );
}
