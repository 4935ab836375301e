//! What only we and a hub know of a subscription, derived from one secret: the path of its callback and the
//! key that its messages are signed with. Nothing is stored, and every process with the same secret answers
//! for the same callbacks.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::hmac::{
    self, Algorithm, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, Key,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How long a secret is at the least, in bytes.
const SHORTEST: usize = 16;
/// How large the file that holds it may be, in bytes.
const LARGEST: u64 = 16 << 10;
/// How many bytes of a callback's name are kept: nobody guesses one.
const NAME: usize = 24;

/// Derives names and keys.
#[derive(Clone)]
pub(crate) struct Deriver(Arc<Key>);

impl fmt::Debug for Deriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deriver(..)")
    }
}

impl Deriver {
    /// From the secret in a file, without the white space around it.
    ///
    /// # Errors
    /// What is wrong with the file; never what it holds.
    pub(crate) fn from_file(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let unreadable = |error: std::io::Error| format!("{name} cannot be read: {error}");
        // Read to its end, so it has to have one.
        let about = std::fs::metadata(path).map_err(unreadable)?;
        if !about.is_file() || about.len() > LARGEST {
            return Err(format!("{name} is no file of {LARGEST} bytes or less"));
        }
        let secret = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::new(secret.trim()).ok_or_else(|| {
            format!("{name} holds less than {SHORTEST} characters; `openssl rand -hex 32` makes a good secret")
        })
    }

    pub(crate) fn new(secret: &str) -> Option<Self> {
        let is_long = secret.len() >= SHORTEST;
        is_long.then(|| Self(Arc::new(Key::new(HMAC_SHA256, secret.as_bytes()))))
    }

    /// The path of the callback for a feed, below the one that is configured: a name that nobody guesses,
    /// then the feed's address, so that it need not be looked up.
    pub(crate) fn path(&self, url: &str) -> String {
        format!("{}/{}", self.name(url), URL_SAFE_NO_PAD.encode(url))
    }

    /// The feed that a callback's path is for; `None` where we have made no such path.
    pub(crate) fn feed(&self, path: &str) -> Option<String> {
        let (name, address) = path.trim_matches('/').split_once('/')?;
        let url = String::from_utf8(URL_SAFE_NO_PAD.decode(address).ok()?).ok()?;
        let name = URL_SAFE_NO_PAD.decode(name).ok()?;
        let expected = self.tag("callback", &url);
        // In constant time, as any secret.
        let is_ours = aws_lc_rs::constant_time::verify_slices_are_equal(&name, &expected[..NAME]);
        is_ours.is_ok().then_some(url)
    }

    /// What a hub signs the messages of a feed with.
    pub(crate) fn secret(&self, url: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.tag("secret", url))
    }

    fn name(&self, url: &str) -> String {
        URL_SAFE_NO_PAD.encode(&self.tag("callback", url)[..NAME])
    }

    fn tag(&self, what: &str, url: &str) -> Vec<u8> {
        hmac::sign(&self.0, format!("{what}\n{url}").as_bytes())
            .as_ref()
            .to_vec()
    }
}

/// Whether `X-Hub-Signature` signs a message with `secret` (W3C WebSub, section 7.1). Of several fields one
/// that does is enough: hubs send one for each algorithm while they change it.
pub(crate) fn is_signed<'a>(
    signatures: impl IntoIterator<Item = &'a str>,
    secret: &str,
    body: &[u8],
) -> bool {
    signatures.into_iter().any(|signature| {
        let Some((method, tag)) = signature.trim().split_once('=') else {
            return false;
        };
        let (Some(algorithm), Some(tag)) = (algorithm(method), hex(tag)) else {
            return false;
        };
        let key = Key::new(algorithm, secret.as_bytes());
        hmac::verify(&key, body, &tag).is_ok()
    })
}

fn algorithm(method: &str) -> Option<Algorithm> {
    Some(match method.trim().to_ascii_lowercase().as_str() {
        "sha1" => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => HMAC_SHA256,
        "sha384" => HMAC_SHA384,
        "sha512" => HMAC_SHA512,
        _ => return None,
    })
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FEED: &str = "https://a.example/rss?x=\u{e9}";

    fn deriver() -> Deriver {
        Deriver::new("0123456789abcdef").expect("it is long enough")
    }

    #[test]
    fn a_callback_names_its_feed_and_cannot_be_made_by_others() {
        let path = deriver().path(FEED);
        assert_eq!(deriver().feed(&path).as_deref(), Some(FEED));
        assert_eq!(deriver().feed(&format!("/{path}/")).as_deref(), Some(FEED));
        let other = Deriver::new("another secret of ours").expect("it is long enough");
        assert_eq!(other.feed(&path), None);
        let (name, _) = path.split_once('/').expect("two parts");
        let elsewhere = format!("{name}/{}", URL_SAFE_NO_PAD.encode("https://b.example/"));
        assert_eq!(deriver().feed(&elsewhere), None);
        let short = format!("{}/{}", &name[..8], URL_SAFE_NO_PAD.encode(FEED));
        assert_eq!(deriver().feed(&short), None);
        for path in ["", "/", "a", "a/b", "/a/b/c"] {
            assert_eq!(deriver().feed(path), None, "{path}");
        }
        assert_ne!(
            deriver().secret(FEED),
            deriver().secret("https://b.example/")
        );
        assert!(Deriver::new("too short").is_none());
        assert!(!format!("{:?}", deriver()).contains("0123"));
    }

    #[test]
    fn the_secret_is_read_from_a_file_that_has_an_end() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("secret");
        let read = |secret: &str| {
            std::fs::write(&file, secret).expect("written");
            Deriver::from_file(&file).map(|deriver| deriver.secret(FEED))
        };
        assert_eq!(read(" 0123456789abcdef\n"), Ok(deriver().secret(FEED)));
        let short = read("short").expect_err("it is too short");
        assert!(short.contains("less than 16"), "{short}");
        let long = read(&"x".repeat(20_000)).expect_err("it is too long");
        assert!(long.contains("16384 bytes or less"), "{long}");
        let endless = Deriver::from_file(Path::new("/dev/zero"));
        assert!(endless.is_err());
    }

    #[track_caller]
    fn check(signature: &str, expected: bool) {
        // RFC 2202 and RFC 4231, test case 2.
        let signed = is_signed([signature], "Jefe", b"what do ya want for nothing?");
        assert_eq!(signed, expected, "{signature}");
    }

    #[test]
    fn signatures_of_every_algorithm_are_checked() {
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", true);
        check(
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            true,
        );
        check(
            " SHA384=af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649 ",
            true,
        );
        check(
            "sha512=164B7A7BFCF819E2E395FBE73B56E0A387BD64222E831FD610270CD7EA2505549758BF75C05A994A6D034F65F8F0E6FDCAEAB1A34D4A6B4B636E070A38BCE737",
            true,
        );
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c78", false);
        check("sha256=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false);
        check("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c", false);
        check("sha1=", false);
        check("sha1=f", false);
        check("sha1=\u{e9}\u{e9}", false);
        check("md5=750c783e6ab0b503eaa86e310a5db738", false);
        check("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", false);
        check("", false);
        let forged_then_right = ["sha256=00", "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"];
        assert!(is_signed(
            forged_then_right,
            "Jefe",
            b"what do ya want for nothing?"
        ));
        assert!(!is_signed([], "Jefe", b"what do ya want for nothing?"));
    }

    proptest! {
        #[test]
        fn no_path_of_a_stranger_is_ours(path in "[A-Za-z0-9_/-]{0,80}") {
            prop_assert_eq!(deriver().feed(&path), None);
        }
    }
}
