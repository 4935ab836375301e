//! What a text names, and which countries it is about, through the public face.

use enricher::content;

#[test]
fn a_day_and_an_office_name_nobody_and_a_person_is_no_country() {
    let text = "Reports say Ireland Baldwin met the President on Monday. They say that Ada Quill was glad on Monday.";
    let content = content(text, "en");
    let names: Vec<&str> = content
        .names
        .iter()
        .map(|name| name.name.as_str())
        .collect();
    assert_eq!(names, ["Ireland Baldwin", "Ada Quill"]);
    assert_eq!(content.places, []);
}
