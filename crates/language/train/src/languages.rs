//! Which languages the model tells apart, and what each is learnt from.

use language::script::Script;

/// A language of a group.
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// Its code.
    pub code: &'static str,
    /// Which script of it is meant.
    pub script: Script,
    /// The name in the names of lingua's crates; empty where lingua does not know it.
    pub lingua: &'static str,
    /// The locale in Android's resources; empty where there is none.
    pub android: &'static str,
    /// How often it is seen in training against a language of which there is much news.
    pub share: f64,
}

const fn row(
    code: &'static str,
    script: Script,
    lingua: &'static str,
    android: &'static str,
    share: f64,
) -> Language {
    Language {
        code,
        script,
        lingua,
        android,
        share,
    }
}

use Script::{Arabic, Cyrillic, Devanagari, Han, Latin};

/// All of them.
pub const LANGUAGES: &[Language] = &[
    row("af", Latin, "afrikaans", "af", 1.0),
    row("az", Latin, "azerbaijani", "az", 0.5),
    row("bs", Latin, "bosnian", "bs", 0.5),
    row("ca", Latin, "catalan", "ca", 1.0),
    row("cs", Latin, "czech", "cs", 1.0),
    row("cy", Latin, "welsh", "", 1.0),
    row("da", Latin, "danish", "da", 1.0),
    row("de", Latin, "german", "de", 1.0),
    row("en", Latin, "english", "en", 1.0),
    row("eo", Latin, "esperanto", "", 0.2),
    row("es", Latin, "spanish", "es", 1.0),
    row("et", Latin, "estonian", "et", 1.0),
    row("eu", Latin, "basque", "eu", 1.0),
    row("fi", Latin, "finnish", "fi", 1.0),
    row("fr", Latin, "french", "fr", 1.0),
    row("ga", Latin, "irish", "", 1.0),
    row("gl", Latin, "", "gl", 1.0),
    row("hr", Latin, "croatian", "hr", 1.0),
    row("hu", Latin, "hungarian", "hu", 1.0),
    row("id", Latin, "indonesian", "in", 1.0),
    row("is", Latin, "icelandic", "is", 1.0),
    row("it", Latin, "italian", "it", 1.0),
    row("la", Latin, "latin", "", 0.1),
    row("lg", Latin, "ganda", "", 0.2),
    row("lt", Latin, "lithuanian", "lt", 1.0),
    row("lv", Latin, "latvian", "lv", 1.0),
    row("mi", Latin, "maori", "", 0.2),
    row("ms", Latin, "malay", "ms", 0.4),
    row("nb", Latin, "bokmal", "nb", 1.0),
    row("nl", Latin, "dutch", "nl", 1.0),
    row("nn", Latin, "nynorsk", "", 0.5),
    row("pl", Latin, "polish", "pl", 1.0),
    row("pt", Latin, "portuguese", "pt", 1.0),
    row("ro", Latin, "romanian", "ro", 1.0),
    row("sk", Latin, "slovak", "sk", 1.0),
    row("sl", Latin, "slovene", "sl", 1.0),
    row("sn", Latin, "shona", "", 0.2),
    row("so", Latin, "somali", "", 1.0),
    row("sq", Latin, "albanian", "sq", 1.0),
    row("sr", Latin, "serbian", "sr-Latn", 1.0),
    row("st", Latin, "sotho", "", 0.2),
    row("sv", Latin, "swedish", "sv", 1.0),
    row("sw", Latin, "swahili", "sw", 1.0),
    row("tl", Latin, "tagalog", "tl", 1.0),
    row("tn", Latin, "tswana", "", 0.2),
    row("tr", Latin, "turkish", "tr", 1.0),
    row("ts", Latin, "tsonga", "", 0.2),
    row("uz", Latin, "", "uz", 0.3),
    row("vi", Latin, "vietnamese", "vi", 1.0),
    row("xh", Latin, "xhosa", "", 1.0),
    row("yo", Latin, "yoruba", "", 1.0),
    row("zu", Latin, "zulu", "zu", 1.0),
    row("zxx", Latin, "", "", 0.5),
    row("be", Cyrillic, "belarusian", "be", 1.0),
    row("bg", Cyrillic, "bulgarian", "bg", 1.0),
    row("kk", Cyrillic, "kazakh", "kk", 1.0),
    row("ky", Cyrillic, "", "ky", 0.5),
    row("mk", Cyrillic, "macedonian", "mk", 1.0),
    row("mn", Cyrillic, "mongolian", "mn", 0.5),
    row("ru", Cyrillic, "russian", "ru", 1.0),
    row("sr", Cyrillic, "serbian", "sr", 1.0),
    row("uk", Cyrillic, "ukrainian", "uk", 1.0),
    row("ar", Arabic, "arabic", "ar", 1.0),
    row("fa", Arabic, "persian", "fa", 1.0),
    row("ur", Arabic, "urdu", "ur", 1.0),
    row("hi", Devanagari, "hindi", "hi", 1.0),
    row("mr", Devanagari, "marathi", "mr", 1.0),
    row("ne", Devanagari, "", "ne", 1.0),
    row("ja", Han, "japanese", "ja", 1.0),
    row("zh", Han, "chinese", "zh", 1.0),
];
