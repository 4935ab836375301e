use super::*;

fn generation(number: u32, reads: u32, service: &str) -> Generation {
    Generation {
        number,
        reads,
        service: service.to_owned(),
        through: service.to_owned(),
        standing: Standing::Replayed,
        lived: false,
        made_at: Timestamp::UNIX_EPOCH,
        version: "0.1.0".to_owned(),
        config: "0".to_owned(),
        asked: String::new(),
        steps: Vec::new(),
    }
}

fn known(all: &[Generation]) -> Generations {
    Generations {
        known: all.iter().map(|g| (g.number, g.clone())).collect(),
        live: None,
    }
}

#[test]
fn a_generation_has_the_stages_of_those_that_it_rests_on() {
    #[track_caller]
    fn check(known: &Generations, ground: &Topology, number: u32, stages: [u32; 4]) {
        let topology = known
            .topology(number, ground, |_| None)
            .expect("it is known");
        let found = ["poll", "page", "clean", "enrich"].map(|stage| topology.generation_of(stage));
        assert_eq!(found, stages, "generation {number}");
    }
    let ground = Topology::new(1, |_| None);
    let known = known(&[
        generation(2, 1, "cleaner"),
        generation(3, 2, "enricher"),
        generation(4, 1, "enricher"),
        generation(5, 3, "fetcher"),
    ]);
    check(&known, &ground, 1, [1, 1, 1, 1]);
    check(&known, &ground, 2, [1, 1, 2, 2]);
    check(&known, &ground, 3, [1, 1, 2, 3]);
    check(&known, &ground, 4, [1, 1, 1, 4]);
    check(&known, &ground, 5, [5, 5, 5, 5]);
    assert_eq!(known.ancestry(5), [5, 3, 2, 1]);
    assert_eq!((known.live(), known.next()), (1, 6));
}

#[test]
fn what_is_not_there_is_told_from_what_is_gone() {
    #[track_caller]
    fn check(known: &Generations, number: u32, expected: &str) {
        let error = known.get(number).expect_err("it is not there");
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    let mut gone = generation(3, 1, "enricher");
    gone.standing = Standing::Dropped;
    let known = known(&[gone]);
    check(&known, 2, "there is no generation 2");
    check(&known, 3, "generation 3 was dropped");
    assert!(known.get(1).expect("the first is always there").is_none());
    assert_eq!(known.next(), 4, "the number is not given again");
}

#[test]
fn the_fetchers_state_comes_from_the_generation_that_it_reads() {
    let ground = Topology::new(1, |_| None);
    let known = known(&[
        generation(2, 1, "enricher"),
        generation(3, 2, "fetcher"),
        generation(4, 3, "cleaner"),
    ]);
    let of = |number| known.topology(number, &ground, |_| None).expect("known");
    let forebear = |number| {
        let forebear = known.forebear(&of(number), &ground, |_| None);
        forebear
            .expect("known")
            .map(|topology| topology.generation())
    };
    assert_eq!(forebear(2), None, "its fetcher is the first");
    assert_eq!(forebear(3), Some(2));
    assert_eq!(forebear(4), Some(2));
}
