//! Words that say nothing about what a text is about, known before any text was read.
//!
//! A window that has just begun cannot tell "the" from a name by counting: it has seen too little.
//! Function words are never terms; the vocabulary of news in general begins with the frequency that
//! it has everywhere.

/// Articles, pronouns, prepositions, auxiliaries and the like, folded, of the languages that most
/// feeds are written in.
pub(crate) const FUNCTION_WORDS: &[&str] = &[
    // English
    "the a an and or but nor if then than that this these those there here of in on at by for from to",
    "into onto over under above below between among through during before after since until about against",
    "with without within across along around behind beside beyond up down out off near as is are was were",
    "be been being am do does did done doing have has had having will would shall should can could may",
    "might must not no he she it they we you i him her them us me his hers its their theirs our ours your",
    "yours my mine who whom whose which what when where why how all any both each few more most other",
    "others some such only own same so too very just also even still yet again ever never once while",
    "because though although however whether either neither much many another every upon per via don't",
    "didn't doesn't isn't wasn't won't can't couldn't wouldn't it's he's she's that's i'm we're they're",
    "you're i've we've they've himself herself itself themselves",
    // German
    "der die das den dem des ein eine einer einem einen eines und oder aber denn wenn als wie dass ob weil",
    "da so auch nur noch schon sehr mehr nicht kein keine keinen keiner er sie es wir ihr ich du ihn ihm",
    "ihnen uns euch mich mir dich dir sich sein seine seiner seinem seinen ihre ihrer ihrem ihren unser",
    "unsere mein meine ist sind war waren wird werden wurde wurden worden hat haben hatte hatten kann",
    "koennen konnte soll sollen sollte muss muessen will wollen wollte wuerde wuerden waere sei seien habe",
    "von vom zu zum zur bei beim mit nach aus auf an am im in fuer ueber unter vor hinter zwischen durch",
    "gegen ohne um bis seit waehrend wegen dieser diese dieses diesem diesen jener jene welche welcher",
    "was wer wo man dann doch damit dazu dabei davon daran darauf bereits etwa sowie zwar jedoch",
    // French
    "le la les l un une des du de d au aux et ou mais donc car ni que qui quoi dont où ce cet cette ces",
    "son sa ses leur leurs mon ma mes notre nos votre vos il elle ils elles on nous vous je tu se me te",
    "lui y en ne pas plus est sont etait etaient ete etre a ont avait avaient avoir sera seront dans sur",
    "sous par pour avec sans entre vers chez apres avant depuis pendant comme si tres aussi tout tous",
    "toute toutes meme c'est qu'il qu'elle s'est n'est d'un d'une",
    // Spanish and Portuguese
    "el los las un una unos unas del al y o pero ni que quien cual cuyo este esta estos estas ese esa su",
    "sus nuestro nuestra mi tu yo ella ellos ellas nosotros se lo le les me te nos no si es son era eran",
    "fue fueron ser sido estar esta estan estaba ha han habia haber hay con sin sobre por para entre desde",
    "hasta segun tras durante contra como mas muy tambien ya cuando donde porque todo toda todos todas",
    "os as um uma uns umas do da dos das no na nos nas ao aos pelo pela em e ou mas nao mais muito como",
    "quando seu sua seus suas ele eles foi foram sao tem tinha com sem sob ate entre isso este esta",
    // Italian and Dutch
    "il lo gli i uno di del della dei delle degli dal dalla nel nella nei nelle sul sulla e ed o ma che",
    "chi cui non piu come anche per con tra fra su se si ci ne sono era erano stato stata essere ha hanno",
    "aveva avere suo sua loro questo questa quello quella het een van en dat niet zijn voor met als aan",
    "maar om ook nog naar bij uit tot dan wat hij zij ze wij je hun haar deze dit die werd wordt heeft",
    // Polish, Swedish and Russian
    "i w z na do nie sie jest to ze o od po za przez dla jak ale czy jego jej ich byl byla bylo byc ma",
    "och att det som en ett pa av med till den har inte om vi han hon var ar efter fran vid",
    "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было",
    "вот от меня еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь",
    "они тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под это этот",
];

/// What news in general is written with, folded: reporting verbs, time, offices, magnitudes.
pub(crate) const NEWS_WORDS: &[&str] = &[
    "said say says saying told tell added asked called according report reported reports reporting news",
    "statement interview press media announced comment spokesman spokeswoman spokesperson official",
    "officials authorities government state states country countries national international public",
    "federal local political president minister prime secretary leader leaders member members party",
    "people man men woman women children family families group groups community world city town home",
    "house office court law police case cases issue issues plan plans part place time times day days week",
    "weeks month months year years today yesterday tomorrow monday tuesday wednesday thursday friday",
    "saturday sunday january february march april june july august september october november december",
    "morning afternoon evening night late early earlier later last next first second third one two three",
    "four five six seven eight nine ten hundred thousand million billion percent number numbers high",
    "higher low lower large small big long short old new former current recent recently good great best",
    "better right left important major least less several half end ended start started begin began since",
    "make made makes making take took taken taking get got give given gave go goes going went come came",
    "coming see seen saw know known think thought want wanted need needed use used using work worked",
    "working show showed shown help helped let put set find found left leave move moved support supported",
    "including include included expected likely possible able trying try way ways back away like well now",
    "far together already around made point question questions fact support change changes problem years",
    "company companies business money market service system program information history life school war",
    "united american americans america white u.s us uk eu north south east west general department",
    "copyright reserved rights photo image images file video read share advertisement sign newsletter",
    // German
    "sagte sagt erklaerte teilte mitteilte berichtete bericht nach angaben polizei regierung praesident",
    "minister land laender jahr jahre jahren tag tage tagen woche wochen monat uhr montag dienstag mittwoch",
    "donnerstag freitag samstag sonntag prozent millionen milliarden euro menschen zwei drei vier erste",
    "ersten neue neuen neuer grosse grossen gab geben kommt kam gehen geht machen gemacht heute deutschland",
    // French, Spanish, Italian, Portuguese
    "dit declare selon annonce gouvernement ministre pays annee annees jour jours mois deux trois premier",
    "premiere lundi mardi mercredi jeudi vendredi samedi dimanche millions euros personnes france grand",
    "dijo afirmo segun anuncio gobierno presidente pais paises ano anos dia dias mes dos tres primero",
    "primera lunes martes miercoles jueves viernes sabado domingo millones euros personas parte gran",
    "detto secondo governo paese anno anni giorno giorni due tre primo lunedi martedi mercoledi giovedi",
    "disse governo pais ano anos dia dias dois tres primeiro segunda terca quarta quinta sexta milhoes",
];

/// How somebody speaks of himself and to others, folded. "Us" is left out: it is a country as well.
pub(crate) const SPEAKERS: &[&str] = &[
    "i i'm i've i'll i'd my me mine myself we we're we've we'll our ours ourselves you you're your yours",
    "ich mich mir mein meine meinen wir uns unser unsere je j'ai moi mon nous notre nos yo mi nosotros",
    "nuestro nuestra noi nostro nostra eu meu minha nossa nosso я мне меня мой мы нас наш наша",
];
