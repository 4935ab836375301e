//! What polls brought is read anew, and the network is not touched.

use std::collections::BTreeMap;

use article::{ArticleId, Fetched};
use pipeline::staged::decode;

use crate::{Desk, check_same, generated};

const ARTICLES: usize = 60;

#[test]
fn finding_articles_again_dials_nobody_and_loses_nothing() {
    let desk = Desk::local(generated(ARTICLES, Some(20.0)));
    let service = desk.place.start();
    let ledger = desk.ledger();
    desk.await_count(&ledger, "articles.enriched", desk.articles / 3);
    assert!(service.stop().success());
    let requests = || desk.world.newsroom.log().count();
    let before = requests();
    desk.replay(&["fetcher", "--generation", "2", "--through", "enricher"]);
    assert_eq!(requests(), before, "nobody was asked");
    desk.await_count(
        &ledger,
        "articles.fetched.g2",
        ledger.count("articles.fetched"),
    );
    assert_eq!(
        ledger.count("articles.discovered.g2"),
        ledger.count("articles.discovered")
    );
    assert_eq!(
        ledger.count("articles.fetched.g2"),
        ledger.count("articles.fetched")
    );
    desk.replay(&["fetcher", "--generation", "3", "--reads", "1"]);
    check_same(&ledger, "articles.discovered.g2", "articles.discovered.g3");
    check_same(&ledger, "articles.fetched.g2", "articles.fetched.g3");

    // Live, beside the running pipeline: what comes is found and fetched once.
    let service = desk.place.start();
    desk.await_count(&ledger, "articles.enriched", desk.articles / 2);
    desk.place.ok(&["replay", "switch", "2"]);
    desk.world.newsroom.publish_all();
    desk.await_count(&ledger, "articles.enriched.g2", desk.articles);
    let mut pages: BTreeMap<ArticleId, u32> = BTreeMap::new();
    for (_, record) in ledger.stored("articles.fetched.g2") {
        let fetched = decode::<Fetched>(&record).expect("it is one of ours");
        *pages.entry(fetched.id).or_default() += 1;
    }
    let truth = &desk.world.newsroom.truth().articles;
    assert_eq!(pages.len(), truth.len());
    assert!(pages.values().all(|count| *count == 1), "{pages:?}");
    assert!(service.stop().success());
}
