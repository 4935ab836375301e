use super::*;

const TOLD_TEXT: &str = "The council of the town met on Tuesday evening and agreed, after a debate of four hours, to \
    rebuild the old stone bridge over the river, which has been shut since the flood of last spring.";

/// What is told on a page of three paragraphs and a row of entries behind them.
fn page_of(entries: &[String], container: (&str, &str)) -> Page {
    let told = format!("<p>{TOLD_TEXT}</p>").repeat(3);
    let (open, close) = container;
    let html = format!("<h1>Bridge</h1>{told}{open}{}{close}", entries.concat());
    crate::page::read(&crate::tidy::tidy(&html))
}

fn known() -> Known {
    Known {
        published: Date::new(2026, 5, 17).ok(),
        ..Known::default()
    }
}

/// Whether the row is the readers', all of it and nothing before it.
#[track_caller]
fn check(entries: &[String], container: (&str, &str), expected: bool) {
    let mut page = page_of(entries, container);
    crate::extract::weigh::weigh(&mut page, 0);
    let found = find(&page, &known());
    let all = 4..page.blocks.len();
    assert_eq!(found, expected.then_some(all), "{entries:?}");
}

const APART_IN: (&str, &str) = ("<div><div>", "</div></div>");
const AMONG_THEM: (&str, &str) = ("", "");

fn entries(form: &str, moments: [&str; 3]) -> Vec<String> {
    let names = ["Ann Lee", "bob77", "Cy Poe"];
    let texts = [
        "About time too.",
        "Who is going to pay for all of this? We are, and nobody has asked us whether we would like to do so.",
        "I walk there daily. It was never safe.",
    ];
    let each = names.iter().zip(moments).zip(texts);
    let each = each.map(|((name, moment), text)| {
        let form = form.replace("NAME", name).replace("WHEN", moment);
        form.replace("TEXT", text)
    });
    each.collect()
}

#[test]
fn names_with_a_moment_and_a_few_lines_each_are_readers() {
    let elapsed = [
        ["2 hours ago", "3 hours ago", "yesterday"],
        ["vor 2 Stunden", "vor einer Stunde", "gestern"],
        ["il y a 2 heures", "il y a 3 heures", "il y a un jour"],
        ["hace 2 horas", "hace 3 horas", "ayer"],
        ["2時間前", "3時間前", "昨日"],
        ["2 часа назад", "3 часа назад", "вчера"],
    ];
    for moments in elapsed {
        for form in [
            "<div><b>NAME</b> <i>WHEN</i><p>TEXT</p></div>",
            "<div><div>NAME</div><div>WHEN</div><div>TEXT</div><div>Reply</div></div>",
            "<div><h4>NAME</h4><time>WHEN</time><div>TEXT</div></div>",
        ] {
            check(&entries(form, moments), APART_IN, true);
        }
        check(
            &entries("<p>NAME WHEN</p><p>TEXT</p>", moments),
            AMONG_THEM,
            true,
        );
    }
}

#[test]
fn days_and_times_soon_after_the_article_are_readers_in_a_part_of_their_own() {
    let soon = [
        "17 May 2026, 10:15",
        "18 May 2026, 11:40",
        "2 June 2026, 9:05",
    ];
    let form = "<div><b>NAME</b>, WHEN<p>TEXT</p></div>";
    check(&entries(form, soon), APART_IN, true);
    let later = [
        "17 May 2027, 10:15",
        "18 May 2027, 11:40",
        "2 June 2027, 9:05",
    ];
    check(&entries(form, later), APART_IN, false);
    let days = ["17 May 2026", "18 May 2026", "2 June 2026"];
    check(&entries(form, days), APART_IN, false);
    let clocks = ["10:15", "11:40", "12:05"];
    check(
        &entries("<div><p>NAME</p><p>WHEN</p><p>TEXT</p></div>", clocks),
        APART_IN,
        true,
    );
    let answered = "<div><b>NAME</b>, WHEN<p>TEXT</p><p>Antworten</p></div>";
    check(&entries(answered, days), APART_IN, true);
}

#[test]
fn lists_of_an_article_are_its_own() {
    // Events, and what happened when.
    let soon = [
        "20 May 2026, 19:00",
        "21 May 2026, 20:00",
        "2 June 2026, 19:30",
    ];
    check(
        &entries("<h3>NAME</h3><p>WHEN</p><p>TEXT</p>", soon),
        AMONG_THEM,
        false,
    );
    check(
        &entries("<p>NAME, WHEN</p><p>TEXT</p>", soon),
        AMONG_THEM,
        false,
    );
    check(
        &entries("<div><h3>NAME</h3><p>WHEN</p><p>TEXT</p></div>", soon),
        APART_IN,
        false,
    );
    check(&entries("<p>WHEN</p><p>TEXT</p>", soon), APART_IN, false);
    let clocks = ["19:00", "20:15", "21:45"];
    check(
        &entries("<div><p>WHEN</p><p>NAME</p><p>TEXT</p></div>", clocks),
        APART_IN,
        false,
    );
    check(
        &entries("<div><p>WHEN NAME</p><p>TEXT</p></div>", clocks),
        APART_IN,
        false,
    );
    // Entries of a live blog, by one hand.
    let own = ["2 hours ago", "3 hours ago", "4 hours ago"];
    let live: Vec<String> = own
        .iter()
        .map(|when| format!("<div><p>Ann Lee, {when}</p><p>{TOLD_TEXT}</p></div>"))
        .collect();
    check(&live, APART_IN, false);
    // Whoever is asked.
    let asked = ["mayor", "builder", "neighbour"];
    check(
        &entries("<p><b>NAME</b>, WHEN</p><p>TEXT</p>", asked),
        AMONG_THEM,
        false,
    );
}
