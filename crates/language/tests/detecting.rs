//! What is found in texts of our own, and what holds of any text.

use language::{Prior, UNDETERMINED, detect, detect_with, languages};
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let found = detect(text);
    assert_eq!(found.language, expected, "{text:?}: {found:?}");
}

#[test]
fn a_script_of_one_language_decides() {
    check("정부가 새 예산안을 발표했다", "ko");
    check("ประชาชนออกมาเลือกตั้งตั้งแต่เช้า", "th");
    check("הממשלה אישרה את התקציב החדש", "he");
    check("Η κυβέρνηση ανακοίνωσε νέα μέτρα", "el");
    check("მთავრობამ ახალი ბიუჯეტი წარადგინა", "ka");
    check("Կառավարությունը հաստատեց նոր բյուջեն", "hy");
    check("সরকার নতুন বাজেট ঘোষণা করেছে", "bn");
    check("அரசு புதிய திட்டத்தை அறிவித்தது", "ta");
    check("መንግሥት አዲስ በጀት አጸደቀ", "am");
}

#[test]
fn languages_of_one_script_are_told_apart() {
    check("The government resigned on Tuesday after the vote", "en");
    check("Die Regierung ist am Dienstag zurückgetreten", "de");
    check("Le gouvernement a démissionné mardi après le vote", "fr");
    check("El Gobierno dimitió el martes tras la votación", "es");
    check("O governo demitiu-se na terça-feira, após a votação", "pt");
    check("O Goberno dimitiu onte despois da votación", "gl");
    check("Rząd podał się do dymisji po głosowaniu", "pl");
    check("Vláda po hlasování v úterý podala demisi", "cs");
    check("Hallitus erosi tiistaina äänestyksen jälkeen", "fi");
    check("Hükümet salı günü oylamadan sonra istifa etti", "tr");
    check("Chính phủ đã từ chức sau cuộc bỏ phiếu", "vi");
    check("Serikali ilijiuzulu baada ya kura ya Jumanne", "sw");
    check("Kerajaan meletak jawatan kerana keputusan itu", "ms");
    check("Pemerintah mengundurkan diri karena keputusan itu", "id");
    check("Правительство ушло в отставку после голосования", "ru");
    check("Уряд пішов у відставку після голосування", "uk");
    check("Владата подаде оставка след гласуването", "bg");
    check("Үкімет дауыс беруден кейін отставкаға кетті", "kk");
    check("استقالت الحكومة بعد التصويت يوم الثلاثاء", "ar");
    check("دولت پس از رأی‌گیری استعفا کرد", "fa");
    check("حکومت نے ووٹنگ کے بعد استعفیٰ دے دیا", "ur");
    check("सरकार ने मतदान के बाद इस्तीफ़ा दे दिया", "hi");
    check("मतदानानंतर सरकारने राजीनामा दिला आहे", "mr");
    check("मतदानपछि सरकारले राजीनामा दिएको छ", "ne");
}

#[test]
fn words_of_two_relatives_are_of_the_one_in_which_more_is_written() {
    let text = "Dia tidak tahu";
    check(text, "id");
    let declared = [Prior {
        tag: "ms-MY",
        trust: 0.9,
    }];
    assert_eq!(detect_with(text, &declared).language, "ms");
    check("Легкая атлетика", "ru");
}

#[test]
fn chinese_script_is_japanese_where_it_has_kana() {
    check("政府は火曜日に辞任した", "ja");
    check("政府周二在投票後辭職", "zh");
    check("政府周二在投票后辞职", "zh");
}

#[test]
fn what_is_in_no_language_is_undetermined() {
    for text in [
        "",
        " \n\t",
        "2-1 (1-0)",
        "https://news.example/2026/03/01/ferry-adrift?ref=rss",
        "www.news.example/sport",
        "desk@news.example",
        "@newsdesk #breaking",
        "DSC_0042.JPG",
        "report-final.pdf",
        "12:30 – 14:45",
        "+3.4%",
        "USD",
        "[VIDEO]",
        "<br/><img src=\"a.png\">",
        "{\"error\":404}",
        "****",
        "😀😀",
        "qwrtzp xcvb",
    ] {
        check(text, UNDETERMINED);
    }
}

#[test]
fn names_in_latin_letters_do_not_hide_another_script() {
    check("삼성 Galaxy S25 Ultra 출시", "ko");
    check("Apple представила новый смартфон iPhone и часы", "ru");
    check("Nintendo Switch 2 の発売日", "ja");
}

#[test]
fn capitals_and_taken_apart_accents_change_nothing() {
    check("DIE REGIERUNG IST ZURÜCKGETRETEN", "de");
    check("LE GOUVERNEMENT A DÉMISSIONNÉ MARDI", "fr");
    check(
        "Chi\u{301}nh phu\u{309} đa\u{303} tu\u{31b}\u{300} chu\u{31b}\u{301}c",
        "vi",
    );
}

#[track_caller]
fn check_told(text: &str, tag: &str, expected: &str) {
    let prior = Prior { tag, trust: 0.99 };
    let found = detect_with(text, &[prior, prior, prior]);
    assert_eq!(found.language, expected, "{text:?} as {tag}: {found:?}");
}

#[test]
fn a_declaration_decides_what_the_text_leaves_open() {
    // As good Norwegian as Danish.
    let text = "Han er her";
    check_told(text, "da-DK", "da");
    check_told(text, "nb_NO", "nb");
    check_told(text, "nn", "nn");
}

#[test]
fn a_declaration_never_wins_alone() {
    let zulu = "Uhulumeni wesule esikhundleni ngemuva kokuvota ngoLwesibili, kusho umongameli";
    check_told(zulu, "en", "zu");
    check_told("Правительство ушло в отставку", "en", "ru");
    check_told("정부가 예산안을 발표했다", "en-US", "ko");
    check_told("2-1 (1-0)", "en", UNDETERMINED);
    check_told(
        "The government resigned after the vote",
        "xx-nonsense",
        "en",
    );
    check_told("The government resigned after the vote", "", "en");
}

#[test]
fn every_language_has_one_code() {
    let codes = languages();
    assert!(codes.len() >= 67, "{}", codes.len());
    assert!(codes.windows(2).all(|two| two[0] < two[1]), "{codes:?}");
    assert!(codes.iter().all(|code| code.len() == 2), "{codes:?}");
}

#[test]
fn only_the_beginning_of_a_long_text_is_read() {
    let headline = "Die Regierung ist am Dienstag zurückgetreten. ".repeat(20);
    let long = headline + &"le gouvernement ".repeat(300_000);
    check(&long, "de");
    check(&"0".repeat(5_000_000), UNDETERMINED);
    check(&"\u{301}".repeat(2_000_000), UNDETERMINED);
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,200}") {
        let found = detect(&text);
        prop_assert!((0.0..=1.0).contains(&found.confidence));
        let known = found.language == UNDETERMINED || languages().contains(&found.language);
        prop_assert!(known, "{found:?}");
    }

    #[test]
    fn digits_and_signs_are_no_language(text in "[0-9 .,:;!?()%€$+*/#-]{0,60}") {
        prop_assert_eq!(detect(&text).language, UNDETERMINED);
    }

    #[test]
    fn what_surrounds_a_text_changes_nothing(before in "[0-9 .,:;!()-]{0,20}") {
        let text = "Le gouvernement a démissionné mardi après le vote";
        let around = format!("{before} {text} {before}");
        prop_assert_eq!(detect(&around), detect(text));
    }

    #[test]
    fn no_trust_is_no_declaration(tag in "[a-z]{2}", trust in -1.0_f32..=0.5) {
        let text = "Han er her";
        prop_assert_eq!(detect_with(text, &[Prior { tag: &tag, trust }]), detect(text));
    }
}
