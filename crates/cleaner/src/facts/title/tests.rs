use super::*;

#[track_caller]
fn check(title: &str, expected: &str) {
    let names = [fold::key("The Daily"), fold::key("14")];
    assert_eq!(without_name(title, &names), expected);
}

#[track_caller]
fn check_choice(html: &str, linked: &str, expected: &str) {
    let tidied = crate::tidy::tidy(html);
    let page = crate::page::read(&tidied);
    let data = format!(r#"{{"@type": "NewsArticle", "headline": "{linked}"}}"#);
    let linked = super::super::linked_data::read(&[&data], &[]);
    let told = choose(&page, &linked, None, &["The Daily"], None);
    assert_eq!(told.map(|told| told.value).as_deref(), Some(expected));
}

#[test]
fn a_lone_shared_title_counts_where_the_page_shows_it() {
    let page = |shown: &str| {
        format!(
            "<title>Bridge news</title><meta property=og:title content='Old bridge shut'>\
             <h1>Bridge news</h1><h2>{shown}</h2><p>Text.</p>"
        )
    };
    check_choice(
        &page("River: Old bridge shut"),
        "Bridge news",
        "Old bridge shut",
    );
    check_choice(&page("Something else"), "Bridge news", "Bridge news");
}

/// A page whose data were filled in from the title made for searches.
fn filled_in(kind: &str, heading: &str) -> String {
    let title = "Old bridge in Osier: all dates of 2026";
    format!(
        "<title>{title} | The Daily</title><meta property=og:title content='{title}'>\
         <meta name=twitter:title content='{title}'>\
         <script type=application/ld+json>{{\"@type\":\"{kind}\",\"headline\":\"{title}\"}}</script>\
         <h1>{heading}</h1><p>Text.</p>"
    )
}

#[track_caller]
fn check_filled_in(kind: &str, heading: &str, expected: &str) {
    let html = filled_in(kind, heading);
    let tidied = crate::tidy::tidy(&html);
    let page = crate::page::read(&tidied);
    let linked = super::super::linked_data::read(&tidied.linked_data, &[]);
    let told = choose(&page, &linked, None, &["The Daily"], None);
    assert_eq!(told.map(|told| told.value).as_deref(), Some(expected));
}

#[test]
fn what_readers_see_counts_more_than_what_plug_ins_fill_in() {
    let shown = "When the old bridge in Osier opens and shuts";
    let title = "Old bridge in Osier: all dates of 2026";
    check_filled_in("BlogPosting", shown, shown);
    check_filled_in("WebPage", shown, shown);
    // A newsroom's own headline holds, and so does the title over a section's name or a long text.
    check_filled_in("NewsArticle", shown, title);
    check_filled_in("BlogPosting", "Rivers and bridges of the land", title);
    check_filled_in("BlogPosting", &format!("{shown}. ").repeat(8), title);
    check_filled_in("BlogPosting", "Old bridge in Osier", title);
}

#[test]
fn what_stands_before_or_behind_the_headline_goes() {
    let kicker = "<meta property=og:title content='Old bridge shut'><h1>Old bridge shut</h1>";
    check_choice(kicker, "River: Old bridge shut", "Old bridge shut");
    let section = "<meta name=headline content='Old bridge shut'>\
         <meta property=og:title content='Old bridge shut-Politics'>\
         <meta name=twitter:title content='Old bridge shut-Politics'>\
         <title>Old bridge shut-Politics</title>";
    check_choice(section, "", "Old bridge shut");
}

#[test]
fn a_name_goes_from_either_end_of_a_title() {
    check("The Daily: Bridge shut", "Bridge shut");
    check("THE DAILY | Bridge shut", "Bridge shut");
    check("Bridge shut » The Daily", "Bridge shut");
    check("Bridge shut·The Daily", "Bridge shut");
    check("Bridge – river – The Daily", "Bridge – river");
    check("Bridge: The Daily: Shut", "Bridge: The Daily: Shut");
    check("14:30 train late", "14:30 train late");
    check("The Daily-run bridge", "The Daily-run bridge");
    check("The Daily:", "The Daily:");
}
