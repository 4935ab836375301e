//! What months and days are called, and the words beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static MONTHS: LazyLock<Names> =
    LazyLock::new(|| Names::of(include_str!("../../../data/months.txt")));
static WEEKDAYS: LazyLock<Names> =
    LazyLock::new(|| Names::of(include_str!("../../../data/weekdays.txt")));

/// So many letters of a name stand for all of it.
const BEGINNING: usize = 3;

/// Words that stand in dates and say nothing: prepositions, articles, "o'clock", "year", endings of
/// ordinals; folded.
const SILENT: &str = "
    at on of the o clock th st nd rd t y
    am um uhr den der die das dem le à la el il lo las los alle e de del di du do a ao às as
    h hs hrs hr min kl klo klokken om u uur ora ore ten te og och i à eme er re ème
    год года г году р року рік в о об ч часа ев го ого ος η της του στις στη το ώρα
    god godine godina r rok roku leta o v hodin hod ob gada g m d év órakor
    pukul jam tanggal saat ngay luc năm ngày tháng thg lúc
    الساعة ساعة في يوم عام ساعت در ב בשעה के को बजे เวลา น วันที่ พศ
    年 月 日 号 號 時 时 点 點 分 秒 星 期 周 週 礼 禮 拜 曜 一 二 三 四 五 六 天 火 水 木 金 土
    昭 和 平 成 令 民 國 国 년 월 일 시 분 초";

static SILENT_WORDS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| SILENT.split_whitespace().map(fold).collect());

struct Names(BTreeMap<String, Vec<i8>>);

impl Names {
    fn of(table: &str) -> Self {
        let mut names: BTreeMap<String, Vec<i8>> = BTreeMap::new();
        let lines = table.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let (_, groups) = line.split_once(' ').unwrap_or_default();
            for (number, group) in (1i8..).zip(groups.split('|')) {
                for name in group.split_whitespace() {
                    let meanings = names.entry(fold(name)).or_default();
                    if !meanings.contains(&number) {
                        meanings.push(number);
                    }
                }
            }
        }
        Self(names)
    }

    /// What a word can mean, the likeliest first.
    fn meanings(&self, word: &str) -> Vec<i8> {
        if let Some(meanings) = self.0.get(word) {
            return meanings.clone();
        }
        if word.chars().take(BEGINNING).count() < BEGINNING {
            return Vec::new();
        }
        let after = self.0.range(word.to_owned()..);
        let of = |(_, meanings): (&String, &Vec<i8>)| meanings.clone();
        let meanings: BTreeSet<i8> = after
            .take_while(|(name, _)| name.starts_with(word))
            .flat_map(of)
            .collect();
        if meanings.len() == 1 {
            meanings.into_iter().collect()
        } else {
            Vec::new()
        }
    }
}

/// The months that a folded word can mean, from 1.
pub(super) fn months(word: &str) -> Vec<i8> {
    MONTHS.meanings(word)
}

/// The days of the week that a folded word can mean, Monday being 1.
pub(super) fn weekdays(word: &str) -> Vec<i8> {
    WEEKDAYS.meanings(word)
}

/// Whether a folded word says nothing of a date.
pub(super) fn is_silent(word: &str) -> bool {
    SILENT_WORDS.contains(word)
}

/// Whether a folded word says that it is before noon, or after; `None` where it is about something else.
pub(super) fn is_afternoon(word: &str) -> Option<bool> {
    match word {
        "am" | "πμ" | "오전" | "上午" | "午前" | "早上" | "凌晨" | "ص" | "صباحا" | "sa" => {
            Some(false)
        }
        "pm" | "μμ" | "오후" | "下午" | "午後" | "晚上" | "م" | "مساء" | "ch" => {
            Some(true)
        }
        _ => None,
    }
}

/// Lower case without accents, so that `Août`, `AOUT` and `aou\u{302}t` are one.
pub(super) fn fold(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '.' | '\u{200c}'))
        .map(bare)
        .collect()
}

fn bare(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ạ'..='ặ' => 'a',
        'ç' | 'ć' | 'č' | 'ċ' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' => 'e',
        'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ī' | 'į' | 'ı' | 'ỉ'..='ị' => 'i',
        'ł' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ő' | 'ơ' | 'ọ'..='ợ' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ț' | 'ţ' => 't',
        'ù'..='ü' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ư' | 'ụ'..='ự' => 'u',
        'ý' | 'ỳ'..='ỹ' => 'y',
        'ź' | 'ž' | 'ż' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        'й' => 'и',
        'ё' => 'е',
        'ї' => 'і',
        'ў' => 'у',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        for (table, count) in [
            (include_str!("../../../data/months.txt"), 12),
            (include_str!("../../../data/weekdays.txt"), 7),
        ] {
            for line in table.lines().filter(|line| !line.starts_with('#')) {
                assert_eq!(line.split('|').count(), count, "{line}");
                let is_empty = |group: &str| group.trim().is_empty();
                assert!(!line.split('|').any(is_empty), "{line}");
            }
        }
    }

    #[test]
    fn a_beginning_stands_for_a_name() {
        assert_eq!(months("septem"), [9]);
        assert_eq!(months(&fold("Févri")), [2]);
        assert_eq!(months("ju"), [0; 0]);
        assert_eq!(weekdays("thursd"), [4]);
        assert_eq!(months("listopada"), [11, 10]);
        assert_eq!(months(&fold("ОКТЯБРЯ")), [10]);
        assert_eq!(months("octopus"), [0; 0]);
    }
}
