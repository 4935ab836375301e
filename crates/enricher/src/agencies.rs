//! News agencies by the names under which outlets credit them.

/// An agency whose copy other outlets print.
#[derive(Debug)]
pub(crate) struct Agency {
    /// How an origin names it.
    pub name: &'static str,
    /// As credits spell it. A spelling of four letters or fewer counts in exactly this case only:
    /// "ANSA" is an agency, "ansa" an Italian word. Datelines of dpa and its like are in lower case.
    pub spellings: &'static [&'static str],
    /// Spellings that are somebody's name as well: they count in brackets, as byline and as outlet,
    /// and not in "Bloomberg said".
    pub ambiguous: &'static [&'static str],
}

const fn agency(name: &'static str, spellings: &'static [&'static str]) -> Agency {
    Agency {
        name,
        spellings,
        ambiguous: &[],
    }
}

/// The agencies known without being told. An outlet whose feed says `kind = "agency"` joins them.
pub(crate) const AGENCIES: &[Agency] = &[
    agency("Reuters", &["Reuters", "Thomson Reuters"]),
    agency("Associated Press", &["Associated Press", "AP"]),
    agency(
        "AFP",
        &["Agence France-Presse", "Agence France Presse", "AFP"],
    ),
    agency("dpa", &["Deutsche Presse-Agentur", "dpa", "DPA"]),
    agency("UPI", &["United Press International", "UPI"]),
    Agency {
        name: "Bloomberg News",
        spellings: &["Bloomberg News"],
        ambiguous: &["Bloomberg"],
    },
    Agency {
        name: "PA Media",
        spellings: &["Press Association", "PA Media"],
        ambiguous: &["PA"],
    },
    agency("APA", &["Austria Presse Agentur", "APA"]),
    Agency {
        name: "Keystone-SDA",
        spellings: &["Keystone-SDA", "Keystone-ATS"],
        ambiguous: &["SDA", "sda"],
    },
    agency("EFE", &["Agencia EFE", "EFE"]),
    agency("Europa Press", &["Europa Press"]),
    agency("ANSA", &["ANSA"]),
    agency("Lusa", &["Agência Lusa", "Lusa"]),
    agency("ANP", &["ANP"]),
    agency("Belga", &["Belga"]),
    agency("TT", &["TT Nyhetsbyrån"]),
    agency("NTB", &["NTB"]),
    agency("Ritzau", &["Ritzau"]),
    agency("STT", &["STT"]),
    agency("PAP", &["PAP"]),
    agency("ČTK", &["ČTK", "CTK"]),
    agency("TASS", &["ITAR-TASS", "TASS", "ТАСС"]),
    agency("RIA Novosti", &["RIA Novosti", "РИА Новости"]),
    agency("Interfax", &["Interfax", "Интерфакс"]),
    agency("Ukrinform", &["Ukrinform"]),
    agency("Xinhua", &["Xinhua", "新华社"]),
    agency("Kyodo", &["Kyodo News", "Kyodo", "共同通信"]),
    agency("Jiji Press", &["Jiji Press", "時事通信"]),
    agency("Yonhap", &["Yonhap"]),
    agency("PTI", &["Press Trust of India", "PTI"]),
    agency("ANI", &["Asian News International"]),
    agency("IANS", &["Indo-Asian News Service", "IANS"]),
    agency("AAP", &["Australian Associated Press", "AAP"]),
    agency("The Canadian Press", &["Canadian Press"]),
    agency("Anadolu Agency", &["Anadolu Agency", "Anadolu"]),
    agency("Agência Brasil", &["Agência Brasil"]),
];

/// Words that stand before an agency's name where a text names its source, folded and without
/// articles.
pub(crate) const CREDITS_BEFORE: &[&str] = &[
    "with material from",
    "with reporting from",
    "with files from",
    "contributed by",
    "reported by",
    "told",
    "according to",
    "source",
    "copyright",
    "mit material von",
    "mit material",
    "quelle",
    "berichtet",
    "laut",
    "selon",
    "avec",
    "segun",
    "con informacion de",
    "fonte",
    "com informacoes da",
];

/// Words that follow an agency's name where a text names its source, folded.
pub(crate) const CREDITS_AFTER: &[&str] = &[
    "reported",
    "reports",
    "said",
    "contributed",
    "staff",
    "news agency",
    "nachrichtenagentur",
    "berichtet",
    "berichtete",
    "meldete",
    "rapporte",
    "informo",
    "reporto",
];
