//! What one pass over a text finds: words, sentences, marks.

use std::time::Instant;

use enricher::{MAX_BYTES, Shape, normalise};

#[track_caller]
fn check_sentences(text: &str, expected: &[&str]) {
    let read = normalise(text);
    let mut ends: Vec<usize> = read
        .sentences
        .iter()
        .skip(1)
        .map(|&at| at as usize)
        .collect();
    ends.push(text.len());
    let found: Vec<&str> = read
        .sentences
        .iter()
        .zip(ends)
        .map(|(&start, end)| text[start as usize..end].trim_end())
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn sentences_begin_behind_full_stops_that_end_one() {
    check_sentences("It rained. It stopped!", &["It rained.", "It stopped!"]);
    check_sentences("Mr. J. Osier came.", &["Mr. J. Osier came."]);
    check_sentences("It cost 3.5 m. in all.", &["It cost 3.5 m. in all."]);
    check_sentences("“We go.” He left.", &["“We go.”", "He left."]);
    check_sentences("He left. “We go.”", &["He left.", "“We go.”"]);
    check_sentences(
        "Am 3. März kam er. Er blieb.",
        &["Am 3. März kam er.", "Er blieb."],
    );
    check_sentences("Osier\nIt rained.", &["Osier", "It rained."]);
    check_sentences("雨が降った。止んだ。", &["雨が降った。", "止んだ。"]);
    check_sentences("वह गया। वह आया।", &["वह गया।", "वह आया।"]);
    check_sentences("ذهب. عاد؟ نعم", &["ذهب.", "عاد؟", "نعم"]);
}

#[track_caller]
fn check_words(text: &str, expected: &[&str]) {
    let read = normalise(text);
    let found: Vec<&str> = read.words.iter().map(|word| &text[word.range()]).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_word_goes_on_over_accents_vowel_signs_and_joiners() {
    check_words("हिन्दी में", &["हिन्दी", "में"]);
    check_words("cafe\u{301} bar", &["cafe\u{301}", "bar"]);
    check_words("می\u{200c}رود او", &["می\u{200c}رود", "او"]);
    check_words(
        "rail\u{200b}way\u{200b} is",
        &["rail\u{200b}way\u{200b}", "is"],
    );
    check_words("l’été d'Osier", &["l’été", "d'Osier"]);
    check_words("1,200.50 rock'n", &["1,200.50", "rock'n"]);
    check_words("東京a1", &["東", "京", "a1"]);
    check_words("서울 시", &["서울", "시"]);
}

#[test]
fn a_line_that_a_width_broke_ends_no_sentence() {
    check_sentences(
        "The bridge was\nclosed. It rained.",
        &["The bridge was\nclosed.", "It rained."],
    );
    check_sentences(
        "The bridge was\nclosed by the mayor, said\nAnn Hill of the council,\nwho had seen it.",
        &["The bridge was\nclosed by the mayor, said\nAnn Hill of the council,\nwho had seen it."],
    );
    check_sentences(
        "The mayor told the\nGazette so. It rained.",
        &["The mayor told the\nGazette so.", "It rained."],
    );
    let wrapped =
        "市長は橋が月曜日に開通する予定だと\n述べ市民は誰でも歩いて渡ることがで\nきると語った。";
    check_sentences(wrapped, &[wrapped]);
    check_sentences(
        "橋が開通\n市長は橋が月曜日に開通する予定だと述べた。\n雨が降った。",
        &[
            "橋が開通",
            "市長は橋が月曜日に開通する予定だと述べた。",
            "雨が降った。",
        ],
    );
    check_sentences("Milk\nBread\nEggs", &["Milk", "Bread", "Eggs"]);
    check_sentences("Plan A\nBread", &["Plan A", "Bread"]);
    check_sentences("A bridge\n\nclosed", &["A bridge", "closed"]);
    check_sentences("It rained.\nso they say", &["It rained.", "so they say"]);
}

#[test]
fn marks_are_quotation_signs_and_line_ends() {
    let text = "“Don’t,” he said.\n«Non» 'x'";
    let signs: Vec<(char, u32)> = normalise(text)
        .marks
        .iter()
        .map(|mark| (mark.sign, mark.word))
        .collect();
    let expected = [
        ('“', 0),
        ('”', 1),
        ('\n', 3),
        ('«', 3),
        ('»', 4),
        ('\'', 4),
        ('\'', 5),
    ];
    assert_eq!(signs, expected);
}

#[track_caller]
fn check_spans(text: &str, expected: &[(&str, Shape)]) {
    let read = normalise(text);
    let found: Vec<(&str, Shape)> = read
        .spans
        .iter()
        .map(|span| (&text[span.start..span.end], span.shape))
        .collect();
    assert_eq!(found, expected, "{text}");
    for word in &read.words {
        let within = |span: &&enricher::Span| {
            span.shape != Shape::Book
                && span.start <= word.start as usize
                && (word.end as usize) <= span.end
        };
        let quoted = read.spans.iter().any(|span| within(&span));
        assert!(!word.quoted || quoted, "{text}: {:?}", &text[word.range()]);
    }
}

#[test]
fn marks_are_paired_once_for_all_that_read_quotations() {
    check_spans(
        "He said “we go” and ‘now’.",
        &[("we go", Shape::Left), ("now", Shape::Single)],
    );
    check_spans(
        "Er rief »los« und „jetzt“.",
        &[("los", Shape::Guillemot), ("jetzt", Shape::Low)],
    );
    check_spans("The dogs’ and cats’ house isn't theirs.", &[]);
    check_spans(
        "彼は「行く」と《本》を言った。",
        &[("行く", Shape::Corner), ("本", Shape::Book)],
    );
    check_spans("A 5\" pipe, and so on.", &[]);
    check_spans("❝We go❞ she said", &[("We go", Shape::Left)]);
}

/// Units of texts that have no words, or a single one, or hardly anything but marks and ends of sentences.
const HOSTILE: [&str; 14] = [
    "“",
    "\"",
    "“„«‘",
    "‹(",
    "‘(",
    "'(s' ",
    "״",
    "é",
    ". ",
    ".\u{a0}",
    "! \n",
    "\n",
    "a\n\"",
    "。",
];

/// Whether reading eight times as much takes about eight times as long. No length of time is asked for, only how two
/// of them stand to each other, so it is the same on any machine; and as a machine that is busy with other things
/// may lengthen one of the two, it is enough that it was so once. Work in the square of the length takes 64 times
/// as long every time.
fn grows_in_proportion(unit: &str) -> bool {
    let text = unit.repeat(MAX_BYTES / unit.len());
    let small = &text[..text.floor_char_boundary(text.len() / 8)];
    let took = |text: &str| {
        let begun = Instant::now();
        std::hint::black_box(normalise(text));
        begun.elapsed()
    };
    (0..ATTEMPTS).any(|_| {
        let twice = took(small).min(took(small));
        took(&text) < twice * 24
    })
}

const ATTEMPTS: usize = 30;

#[test]
fn work_grows_with_the_text_and_no_faster() {
    for unit in HOSTILE {
        assert!(grows_in_proportion(unit), "{unit:?}");
    }
}

#[test]
fn a_text_without_a_space_is_read_in_bounds() {
    let read = normalise(&"é".repeat(5 << 20));
    assert_eq!(read.words.len(), 1);
    assert!(normalise(&"“„«".repeat(1 << 20)).words.is_empty());
}
