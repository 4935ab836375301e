//! The writing system of a letter: for many languages it says everything.

/// A writing system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    /// English, Vietnamese, Swahili and most others.
    Latin,
    /// Russian, Kazakh and others.
    Cyrillic,
    /// Arabic, Persian, Urdu.
    Arabic,
    /// Hindi, Marathi, Nepali.
    Devanagari,
    /// Chinese, and part of Japanese.
    Han,
    /// Hiragana and katakana: Japanese.
    Kana,
    /// Korean.
    Hangul,
    /// Hebrew.
    Hebrew,
    /// Greek.
    Greek,
    /// Georgian.
    Georgian,
    /// Armenian.
    Armenian,
    /// Thai.
    Thai,
    /// Bengali and Assamese.
    Bengali,
    /// Punjabi as written in India.
    Gurmukhi,
    /// Gujarati.
    Gujarati,
    /// Odia.
    Odia,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
    /// Sinhala.
    Sinhala,
    /// Lao.
    Lao,
    /// Tibetan.
    Tibetan,
    /// Burmese.
    Myanmar,
    /// Khmer.
    Khmer,
    /// Amharic.
    Ethiopic,
    /// Dhivehi.
    Thaana,
}

impl Script {
    /// All scripts, in the order of their numbers.
    pub(crate) const ALL: [Script; 27] = [
        Script::Latin,
        Script::Cyrillic,
        Script::Arabic,
        Script::Devanagari,
        Script::Han,
        Script::Kana,
        Script::Hangul,
        Script::Hebrew,
        Script::Greek,
        Script::Georgian,
        Script::Armenian,
        Script::Thai,
        Script::Bengali,
        Script::Gurmukhi,
        Script::Gujarati,
        Script::Odia,
        Script::Tamil,
        Script::Telugu,
        Script::Kannada,
        Script::Malayalam,
        Script::Sinhala,
        Script::Lao,
        Script::Tibetan,
        Script::Myanmar,
        Script::Khmer,
        Script::Ethiopic,
        Script::Thaana,
    ];

    /// The one language that this script is taken for, where it is one.
    pub(crate) fn language(self) -> Option<&'static str> {
        let code = match self {
            Script::Latin
            | Script::Cyrillic
            | Script::Arabic
            | Script::Devanagari
            | Script::Han => return None,
            Script::Kana => "ja",
            Script::Hangul => "ko",
            Script::Hebrew => "he",
            Script::Greek => "el",
            Script::Georgian => "ka",
            Script::Armenian => "hy",
            Script::Thai => "th",
            Script::Bengali => "bn",
            Script::Gurmukhi => "pa",
            Script::Gujarati => "gu",
            Script::Odia => "or",
            Script::Tamil => "ta",
            Script::Telugu => "te",
            Script::Kannada => "kn",
            Script::Malayalam => "ml",
            Script::Sinhala => "si",
            Script::Lao => "lo",
            Script::Tibetan => "bo",
            Script::Myanmar => "my",
            Script::Khmer => "km",
            Script::Ethiopic => "am",
            Script::Thaana => "dv",
        };
        Some(code)
    }

    /// What a letter of this script counts against one of another. A Chinese character is a word, and
    /// Latin names stand in the text of every script, but hardly the reverse.
    pub(crate) fn weight(self) -> usize {
        match self {
            Script::Latin => 1,
            Script::Han | Script::Kana | Script::Hangul => 6,
            _ => 2,
        }
    }

    /// The script of `c`; none for what is no letter, and for scripts of no language that we know.
    /// Vowel signs and other marks that words of a script are spelled with count as letters.
    pub(crate) fn of(c: char) -> Option<Script> {
        let script = match c {
            'a'..='z' | 'A'..='Z' => Script::Latin,
            '\0'..='\u{bf}' | '×' | '÷' => return None,
            'À'..='\u{2ad}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
            '\u{370}'..='\u{373}'
            | '\u{376}'
            | '\u{377}'
            | 'Ά'
            | 'Έ'..='ϡ'
            | '\u{1f00}'..='\u{1fff}' => Script::Greek,
            '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => Script::Cyrillic,
            '\u{531}'..='\u{556}' | '\u{561}'..='\u{587}' => Script::Armenian,
            '\u{5d0}'..='\u{5f2}' => Script::Hebrew,
            '\u{620}'..='\u{63f}'
            | '\u{641}'..='\u{64a}'
            | '\u{66e}'..='\u{6d3}'
            | '\u{6d5}'
            | '\u{6ee}'
            | '\u{6ef}'
            | '\u{6fa}'..='\u{6ff}'
            | '\u{750}'..='\u{77f}'
            | '\u{fb50}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' => Script::Arabic,
            '\u{780}'..='\u{7b1}' => Script::Thaana,
            '\u{900}'..='\u{963}' | '\u{971}'..='\u{97f}' => Script::Devanagari,
            '\u{980}'..='\u{9e3}' | '\u{9f0}' | '\u{9f1}' => Script::Bengali,
            '\u{a01}'..='\u{a5e}' | '\u{a70}'..='\u{a76}' => Script::Gurmukhi,
            '\u{a81}'..='\u{ae3}' => Script::Gujarati,
            '\u{b01}'..='\u{b63}' | '\u{b71}' => Script::Odia,
            '\u{b82}'..='\u{bd7}' => Script::Tamil,
            '\u{c00}'..='\u{c63}' => Script::Telugu,
            '\u{c80}'..='\u{ce3}' => Script::Kannada,
            '\u{d00}'..='\u{d63}' | '\u{d7a}'..='\u{d7f}' => Script::Malayalam,
            '\u{d81}'..='\u{df3}' => Script::Sinhala,
            '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => Script::Thai,
            '\u{e81}'..='\u{ece}' | '\u{edc}'..='\u{edf}' => Script::Lao,
            '\u{f00}' | '\u{f40}'..='\u{fbc}' => Script::Tibetan,
            '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{109d}' => Script::Myanmar,
            '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}' | '\u{2d00}'..='\u{2d2d}' => {
                Script::Georgian
            }
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => {
                Script::Hangul
            }
            '\u{1200}'..='\u{135a}' | '\u{1380}'..='\u{138f}' => Script::Ethiopic,
            '\u{1780}'..='\u{17d3}' => Script::Khmer,
            '\u{3041}'..='\u{3096}'
            | '\u{309d}'..='\u{309f}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{30fc}'..='\u{30ff}'
            | '\u{ff66}'..='\u{ff9d}' => Script::Kana,
            '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}' => Script::Han,
            _ => return None,
        };
        Some(script)
    }
}
