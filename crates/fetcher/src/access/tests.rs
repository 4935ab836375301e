use std::fs;

use article::Proxy;

use super::*;

const FEED: &str = "https://a.example/rss";

fn header(name: &str, value: Option<&str>, file: Option<&str>) -> Access {
    Access {
        headers: vec![HeaderField {
            name: name.into(),
            value: value.map(str::to_owned),
            value_file: file.map(str::to_owned),
        }],
        ..Access::default()
    }
}

fn login(user: &str, file: &str) -> Login {
    Login {
        user: user.into(),
        password_file: file.into(),
    }
}

fn proxy(url: &str) -> Access {
    Access {
        proxy: Some(Proxy {
            url: url.into(),
            login: None,
        }),
        ..Access::default()
    }
}

#[track_caller]
fn check_refused(access: &Access, expected: &str) {
    let error = check_access(access).expect_err("it is refused").to_string();
    assert!(error.contains(expected), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn what_cannot_be_sent_is_refused_before_anybody_is_asked() {
    check_refused(&header("", Some("x"), None), "no name of a header");
    check_refused(&header("X-Desk", Some("x"), None), "in lower case");
    check_refused(&header("x desk", Some("x"), None), "no name of a header");
    check_refused(&header("host", Some("b.example"), None), "own to send");
    check_refused(&header("if-none-match", Some("x"), None), "own to send");
    check_refused(&header("x-desk", Some("a\nb"), None), "cannot be sent");
    check_refused(&header("x-desk", Some(" "), None), "cannot be sent");
    check_refused(&header("x-desk", None, None), "a value or a file");
    check_refused(&header("x-desk", Some("x"), Some("y")), "a value or a file");
    for name in ["authorization", "cookie", "x-api-key", "x-access-token"] {
        check_refused(&header(name, Some("hunter2"), None), "name a file");
        check_access(&header(name, None, Some("file"))).expect("by file it may go");
    }
    check_refused(&header("x-api-key", None, Some(" ")), "no path of a file");
    let mut two = header("authorization", None, Some("file"));
    two.login = Some(login("ann", "file"));
    check_refused(&two, "two logins");
    two.headers.clear();
    check_access(&two).expect("one login");
    two.login = Some(login("ann:hunter2", "file"));
    assert!(check_access(&two).is_err(), "a colon ends a name");
    for url in [
        "proxy.example:3128",
        "socks5://proxy.example",
        "http://ann:hunter2@proxy.example",
        "http://proxy.example/path",
        "file:///etc/passwd",
    ] {
        check_refused(&proxy(url), "a proxy's address is such as");
    }
    check_access(&proxy("https://proxy.example:3128")).expect("a proxy");
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        fs::create_dir(folder.0.path().join("kept")).expect("made");
        fs::write(folder.0.path().join("elsewhere"), "hunter2").expect("written");
        folder
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.path().join("kept").join(name), text).expect("written");
    }

    fn read(&self, access: &Access) -> Result<Keys, AccessError> {
        let url = Url::parse(FEED).expect("an address");
        Vault::new(&self.0.path().join("kept")).read(access, url.origin())
    }

    #[track_caller]
    fn check_refused(&self, file: &str, expected: &str) {
        let refused = self.read(&header("x-api-key", None, Some(file)));
        let error = refused.expect_err("it is refused").to_string();
        assert!(error.contains(expected) && error.contains(file), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn secrets_are_read_from_the_one_folder_and_trimmed() {
    let folder = Folder::new();
    folder.write("key", " hunter2\n");
    let mut access = header("x-api-key", None, Some("key"));
    access.login = Some(login("ann", "key"));
    let keys = folder.read(&access).expect("it is read");
    let own = Url::parse("https://a.example/other?x").expect("an address");
    let headers = keys.headers(&own);
    assert_eq!(headers["x-api-key"], "hunter2");
    assert_eq!(headers["authorization"], "Basic YW5uOmh1bnRlcjI=");
    assert!(headers.values().all(HeaderValue::is_sensitive));
    for other in [
        "http://a.example/rss",
        "https://a.example:8443/rss",
        "https://www.a.example/rss",
        "https://evil.test/",
    ] {
        let other = Url::parse(other).expect("an address");
        assert!(keys.headers(&other).is_empty(), "{other}");
    }
    let shown = format!("{keys:?}");
    assert!(
        shown.contains("x-api-key") && !shown.contains("hunter2"),
        "{shown}"
    );
    // By its whole path too.
    let whole = folder.0.path().join("kept/key");
    let whole = header("x-api-key", None, whole.to_str());
    folder.read(&whole).expect("it is read");
    // What is changed holds from the next request on.
    folder.write("key", "hunter3");
    let keys = folder.read(&access).expect("it is read");
    assert_eq!(keys.headers(&own)["x-api-key"], "hunter3");
}

#[test]
fn a_proxys_password_is_shown_nowhere() {
    let folder = Folder::new();
    folder.write("key", "hunter2");
    let mut access = proxy("http://proxy.example:3128");
    access.proxy.as_mut().expect("a proxy").login = Some(login("ann", "key"));
    let keys = folder.read(&access).expect("it is read");
    let key = keys.proxy.as_ref().expect("a proxy");
    assert_eq!(key.login, Some(("ann".into(), "hunter2".into())));
    assert!(!format!("{keys:?} {key:?}").contains("hunter2"));
}

#[test]
fn other_files_are_not_read() {
    let folder = Folder::new();
    folder.check_refused("missing", "cannot be read: No such file");
    folder.check_refused("../elsewhere", "does not lie in");
    folder.check_refused("/etc/hostname", "does not lie in");
    std::os::unix::fs::symlink("../elsewhere", folder.0.path().join("kept/link")).expect("linked");
    folder.check_refused("link", "does not lie in");
    folder.check_refused(".", "no file of 16 KiB");
    folder.write("empty", " \n");
    folder.check_refused("empty", "it is empty");
    folder.write("lines", "hunter2\nhunter2");
    folder.check_refused("lines", "more than one line");
    folder.write("latin", b"hunter2\xe9");
    folder.check_refused("latin", "not UTF-8");
    folder.write("big", "x".repeat(LARGEST as usize + 1));
    folder.check_refused("big", "no file of 16 KiB");
    let vault = Vault::new(Path::new(""));
    let url = Url::parse(FEED).expect("an address");
    let error = vault.read(&header("x-api-key", None, Some("key")), url.origin());
    let error = error.expect_err("there is no folder").to_string();
    assert!(error.contains("fetcher.credentials_dir"), "{error}");
}
