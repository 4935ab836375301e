//! robots.txt before pages.

use super::*;

/// An outlet whose robots.txt says this, and which notes what it is asked for.
async fn outlet(status: StatusCode, robots: &'static str) -> (Site, Arc<Mutex<Vec<String>>>) {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    let serve = move |request: HttpRequest| async move {
        let path = request.uri().path().to_owned();
        log.lock().expect("no panic").push(path.clone());
        match path.as_str() {
            "/robots.txt" => (status, robots).into_response(),
            "/away" => Redirect::to("http://elsewhere.example/private").into_response(),
            "/back" => Redirect::to("/private").into_response(),
            _ => "a page".into_response(),
        }
    };
    (site(Router::new().fallback(serve)).await, asked)
}

async fn page(site: &Site, url: &str) -> Outcome {
    let request = Request {
        robots: true,
        ..request(url, Validators::default())
    };
    site.http.get(request).await.0
}

fn count(asked: &Mutex<Vec<String>>, path: &str) -> usize {
    let asked = asked.lock().expect("no panic");
    asked.iter().filter(|found| *found == path).count()
}

#[tokio::test]
async fn what_is_disallowed_is_not_asked_for_at_any_hop() {
    let (site, asked) = outlet(StatusCode::OK, "User-agent: copydesk\nDisallow: /private\n").await;
    for (path, expected) in [
        ("/a", Kind::Read),
        ("/private", Kind::Disallowed),
        ("/private/b?c", Kind::Disallowed),
        ("/back", Kind::Disallowed),
        ("/away", Kind::Disallowed),
    ] {
        let outcome = page(&site, &format!("{HOST}{path}")).await;
        assert_eq!(outcome.kind(), expected, "{path}: {}", outcome.detail());
    }
    // A feed is asked for whatever it says.
    assert_eq!(
        site.get(&format!("{HOST}/private")).await.kind(),
        Kind::Read
    );
    assert_eq!(count(&asked, "/private"), 1);
    assert_eq!(count(&asked, "/robots.txt"), 2, "once a site");
}

#[tokio::test]
async fn many_who_want_to_know_look_once() {
    let (site, asked) = outlet(StatusCode::NOT_FOUND, "").await;
    let urls: Vec<String> = (0..20).map(|n| format!("{HOST}/{n}")).collect();
    let pages = urls.iter().map(|url| page(&site, url));
    for outcome in futures_util::future::join_all(pages).await {
        assert_eq!(outcome.kind(), Kind::Read, "{}", outcome.detail());
    }
    assert_eq!(count(&asked, "/robots.txt"), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_forbids_everything() {
    let (site, asked) = outlet(
        StatusCode::INTERNAL_SERVER_ERROR,
        "User-agent: *\nAllow: /\n",
    )
    .await;
    for _ in 0..3 {
        let outcome = page(&site, &format!("{HOST}/a")).await;
        let detail = outcome.detail();
        assert_eq!(outcome.kind(), Kind::RobotsUnreachable, "{detail}");
        assert!(detail.contains("status 500"), "{detail}");
    }
    assert_eq!(asked.lock().expect("no panic").as_slice(), ["/robots.txt"]);
}

#[tokio::test]
async fn redirects_of_the_file_are_followed_and_do_not_go_on_for_ever() {
    let next = |request: HttpRequest| async move {
        let path = request.uri().path().to_owned();
        match path.as_str() {
            "/robots.txt" => Redirect::permanent("/1").into_response(),
            "/5" => "User-agent: *\nDisallow: /private\n".into_response(),
            "/private" => "a page".into_response(),
            step => {
                let step: u32 = step[1..].parse().expect("a number");
                Redirect::to(&format!("/{}", step + 1)).into_response()
            }
        }
    };
    let near = site(Router::new().fallback(next)).await;
    let outcome = page(&near, &format!("{HOST}/private")).await;
    assert_eq!(outcome.kind(), Kind::Disallowed, "{}", outcome.detail());
    let config = Config {
        max_redirects: 2,
        ..Config::default()
    };
    let far = site_with(Router::new().fallback(next), config).await;
    let outcome = page(&far, &format!("{HOST}/private")).await;
    assert_eq!(outcome.kind(), Kind::Read, "{}", outcome.detail());
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_told_of_by_its_own_trouble() {
    let (site, _) = outlet(StatusCode::OK, "").await;
    for (url, expected) in [
        ("http://unknown.test/a", Kind::Offline),
        ("https://outlet.example/a", Kind::Tls),
        ("http://10.0.0.1/a", Kind::Refused),
    ] {
        let outcome = page(&site, url).await;
        assert_eq!(outcome.kind(), expected, "{url}: {}", outcome.detail());
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_asked_for_once_a_minute_whoever_waits() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let serve = move |request: HttpRequest| async move {
        let path = request.uri().path().to_owned();
        log.lock().expect("no panic").push(path.clone());
        let part = Ok::<_, std::io::Error>("User-agent: *\n".to_owned());
        let cut = Err(std::io::Error::other("cut"));
        Body::from_stream(stream::iter([part, cut]))
    };
    let site = site(Router::new().fallback(serve)).await;
    let first = page(&site, &format!("{HOST}/0")).await;
    assert_eq!(first.kind(), Kind::Broken, "{}", first.detail());
    let minute = Timestamp::now() + Duration::from_secs(55);
    for n in 1..20 {
        let outcome = page(&site, &format!("{HOST}/{n}")).await;
        let trouble = trouble(outcome);
        let is_put_off =
            matches!(&trouble, Trouble::RobotsUnreachable { until, .. } if *until > minute);
        assert!(is_put_off, "{trouble}");
    }
    assert_eq!(asked.lock().expect("no panic").as_slice(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_file_that_lies_where_nobody_may_go_allows_everything() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let serve = move |request: HttpRequest| async move {
        let path = request.uri().path().to_owned();
        log.lock().expect("no panic").push(path.clone());
        match path.as_str() {
            "/robots.txt" => Redirect::to("http://10.0.0.1/robots.txt").into_response(),
            _ => "a page".into_response(),
        }
    };
    let site = site(Router::new().fallback(serve)).await;
    for path in ["a", "b"] {
        let outcome = page(&site, &format!("{HOST}/{path}")).await;
        assert_eq!(outcome.kind(), Kind::Read, "{}", outcome.detail());
    }
    assert_eq!(count(&asked, "/robots.txt"), 1);
}

#[tokio::test]
async fn a_crawl_delay_is_kept_up_to_the_configured_one() {
    let robots = "User-agent: *\nCrawl-delay: 600\n";
    let serve = move |request: HttpRequest| async move {
        if request.uri().path() == "/robots.txt" {
            robots
        } else {
            "a page"
        }
    };
    let config = Config {
        crawl_delay_max_seconds: 1,
        ..Config::default()
    };
    let site = site_with(Router::new().fallback(serve), config).await;
    let started = Instant::now();
    // Between robots.txt and a page, and a page and a feed.
    let first = page(&site, &format!("{HOST}/a")).await;
    assert_eq!(first.kind(), Kind::Read);
    assert!(started.elapsed() >= Duration::from_secs(1));
    let feed = site.get(&format!("{HOST}/feed")).await;
    assert_eq!(feed.kind(), Kind::Read);
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(site.http.crawl_delay(HOST), Duration::from_secs(1));
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let serve = |request: HttpRequest| async move { request.uri().path().to_owned() };
    let config = Config {
        robots: false,
        ..Config::default()
    };
    let site = site_with(Router::new().fallback(serve), config).await;
    let outcome = page(&site, &format!("{HOST}/a")).await;
    assert_eq!(answer(outcome).body, b"/a");
}
