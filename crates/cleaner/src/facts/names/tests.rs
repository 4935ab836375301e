use super::*;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(
        accept(split(text), &[fold::key("The Daily")], "Title"),
        expected,
        "{text}"
    );
}

#[test]
fn bylines_become_names() {
    check(
        "By Ann Lee, Bob Ray and Cy Poe | The Daily",
        &["Ann Lee", "Bob Ray", "Cy Poe"],
    );
    check("Von Änne Groß und Udo Maß", &["Änne Groß", "Udo Maß"]);
    check("https://daily.example/ann", &[]);
    check("The Daily", &[]);
    check("Por Ana; Ana", &["Ana"]);
    check("Ivan İ", &["Ivan İ"]);
    check("ByAnn Lee", &["Ann Lee"]);
    check("Written by:", &[]);
    check("View all posts by Ann Lee", &["Ann Lee"]);
    check("Ann Lee @annlee", &["Ann Lee"]);
    check("Ann Lee (ale), Bob Ray (bor.)", &["Ann Lee", "Bob Ray"]);
    check("Ann Lee und Bob Ray, dpa", &["Ann Lee", "Bob Ray", "dpa"]);
    check("この記事を書いた人", &[]);
    check(
        "Reporting by Ann Lee and Bob Ray; editing by Cy Poe and Di Fox",
        &["Ann Lee", "Bob Ray"],
    );
    check("Reporting by Ann Lee; Editing by Cy Poe", &["Ann Lee"]);
    check("Von Ann Lee, bearbeitet von Cy Poe", &["Ann Lee"]);
    check("Ann Lee, Editor", &["Ann Lee"]);
    check("By Ann Lee | Reviewed by Cy Poe", &["Ann Lee"]);
    check("이영희 기자", &["이영희"]);
    check("Published 3 May 2026", &[]);
}

#[test]
fn whoever_edited_did_not_write() {
    for line in [
        "Edited by Ann Lee; reporting by Bob Ray",
        "Reporting by Bob Ray Editing by Ann Lee",
        "Edited by Ann Lee and Cy Poe, written by Bob Ray",
        "Editor: Ann Lee | Author: Bob Ray",
        "Redigiert von Ann Lee, Text: Bob Ray",
        "Édité par Ann Lee ; texte : Bob Ray",
        "Redactie: Ann Lee | Tekst: Bob Ray",
    ] {
        check(line, &["Bob Ray"]);
    }
    check("Редактор: Анна Ли; текст: Борис Рей", &["Борис Рей"]);
    check("编辑：王小明 记者：李大海", &["李大海"]);
    check("記者／李大海 責任編輯／王小明", &["李大海"]);
    check("تحرير: أحمد علي، كتابة: سامي حسن", &["سامي حسن"]);
    // Where nobody else is named, the editor signed.
    check("Edited by Ann Lee", &["Ann Lee"]);
    check("责编：王小明", &["王小明"]);
    check("Words and pictures by Ann Lee", &["Ann Lee"]);
    check("Ann Lee, Bob Ray", &["Ann Lee", "Bob Ray"]);
}
