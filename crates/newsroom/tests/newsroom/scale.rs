//! The generated world over HTTP.

use newsroom::{Options, World, open};

use crate::client::{get, paced, room};

#[tokio::test]
async fn every_listed_page_is_there() {
    let room = room(World::Scale {
        articles: 60,
        outlets: 7,
    })
    .await;
    let truth = room.truth().articles;
    assert_eq!((truth.len(), room.total(), room.feeds().len()), (60, 60, 7));
    let mut listed = 0;
    for feed in room.feeds() {
        let body = get(room.address(), &feed.url).await.text();
        listed += truth.iter().filter(|it| body.contains(&it.url)).count();
    }
    assert_eq!(listed, 60);
    for article in &truth {
        let page = get(room.address(), &article.url).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(&article.title));
    }
}

#[tokio::test]
async fn articles_appear_at_their_rate() {
    let world = World::Scale {
        articles: 100_000,
        outlets: 3,
    };
    let room = paced(world, 1_000.0).await;
    while room.published() < 300 {
        tokio::task::yield_now().await;
    }
    let body = get(room.address(), &room.feeds()[0].url).await.text();
    assert_eq!(body.matches("<item>").count(), 50);
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused() {
    let world = World::Scale {
        articles: 1,
        outlets: 0,
    };
    let error = open(Options::of(world)).await.expect_err("no outlets");
    assert!(error.to_string().contains("0 outlets"), "{error}");
    let mut options = Options::of(World::Bundled);
    options.pace.per_second = Some(-1.0);
    let error = open(options).await.expect_err("backwards");
    assert!(error.to_string().contains("-1"), "{error}");
}
