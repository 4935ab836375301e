use url::Url;

use super::*;

const TOKEN: &str = "copydesk";

#[track_caller]
fn check(robots: &str, allowed: &[&str], forbidden: &[&str]) {
    let rules = Rules::read(robots.as_bytes(), TOKEN);
    let url = |path: &&str| Url::parse(&format!("http://a.example{path}")).expect("an address");
    for path in allowed {
        assert!(rules.allow(&url(path)), "{path} is allowed by\n{robots}");
    }
    for path in forbidden {
        assert!(
            !rules.allow(&url(path)),
            "{path} is not allowed by\n{robots}"
        );
    }
}

/// RFC 9309, section 5.1.
#[test]
fn the_rfcs_simple_example() {
    let robots = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
                  User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
                  User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n\
                  User-Agent: quxbot\n";
    let may = |token, path: &str| {
        let url = Url::parse(&format!("http://a.example{path}")).expect("an address");
        Rules::read(robots.as_bytes(), token).allow(&url)
    };
    for (token, path, expected) in [
        ("copydesk", "/picture.gif", false),
        ("copydesk", "/picture.gif?x", true),
        ("copydesk", "/example/page.html", false),
        ("copydesk", "/publications/a", true),
        ("foobot", "/example/page.html", true),
        ("foobot", "/example/allowed.gif", true),
        ("foobot", "/publications/", false),
        ("barbot", "/example/page.html", false),
        ("BazBot", "/example/page.html", false),
        ("bazbot", "/example/other.html", true),
        ("quxbot", "/example/page.html", true),
    ] {
        assert_eq!(may(token, path), expected, "{token} {path}");
    }
}

/// Section 5.2.
#[test]
fn the_longest_match_decides() {
    check(
        "User-Agent: copydesk\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
        &["/example/page/", "/example/page/a.gif"],
        &["/example/page/disallowed.gif"],
    );
    // Equally long: allowed, in either order.
    check("User-agent: *\nDisallow: /a\nAllow: /a\n", &["/a"], &[]);
    check("User-agent: *\nAllow: /a\nDisallow: /a\n", &["/a"], &[]);
    check(
        "User-agent: *\nAllow: /p\nDisallow: /\n",
        &["/page", "/robots.txt"],
        &["/", "/other"],
    );
    check(
        "User-agent: *\nAllow: /page\nDisallow: /*.htm\n",
        &["/page"],
        &["/page.htm", "/page.html"],
    );
}

#[test]
fn groups_of_one_agent_are_one() {
    check(
        "User-agent: copydesk\nDisallow: /a\n\nUser-agent: other\nDisallow: /b\n\n\
         User-agent: COPYDESK/0.1 (reader)\nDisallow: /c\n",
        &["/b"],
        &["/a", "/c"],
    );
    // Whoever is named is not everybody.
    check(
        "User-agent: *\nDisallow: /\n\nUser-agent: copydesk\nDisallow:\n",
        &["/", "/a"],
        &[],
    );
    check(
        "User-agent: *\nUser-agent: other\nDisallow: /a\n",
        &["/b"],
        &["/a"],
    );
    // Names that only begin alike.
    check("User-agent: copydeskbot\nDisallow: /\n", &["/"], &[]);
    check("User-agent: copy\nDisallow: /\n", &["/"], &[]);
}

#[test]
fn lines_as_people_write_them() {
    check(
        "\u{feff}USER-AGENT : *  # everybody\r\n  disallow :/a # no\rDISALLOW: /b",
        &["/c"],
        &["/a", "/b"],
    );
    // Blank lines and other records end no group.
    check(
        "User-agent: *\n\nSitemap: http://a.example/s.xml\n\nDisallow: /a\n",
        &["/b"],
        &["/a"],
    );
    // Rules for nobody.
    check("Disallow: /a\nUser-agent: *\nAllow: /b\n", &["/a"], &[]);
    check("<!doctype html><p>not found", &["/a"], &[]);
    check("", &["/a"], &[]);
    check("User-agent: *\nDissallow: /a\n", &[], &["/a"]);
}

#[test]
fn a_delay_is_read_and_the_longest_holds() {
    let delay = |robots: &str| Rules::read(robots.as_bytes(), TOKEN).crawl_delay_ms;
    assert_eq!(
        delay("User-agent: *\nCrawl-delay: 2.5\ncrawl-delay: 1\n"),
        Some(2_500)
    );
    assert_eq!(delay("User-agent: other\nCrawl-delay: 2\n"), None);
    assert_eq!(delay("User-agent: *\nCrawl-delay: soon\n"), None);
    assert_eq!(delay("User-agent: *\nCrawl-delay: -1\n"), None);
    assert_eq!(delay("User-agent: *\nCrawl-delay: 1e300\n"), Some(u64::MAX));
}

#[test]
fn what_lies_beyond_the_limit_is_not_read() {
    let mut robots = "User-agent: *\nDisallow: /a\n".to_owned();
    while robots.len() < MOST - 20 {
        robots.push_str("# a comment\n");
    }
    robots.push_str("Disallow: /long-and-cut-in-two\nDisallow: /beyond\n");
    assert!(robots.len() > MOST);
    check(&robots, &["/beyond", "/long", "/lo"], &["/a"]);
}

#[test]
fn a_product_is_the_first_word_of_an_agent() {
    for (agent, expected) in [
        ("copydesk/0.1.0 (news feed reader)", "copydesk"),
        ("My_News-Bot2 (x)", "My_News-Bot2"),
        ("*", ""),
    ] {
        assert_eq!(product(agent), expected);
    }
}
