//! What texts share that is nobody's: walls and errors, forms, notices under everything.

use article::RelationKind;

use crate::newsdesk::{Desk, Told, article, check_first};

/// What a wall, a script's absence or an error puts in place of articles.
const STUBS: [&str; 3] = [
    "This article is available to our subscribers only. Log in or choose a subscription to read on.",
    "Please enable JavaScript in your browser and reload the page to go on.",
    "Die gewünschte Seite konnte leider nicht gefunden werden. Bitte nutzen Sie unsere Suche.",
];

#[track_caller]
fn check_untied(told: &Told) {
    assert_eq!(told.enriched.relations, [], "{}", told.enriched.article.url);
}

#[test]
fn what_stands_in_place_of_articles_makes_no_copies_of_them() {
    const TITLES: [&str; 5] = [
        "Council of Oberweiler plants lime trees",
        "Ferry to Sondre runs aground in fog",
        "Striker Brekke out for the season",
        "Central bank of Tessin raises rates",
        "Opera house opens after nine years",
    ];
    for stub in STUBS {
        for outlets in [
            ["Coast Courier"; 5],
            ["One", "Two", "Three", "Four", "Five"],
        ] {
            let mut desk = Desk::default();
            for ((at, title), outlet) in (0..).zip(TITLES).zip(outlets) {
                check_untied(&desk.read(&article(outlet, &format!("{at}"), at, title, stub)));
            }
        }
    }
}

/// A form, as weather services, leagues and companies fill it day by day.
fn notice(number: usize) -> article::Cleaned {
    const PLACES: [[&str; 4]; 6] = [
        ["Barden", "Holmer", "Tislund", "Kovric"],
        ["Pelsam", "Torgri", "Vasnel", "Dorwic"],
        ["Hamste", "Finbru", "Calost", "Yanzim"],
        ["Osbarn", "Lumtor", "Grisham", "Welbru"],
        ["Norvik", "Adelost", "Brunham", "Stelmark"],
        ["Quenby", "Rotfell", "Marwick", "Ilvesk"],
    ];
    let [a, b, c, d] = PLACES[number];
    let depth = 3 + number * 7;
    let text = format!(
        "A shallow earthquake of magnitude {depth}.1 was felt on Monday morning {depth} kilometres from {a}, according to \
         the national survey. It began at a depth of {depth}4 kilometres beneath the hills of {b} {c}.\n\nAccording to \
         the survey, the centre lay {depth}8 kilometres from {c} and {depth}2 kilometres from {d}. In the past ten days \
         there have been no other earthquakes near {d} {a}.\n\nThis notice was written by a program from the data of \
         the survey's service for {b}."
    );
    let outlet = format!("Outlet {number}");
    article(
        &outlet,
        "quake",
        number as i64,
        &format!("Earthquake near {a}"),
        &text,
    )
}

#[test]
fn a_form_that_is_filled_with_other_names_ties_nothing() {
    let mut desk = Desk::default();
    for number in 0..6 {
        check_untied(&desk.read(&notice(number)));
    }
    // A copy of one of them is one all the same.
    let copied = article(
        "City Post",
        "quake",
        9,
        "Hills of Torgri shake",
        &notice(1).text,
    );
    check_first(&desk.read(&copied), RelationKind::Copy, &notice(1));
}

/// Texts of one outlet that a program filled in: with other names, and with names of their own that are the same.
#[track_caller]
fn check_forms(texts: &[&str]) {
    let mut desk = Desk::default();
    for (number, text) in (0..).zip(texts) {
        let told = desk.read(&article(
            "Lundhaven Wire",
            &number.to_string(),
            number * 20,
            "",
            text,
        ));
        check_untied(&told);
    }
}

#[test]
fn a_form_that_names_its_makers_ties_nothing_all_the_same() {
    check_forms(&[
        "TISLUND (LW) — Barden Timber Corp. on Monday reported third-quarter income of $81.5 million.\n\nThe company, \
         based in Tislund, said it had profit of 44 cents per share. The results beat what the Osier Exchange expected. \
         The average of six analysts surveyed by Quenby Market Research was for earnings of 41 cents per share.\n\nThis \
         report was written by Marwick Robotics with figures of Quenby Market Research.",
        "KOVRIC (LW) — Holmer Salt Corp. on Monday reported third-quarter income of $9.2 million.\n\nThe company, \
         based in Kovric, said it had profit of 87 cents per share. The results beat what the Osier Exchange expected. \
         The average of four analysts surveyed by Quenby Market Research was for earnings of 79 cents per share.\n\nThis \
         report was written by Marwick Robotics with figures of Quenby Market Research.",
    ]);
    check_forms(&[
        "La policía busca testigos de un choque en Barden. Una furgoneta se estrelló anoche contra un autobús en la \
         calle Tislund. El conductor fue llevado al hospital con heridas leves. Quien haya visto algo puede llamar a la \
         comisaría y dar la referencia 971, o dejar un mensaje en la página de la Guardia.",
        "La policía busca testigos de un choque en Pelsam. Una bicicleta se estrelló anoche contra un tranvía en la \
         plaza Vasnel. El conductor fue llevado al hospital con heridas leves. Quien haya visto algo puede llamar a la \
         comisaría y dar la referencia 1129, o dejar un mensaje en la página de la Guardia.",
    ]);
}

#[test]
fn a_report_with_a_name_put_right_is_that_report() {
    let mut desk = Desk::default();
    let text = "Mayor Ana Olausen opened the ferry dock of Tislund on Monday. She thanked Per Holmer of the Kovric yard, \
         which built it in nine months for 4 million crowns, and said the first boats would sail on Friday at 7.";
    let first = article("One", "1", 0, "", text);
    desk.read(&first);
    let again = text.replace("Olausen", "Ulausson");
    let told = desk.read(&article("Two", "1", 1, "", &again));
    check_first(&told, RelationKind::Near, &first);
    let later = text
        .replace("nine", "ten")
        .replace('4', "5")
        .replace("Friday at 7", "Sunday at 8");
    let told = desk.read(&article("One", "2", 2, "", &later));
    check_first(&told, RelationKind::Update, &first);
}

/// What an agency prints under all its reports, whichever outlet has them.
#[test]
fn what_everybody_prints_under_everything_ties_nothing() {
    const NOTICE: &str = "This report was distributed to subscribers of the Northwind feed and has not been edited by \
        the staff of this newspaper. Subscribers may print it in whole or in part until midnight on the day of its \
        publication, and must not change headlines, captions or names. Questions about licences go to the Northwind \
        sales desk in Lundhaven, which answers on working days between eight and four.";
    let mut desk = Desk::default();
    for number in 0..60u64 {
        // Words of its own, drawn from its number: nothing but the notice is shared.
        let words = (0..70u64).map(|at| {
            let mut draw = (number * 1_000 + at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let letters = (0..7).map(|_| {
                draw = draw
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(99);
                char::from(b'a' + (draw >> 40) as u8 % 26)
            });
            letters.collect::<String>()
        });
        let text = format!("{}.\n\n{NOTICE}", words.collect::<Vec<_>>().join(" "));
        let outlet = format!("Outlet {}", number % 30);
        let told = desk.read(&article(&outlet, &number.to_string(), 1, "", &text));
        if number >= 32 {
            check_untied(&told);
        }
    }
}
