//! Serbian is written in two alphabets, letter for letter.

/// Serbian Cyrillic in Latin letters.
pub fn latin(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for c in text.chars() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        let Some(letters) = letters(lower) else {
            latin.push(c);
            continue;
        };
        if lower == c {
            latin.push_str(letters);
        } else {
            let mut rest = letters.chars();
            latin.extend(rest.next().into_iter().flat_map(char::to_uppercase));
            latin.extend(rest);
        }
    }
    latin
}

fn letters(c: char) -> Option<&'static str> {
    let letters = match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'ђ' => "đ",
        'е' => "e",
        'ж' => "ž",
        'з' => "z",
        'и' => "i",
        'ј' => "j",
        'к' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "ć",
        'у' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "c",
        'ч' => "č",
        'џ' => "dž",
        'ш' => "š",
        _ => return None,
    };
    Some(letters)
}
