//! Quotations in the habits of many languages, with their speakers. All texts are made up.

/// Language, text, and of each quotation how it begins and who says it: part of the name is enough; `""` where
/// the text does not say.
type Case = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

pub(crate) const QUOTED: &[Case] = &[
    (
        "en",
        "‘We never had a chance to say goodbye,’ Mrs Tanner told the inquiry.",
        &[("We never had", "Tanner")],
    ),
    (
        "en",
        "The council “is not in a position to comment”, a spokesman said on Friday.",
        &[("is not in a position", "spokesman")],
    ),
    (
        "en",
        "According to Maria Lopez, a teacher in the town, the school “was falling apart long before the flood”.",
        &[("was falling", "Maria Lopez")],
    ),
    (
        "en",
        "“This is the end of it,” says Dr. John A. Smith, who led the study. “We will not try again next year.”",
        &[("This is the", "Smith"), ("We will not", "Smith")],
    ),
    (
        "en",
        "Her book “The Long Way Home Again” sold 3,000 copies. The 5\" pipe and the 6\" pipe were bought in 2019 by the town.",
        &[],
    ),
    (
        "en",
        "In a statement, Acme Corp said it was “disappointed by the ruling of the court” and would appeal.",
        &[("disappointed", "Acme")],
    ),
    (
        "en",
        "\"I saw the \"big one\" coming over the hill,\" said Karen Wu. \"It was loud as thunder and we ran.\"",
        &[("I saw the", "Karen Wu"), ("It was loud", "Karen Wu")],
    ),
    (
        "en",
        "Ruth Bell, the mayor of Oldham, said the plan would “bring jobs to every street in town”.",
        &[("bring jobs", "Ruth Bell")],
    ),
    (
        "en",
        "“The first paragraph of the speech was long.\n\n“And so was the second one,” Mr Dale said.",
        &[("The first", "Dale"), ("And so was", "Dale")],
    ),
    (
        "en",
        "The minister, who was visiting Leeds, told the BBC: “We are doing all that we can to help.”",
        &[("We are doing", "minister")],
    ),
    (
        "en",
        "Police Chief Tom Hardy added that officers had been “working around the clock since Monday”.",
        &[("working around", "Tom Hardy")],
    ),
    (
        "de",
        "„Das kommt überhaupt nicht in Frage“, so die Sprecherin der Polizei am Montag.",
        &[("Das kommt", "Sprecherin")],
    ),
    (
        "de",
        "»Wir haben damit nicht gerechnet«, räumte Bürgermeister Karl Maier ein.",
        &[("Wir haben", "Karl Maier")],
    ),
    (
        "de",
        "Laut Innenminister Hans Vogel sei die Lage „so ernst wie lange nicht mehr“.",
        &[("so ernst", "Hans Vogel")],
    ),
    (
        "de",
        "Die Vorsitzende Petra Klein sagte der Deutschen Presse-Agentur: „Es gibt noch keine Einigung in dieser Frage.“",
        &[("Es gibt noch", "Petra Klein")],
    ),
    (
        "de",
        "„Ich habe ‚Nie wieder‘ gesagt und es auch so gemeint“, sagte er. Auch Ministerin Lang ist dagegen.",
        &[("Ich habe", "")],
    ),
    (
        "de",
        "In Berlin kritisierte Oppositionsführer Jan Weber, die Regierung habe „jedes Maß und jede Mitte verloren“.",
        &[("jedes Maß", "Jan Weber")],
    ),
    (
        "fr",
        "« Nous n’avons jamais reçu cette lettre », a assuré la directrice, Anne Morel, au micro de la radio.",
        &[("Nous n’avons", "Anne Morel")],
    ),
    (
        "fr",
        "Selon Jean Dubois, maire de la commune, « il n’y a plus rien à faire pour ce pont ».",
        &[("il n’y a plus", "Jean Dubois")],
    ),
    (
        "fr",
        "“On ne peut pas continuer comme ça”, déplore-t-elle. Marie Petit habite ici depuis dix ans.",
        &[("On ne peut", "")],
    ),
    (
        "fr",
        "Le président du club, Paul Roche, estime que son équipe « mérite mieux que cette dernière place ».",
        &[("mérite mieux", "Paul Roche")],
    ),
    (
        "fr",
        "L'avocat de la famille a dénoncé « une enquête menée en dépit du bon sens ».",
        &[("une enquête", "avocat")],
    ),
    (
        "es",
        "“No tenemos nada que esconder”, aseguró la alcaldesa Rosa Díaz ante los medios.",
        &[("No tenemos", "Rosa Díaz")],
    ),
    (
        "es",
        "El portavoz del Gobierno, Luis Vega, señaló que la medida es «necesaria para todos los ciudadanos».",
        &[("necesaria para", "Luis Vega")],
    ),
    (
        "es",
        "Según el informe, la empresa “incumplió todas las normas de seguridad”.",
        &[("incumplió", "informe")],
    ),
    (
        "pt",
        "“Não vamos aceitar esse acordo”, disse o ministro Carlos Prado a jornalistas.",
        &[("Não vamos", "Carlos Prado")],
    ),
    (
        "pt",
        "De acordo com a delegada Ana Reis, o suspeito “confessou o crime na mesma noite”.",
        &[("confessou", "Ana Reis")],
    ),
    (
        "it",
        "«Non ci fermeremo davanti a niente», ha dichiarato il sindaco Marco Riva.",
        &[("Non ci", "Marco Riva")],
    ),
    (
        "it",
        "Per Giulia Neri, segretaria del partito, si tratta di \"una scelta che non possiamo condividere\".",
        &[("una scelta", "Giulia Neri")],
    ),
    (
        "nl",
        "“We gaan dit nooit meer doen”, zegt burgemeester Piet Bakker van Zwolle.",
        &[("We gaan", "Piet Bakker")],
    ),
    (
        "nl",
        "Volgens minister Els Smit is er ‘geen enkele reden tot paniek’.",
        &[("geen enkele", "Els Smit")],
    ),
    (
        "sv",
        "”Vi kommer inte att ge upp nu”, säger Anna Berg, talesperson för polisen.",
        &[("Vi kommer", "Anna Berg")],
    ),
    (
        "sv",
        "– Det är bra. Hon kallar beslutet ”det sämsta på många år” och vill överklaga.",
        &[("det sämsta", "")],
    ),
    (
        "nb",
        "«Vi har ikke råd til å vente», sier ordfører Kari Dahl til avisen.",
        &[("Vi har ikke", "Kari Dahl")],
    ),
    (
        "nb",
        "Ifølge Per Lund var det «helt uaktuelt å selge huset».",
        &[("helt uaktuelt", "Per Lund")],
    ),
    (
        "da",
        "»Det er ikke godt nok for os,« siger Mette Holm fra fagforeningen.",
        &[("Det er ikke", "Mette Holm")],
    ),
    (
        "da",
        "»Jeg sagde ”nej tak”,« fortæller Lars Bro.",
        &[("Jeg sagde", "Lars Bro")],
    ),
    (
        "fi",
        "”Tämä ei voi jatkua näin enää”, sanoo kaupunginjohtaja Liisa Virta.",
        &[("Tämä ei", "Liisa Virta")],
    ),
    (
        "fi",
        "»Emme tiedä vielä mitä tapahtui», Mäkinen kertoi tiistaina.",
        &[("Emme tiedä", "Mäkinen")],
    ),
    (
        "pl",
        "„Nie zgadzamy się na te warunki” – powiedział Jan Kowalski, szef związku.",
        &[("Nie zgadzamy", "Jan Kowalski")],
    ),
    (
        "pl",
        "Zdaniem minister Anny Nowak ustawa jest „dobra dla wszystkich obywateli kraju”.",
        &[("dobra dla", "Anny Nowak")],
    ),
    (
        "cs",
        "„Nemáme žádné nové informace,“ řekla mluvčí policie Jana Nová.",
        &[("Nemáme", "Jana Nová")],
    ),
    (
        "cs",
        "Podle starosty Petra Krále je to „největší projekt za posledních deset let“.",
        &[("největší", "Petra Krále")],
    ),
    (
        "sk",
        "„Nebudeme to komentovať v tejto chvíli,“ uviedol hovorca Ján Malý.",
        &[("Nebudeme", "Ján Malý")],
    ),
    (
        "hu",
        "„Nem fogunk visszalépni ettől a tervtől” – mondta Kovács Péter miniszter.",
        &[("Nem fogunk", "Kovács Péter")],
    ),
    (
        "ro",
        "„Nu avem de ce să ne temem”, a declarat ministrul Ion Popa.",
        &[("Nu avem", "Ion Popa")],
    ),
    (
        "ru",
        "«Мы не собираемся менять свои планы», — заявил министр Иван Петров журналистам.",
        &[("Мы не", "Иван Петров")],
    ),
    (
        "ru",
        "По словам директора завода Анны Беловой, авария «не повлияла на работу остальных цехов».",
        &[("не повлияла", "Анны Беловой")],
    ),
    (
        "ru",
        "Фильм «Ирония судьбы или с лёгким паром» показали вечером.",
        &[],
    ),
    (
        "uk",
        "«Ми не можемо більше чекати на рішення», — сказала Олена Шевченко.",
        &[("Ми не", "Олена Шевченко")],
    ),
    (
        "bg",
        "„Няма да допуснем това да се повтори“, каза кметът Георги Иванов.",
        &[("Няма да", "Георги Иванов")],
    ),
    (
        "el",
        "«Δεν υπάρχει λόγος να ανησυχούμε τώρα», δήλωσε ο υπουργός Νίκος Παππάς.",
        &[("Δεν υπάρχει", "Νίκος Παππάς")],
    ),
    (
        "tr",
        "Belediye Başkanı Ali Demir, “Bu işi yıl sonuna kadar bitireceğiz” dedi.",
        &[("Bu işi", "Ali Demir")],
    ),
    (
        "tr",
        "“Artık kimse bizi durduramaz burada” diyen Ayşe Kaya, desteğe teşekkür etti.",
        &[("Artık kimse", "Ayşe Kaya")],
    ),
    (
        "ar",
        "قال وزير الخارجية سامح شكري إن \"الوضع لم يعد يحتمل التأجيل أبدا\".",
        &[("الوضع لم", "سامح شكري")],
    ),
    (
        "ar",
        "وأضافت المتحدثة: «لن نقبل بهذا القرار مهما حدث».",
        &[("لن نقبل", "المتحدثة")],
    ),
    (
        "fa",
        "رضا کریمی گفت: «ما هرگز از این تصمیم برنمی‌گردیم».",
        &[("ما هرگز", "رضا کریمی")],
    ),
    (
        "he",
        "\"לא נוותר על הזכויות שלנו לעולם\", אמר ראש העיר דוד לוי.",
        &[("לא נוותר", "דוד לוי")],
    ),
    (
        "he",
        "מפקד צה\"ל דיבר עם דו\"ח מבקר המדינה על המצב הקשה.",
        &[],
    ),
    (
        "hi",
        "प्रधानमंत्री मोहन सिंह ने कहा, \"हम इस मुद्दे पर पीछे नहीं हटेंगे\"।",
        &[("हम इस", "मोहन सिंह")],
    ),
    (
        "ja",
        "山田太郎社長は「来年までに新しい工場を建てたい」と述べた。",
        &[("来年までに", "山田太郎社長")],
    ),
    (
        "ja",
        "警察によると、男は「金が欲しかったのでやった」と供述している。",
        &[("金が欲しか", "男")],
    ),
    (
        "ja",
        "映画「ゴーストバスターズ」と小説『吾輩は猫』が人気だ。",
        &[],
    ),
    (
        "zh",
        "李明在发布会上表示：“我们将继续推进这项工作，不会停止。”",
        &[("我们将继续", "李明")],
    ),
    (
        "zh",
        "“这是我们最后的机会，”王芳说，“大家都要努力。”",
        &[("这是我们", "王芳"), ("大家都要", "王芳")],
    ),
    ("zh", "會議在“國際和平發展合作中心”舉行。", &[]),
    (
        "ko",
        "김철수 시장은 \"내년까지 새 도서관을 완공하겠다\"고 밝혔다.",
        &[("내년까지", "김철수 시장")],
    ),
    (
        "ko",
        "경찰에 따르면 용의자는 \"돈이 필요해서 그랬다고 생각한다\"고 진술했다.",
        &[("돈이 필요해서", "용의자")],
    ),
    (
        "id",
        "“Kami tidak akan mundur dari rencana ini,” ujar Menteri Budi Santoso di Jakarta.",
        &[("Kami tidak", "Budi Santoso")],
    ),
    (
        "id",
        "Menurut Siti Aminah, harga beras “sudah naik sejak bulan lalu”.",
        &[("sudah naik", "Siti Aminah")],
    ),
    (
        "vi",
        "“Chúng tôi sẽ không bỏ cuộc lúc này”, ông Nguyễn Văn An nói.",
        &[("Chúng tôi", "Nguyễn Văn An")],
    ),
    (
        "sw",
        "“Hatutakubali hali hii iendelee tena,” alisema Waziri Juma Ali.",
        &[("Hatutakubali", "Juma Ali")],
    ),
    (
        "zu",
        "“Asisoze sivume ukuthi lokhu kuphinde kwenzeke,” kusho uMnu Sipho Dube.",
        &[("Asisoze", "Sipho Dube")],
    ),
    (
        "af",
        "“Ons sal nie nou moed opgee nie,” sê Jan Botha van die span.",
        &[("Ons sal", "Jan Botha")],
    ),
    (
        "ca",
        "“No hem rebut cap resposta del govern”, ha dit la consellera Núria Puig.",
        &[("No hem", "Núria Puig")],
    ),
    (
        "en",
        "The group’s motto is ‘work’, and the boys’ club isn’t new. It’s the ‘90s again, they said.",
        &[],
    ),
    (
        "en",
        "“Nothing was done,” he said, “until the day the roof fell in.”",
        &[("until the day", "")],
    ),
    (
        "de",
        "Kritik kommt von der FDP. „Das ist ein Fehler mit Ansage“, schreibt Generalsekretär Tim Roth auf X.",
        &[("Das ist ein", "Tim Roth")],
    ),
    (
        "de",
        "Das sei „ein guter Tag für die Demokratie“, freute sich Lisa Paulus.",
        &[("ein guter Tag", "Lisa Paulus")],
    ),
    (
        "fr",
        "Interrogé par l'AFP, Marc Lefort a répondu : \"Je n'ai rien à ajouter là-dessus.\"",
        &[("Je n'ai", "Marc Lefort")],
    ),
    (
        "es",
        "\"Esto no puede volver a ocurrir nunca\", lamenta Pedro, vecino del barrio.",
        &[("Esto no", "Pedro")],
    ),
    (
        "en",
        "“I couldn’t believe my eyes,” recalls Nguyen, 34. Asked what she did next, she laughs. “I just ran and ran.”",
        &[("I couldn’t", "Nguyen"), ("I just ran", "Nguyen")],
    ),
    (
        "en",
        "Fed Chair Jane Powell has said inflation is “likely to remain somewhat elevated”, but analysts at ING disagree.",
        &[("likely to remain", "Jane Powell")],
    ),
    (
        "en",
        "The report by Human Rights Watch found that guards “routinely beat detainees with sticks”.",
        &[("routinely", "report")],
    ),
    (
        "en",
        "Smith’s lawyer, Dana White, called the charges “a complete and utter fabrication”.",
        &[("a complete", "Dana White")],
    ),
    (
        "en",
        "A nurse, who asked not to be named, said the ward was “the worst I have ever seen”.",
        &[("the worst", "nurse")],
    ),
    (
        "en",
        "Asked if he would resign, Mr Tully said: “I have no plans to go anywhere.”",
        &[("I have no", "Tully")],
    ),
    (
        "en",
        "Harriet Moss believes the plan is “doomed to fail from the very start”.",
        &[("doomed", "Harriet Moss")],
    ),
    (
        "en",
        "“He never touched the money,” said Tully’s lawyer, Jane Roe.",
        &[("He never", "Jane Roe")],
    ),
    (
        "en",
        "“We are watching this closely,” a White House official told CNN on Monday.",
        &[("We are", "official")],
    ),
    (
        "en",
        "“There was no sign of a struggle,” the report said.",
        &[("There was", "report")],
    ),
    (
        "en",
        "She was described by Paul Tully as “the best player of her generation”.",
        &[("the best", "Paul Tully")],
    ),
    (
        "en",
        "“Thank you for all the years,” reads a statement from Harlow FC.",
        &[("Thank you", "statement")],
    ),
    (
        "en",
        "Harlow FC said in a statement that it “will not be making any comment”.",
        &[("will not", "Harlow")],
    ),
    (
        "en",
        "But Moss, a former teacher, disagrees. “Children need time to play outside,” she says.",
        &[("Children need", "Moss")],
    ),
    (
        "en",
        "“It’s a joke, isn’t it?” asked Moss. “Nobody told us anything at all.”",
        &[("It’s a", "Moss"), ("Nobody told", "Moss")],
    ),
    (
        "en",
        "The judge ruled that Tully had acted “in good faith and without malice”.",
        &[("in good faith", "judge")],
    ),
    (
        "en",
        "Tully’s tweet read: “I will not stand again in this seat.”",
        &[("I will not", "Tully")],
    ),
    (
        "en",
        "Moss – who left in May – told the paper that bosses “did not want to hear it”.",
        &[("did not want", "Moss")],
    ),
    (
        "en",
        "“The numbers don’t add up,” added Lee Tan, chief economist at Orion Bank in Singapore, in a note to clients.",
        &[("The numbers", "Lee Tan")],
    ),
    (
        "en",
        "“I’ve never seen rain like it,” said 71-year-old Joan Pike, who lives by the river.",
        &[("I’ve never", "Joan Pike")],
    ),
    (
        "en",
        "Writing on X, Senator Bob Dole-Smith accused the board of “lying to the public for years”.",
        &[("lying to", "Dole-Smith")],
    ),
    (
        "en",
        "Dr Ann Field from the University of Leeds said: ‘This is the first time we have seen it.’",
        &[("This is the", "Ann Field")],
    ),
    (
        "en",
        "Prime Minister Kofi Mensah’s office called the claim “false and without any basis”.",
        &[("false and", "office")],
    ),
    (
        "en",
        "“We stand by our story,” The Herald said.",
        &[("We stand", "Herald")],
    ),
    (
        "de",
        "„Es besteht keine Gefahr für die Bevölkerung“, teilte die Polizei mit.",
        &[("Es besteht", "Polizei")],
    ),
    (
        "de",
        "„Wir prüfen derzeit alle Möglichkeiten“, heißt es in der Mitteilung des Ministeriums.",
        &[("Wir prüfen", "Mitteilung")],
    ),
    (
        "de",
        "„Das war ein schwerer Fehler von uns“, wird Müller in der Zeitung zitiert.",
        &[("Das war", "Müller")],
    ),
    (
        "de",
        "Müller (SPD) sprach von „einem schwarzen Tag für die Stadt“.",
        &[("einem schwarzen", "Müller")],
    ),
    (
        "de",
        "„Da müssen wir jetzt alle durch“, meint SPD-Chef Lars Weber.",
        &[("Da müssen", "Lars Weber")],
    ),
    (
        "de",
        "Der Verband bezeichnete die Pläne als „völlig unzureichend und viel zu spät“.",
        &[("völlig", "Verband")],
    ),
    (
        "de",
        "Anna Schmidt ist wütend. „So kann man nicht mit Menschen umgehen“, sagt die 34-Jährige.",
        &[("So kann", "Anna Schmidt")],
    ),
    (
        "de",
        "„Ich weiß nicht, was ich sagen soll“, so ein Anwohner gegenüber dem Sender.",
        &[("Ich weiß", "Anwohner")],
    ),
    (
        "de",
        "Die Grünen-Politikerin Eva Kern warf der Regierung vor, sie habe „die Zeichen der Zeit verschlafen“.",
        &[("die Zeichen", "Eva Kern")],
    ),
    (
        "de",
        "„Wir haben ein gutes Spiel gemacht“, freute sich Trainer Uwe Lang nach dem Abpfiff.",
        &[("Wir haben", "Uwe Lang")],
    ),
    (
        "de",
        "Nach Angaben von Forscherin Ute Wolf ist das Ergebnis „ein echter Durchbruch für die Medizin“.",
        &[("ein echter", "Ute Wolf")],
    ),
    (
        "de",
        "Auf die Frage nach dem Grund sagte er: „Das geht niemanden etwas an.“",
        &[("Das geht", "")],
    ),
    (
        "fr",
        "« Il faut agir maintenant », a tweeté la ministre Claire Roux.",
        &[("Il faut agir", "Claire Roux")],
    ),
    (
        "fr",
        "« Ce n’est pas une solution durable », regrette de son côté Luc Martin, porte-parole de l’association.",
        &[("Ce n’est pas", "Luc Martin")],
    ),
    (
        "fr",
        "Pour Marie Blanc, « la situation est devenue intenable ».",
        &[("la situation est", "Marie Blanc")],
    ),
    (
        "fr",
        "La préfecture évoque « un incident isolé et sans gravité ».",
        &[("un incident", "préfecture")],
    ),
    (
        "es",
        "El alcalde, que visitó la zona, prometió que “todo volverá pronto a la normalidad”.",
        &[("todo volverá", "alcalde")],
    ),
    (
        "es",
        "“Hemos perdido todo lo que teníamos”, cuenta entre lágrimas María Soto.",
        &[("Hemos perdido", "María Soto")],
    ),
    (
        "es",
        "La Fiscalía sostiene que el acusado actuó “con total desprecio por la vida”.",
        &[("con total", "Fiscalía")],
    ),
    (
        "it",
        "«È una vergogna per tutto il paese», attacca il leader dell’opposizione Luca Sala.",
        &[("È una", "Luca Sala")],
    ),
    (
        "it",
        "Secondo il ministro Anna Conti «non ci sono le risorse per farlo».",
        &[("non ci sono", "Anna Conti")],
    ),
    (
        "pl",
        "– To nie ma sensu. „Nie wierzę w ani jedno jego słowo” – napisał na Twitterze Adam Zięba.",
        &[("Nie wierzę", "Adam Zięba")],
    ),
    (
        "cs",
        "„Je to pro nás velká čest a závazek,“ uvedl v tiskové zprávě ředitel muzea Pavel Dub.",
        &[("Je to", "Pavel Dub")],
    ),
    (
        "nl",
        "‘Dit is niet wat we hadden afgesproken’, aldus wethouder Kees Vos.",
        &[("Dit is niet", "Kees Vos")],
    ),
    (
        "nl",
        "Het bedrijf spreekt van “een zeer betreurenswaardig incident vandaag”.",
        &[("een zeer", "bedrijf")],
    ),
    (
        "sv",
        "Enligt åklagaren Karin Lind är bevisen ”starkare än någonsin tidigare”.",
        &[("starkare", "Karin Lind")],
    ),
    (
        "nb",
        "– Vi er skuffet, sier Ola. Han mener avtalen er «et stort tilbakeskritt for alle».",
        &[("et stort", "")],
    ),
    (
        "pt",
        "“Foi o pior dia da minha vida”, desabafou a moradora Lúcia Melo.",
        &[("Foi o pior", "Lúcia Melo")],
    ),
    (
        "ja",
        "田中選手は試合後、「最後まであきらめずに戦えた」と振り返った。",
        &[("最後まで", "田中選手")],
    ),
    (
        "ja",
        "「今年は例年より暑い夏になりそうだ」と気象庁の担当者は話す。",
        &[("今年は", "担当者")],
    ),
    (
        "ja",
        "鈴木さん（45）は「こんなことは初めてで怖かった」と話した。",
        &[("こんなこと", "鈴木")],
    ),
    (
        "zh",
        "外交部发言人赵华说：“中方对此表示强烈不满和坚决反对。”",
        &[("中方对此", "赵华")],
    ),
    (
        "zh",
        "王教授认为，“这项研究为今后的治疗提供了新的方向”。",
        &[("这项研究", "王教授")],
    ),
    (
        "ko",
        "박 대변인은 기자들과 만나 \"이번 결정을 매우 유감스럽게 생각한다\"고 말했다.",
        &[("이번 결정을", "박 대변인")],
    ),
    (
        "tr",
        "Vali Kemal Aksoy, yaptığı açıklamada, \"Tüm ekiplerimiz sahada görev yapıyor\" ifadelerini kullandı.",
        &[("Tüm ekiplerimiz", "Kemal Aksoy")],
    ),
    (
        "ar",
        "وأكد رئيس الوزراء محمد شياع أن الحكومة \"لن تتراجع عن قراراتها الأخيرة\".",
        &[("لن تتراجع", "رئيس الوزراء")],
    ),
    (
        "ar",
        "\"هذا يوم حزين جدا لبلادنا\"، بحسب المتحدث باسم الوزارة.",
        &[("هذا يوم", "المتحدث")],
    ),
    (
        "id",
        "Gubernur Rina Wati mengatakan, “Kami akan menindak tegas para pelaku.”",
        &[("Kami akan", "Rina Wati")],
    ),
    (
        "vi",
        "Ông Trần Minh cho biết: “Chúng tôi đang làm hết sức mình”.",
        &[("Chúng tôi", "Trần Minh")],
    ),
];
