//! What has nothing to do with each other, though it looks alike.

use std::collections::BTreeSet;

use article::{Cleaned, RelationKind};

use crate::newsdesk::{Desk, REPORT, UNRELATED, article, check_first};
use crate::sources::BRIDGE;

const THAI: &str = "สมาคมชาวสวนทุเรียนภาคตะวันออกประกาศจัดประกวดทุเรียนพันธุ์หายากในเดือนมิถุนายน โดยมีเกษตรกรสมัครเข้าร่วมแล้ว 74 ราย นายบุญเลิศ ทองใบ ประธานสมาคม กล่าวว่าผู้ชนะจะได้รับรถกระบะหนึ่งคันและถ้วยรางวัล ปีที่แล้วมีผู้เข้าชมงานกว่าหนึ่งหมื่นคน และทุเรียนลูกที่ชนะถูกประมูลไปในราคาสูงถึงสองแสนบาท เจ้าหน้าที่เกษตรจะตรวจสารตกค้างทุกลูกก่อนการตัดสิน";

/// Reads texts of as many outlets, none of which has to do with another.
#[track_caller]
fn check_apart(texts: &[&str]) {
    let mut desk = Desk::default();
    for (number, text) in texts.iter().enumerate() {
        let outlet = format!("Paper {number}");
        let told = desk.read(&article(&outlet, "1", number as i64, "", text));
        let relations = &told.enriched.relations;
        assert!(relations.is_empty(), "{text}: {relations:?}");
    }
}

#[test]
fn articles_in_scripts_of_few_letters_are_not_alike_for_their_letters() {
    check_apart(&[
        THAI,
        "ทีมนักวิจัยมหาวิทยาลัยริมโขงค้นพบปลาน้ำจืดชนิดใหม่ในลำธารใกล้ชายแดน ปลาดังกล่าวมีความยาวเพียงสามเซนติเมตรและมีแถบสีฟ้าบริเวณครีบหลัง ดร.อรุณี แก้วมณี หัวหน้าทีมกล่าวว่าการสร้างเขื่อนอาจทำให้ปลาชนิดนี้สูญพันธุ์ภายในสิบปี ผลงานตีพิมพ์ในวารสารวิทยาศาสตร์เมื่อสัปดาห์ที่ผ่านมา และทีมงานเตรียมเพาะเลี้ยงในห้องทดลอง",
        "ธนาคารกลางคงอัตราดอกเบี้ยนโยบายไว้ที่ร้อยละ 2.25 ตามที่ตลาดคาดการณ์ คณะกรรมการมีมติ 5 ต่อ 2 เสียง โดยกรรมการสองคนเห็นควรให้ลดดอกเบี้ย ผู้ว่าการกล่าวว่าเศรษฐกิจขยายตัวช้ากว่าที่คาดจากการส่งออกที่ชะลอลง แต่การท่องเที่ยวยังเติบโต ค่าเงินบาทแข็งค่าขึ้นเล็กน้อยหลังการประกาศ นักวิเคราะห์คาดว่าจะมีการลดดอกเบี้ยในไตรมาสแรกของปีหน้า",
    ]);
    check_apart(&[
        "ໄຟໄໝ້ໂກດັງເກັບເຂົ້າຢູ່ເມືອງທ່າສຳເພົາໃນຕອນເຊົ້າວັນຈັນ ເຮັດໃຫ້ກຳມະກອນເສຍຊີວິດຫ້າຄົນ ແລະ ບາດເຈັບ 16 ຄົນ. ຕຳຫຼວດກ່າວວ່າໄຟເລີ່ມໄໝ້ຈາກຊັ້ນສອງຂອງໂກດັງ ແລະ ໃຊ້ເວລາຫຼາຍກວ່າແປດຊົ່ວໂມງຈຶ່ງຄວບຄຸມໄດ້. ເຈົ້າແຂວງກ່າວວ່າຈະສືບສວນສາເຫດຢ່າງລະອຽດ.",
        "ທະນາຄານກາງປະກາດຮັກສາອັດຕາດອກເບ້ຍໄວ້ຄືເກົ່າຕາມທີ່ຕະຫຼາດຄາດໄວ້. ຜູ້ວ່າການກ່າວວ່າເສດຖະກິດຂະຫຍາຍຕົວຊ້າກວ່າທີ່ຄາດ ແຕ່ການທ່ອງທ່ຽວຍັງເຕີບໂຕດີ. ນັກວິເຄາະຄາດວ່າຈະມີການຫຼຸດດອກເບ້ຍໃນປີໜ້າ.",
    ]);
    check_apart(&[
        "អគ្គិភ័យបានឆេះឃ្លាំងស្រូវមួយនៅខេត្តកំពង់ត្រាចកាលពីព្រឹកថ្ងៃចន្ទ បណ្តាលឱ្យកម្មករប្រាំនាក់ស្លាប់ និង ១៦ នាក់រងរបួស។ នគរបាលបាននិយាយថា ភ្លើងបានចាប់ផ្តើមពីជាន់ទីពីរ ហើយត្រូវចំណាយពេលជាងប្រាំបីម៉ោងដើម្បីពន្លត់។ អភិបាលខេត្តបាននិយាយថា នឹងធ្វើការស៊ើបអង្កេត។",
        "ធនាគារកណ្តាលបានប្រកាសរក្សាអត្រាការប្រាក់ដដែលតាមការរំពឹងទុករបស់ទីផ្សារ។ ទេសាភិបាលបាននិយាយថា សេដ្ឋកិច្ចកើនឡើងយឺតជាងការរំពឹងទុក ប៉ុន្តែវិស័យទេសចរណ៍នៅតែរីកចម្រើន។ អ្នកវិភាគរំពឹងថានឹងមានការបន្ថយអត្រាការប្រាក់នៅឆ្នាំក្រោយ។",
    ]);
    check_apart(&[
        "တနင်္လာနေ့ နံနက်စောစောက မြို့တော်မြောက်ဘက်ရှိ စပါးဂိုဒေါင်တစ်ခု မီးလောင်ခဲ့ရာ အလုပ်သမား ငါးဦး သေဆုံးပြီး ၁၆ ဦး ဒဏ်ရာရရှိခဲ့သည်။ မီးသည် ဒုတိယထပ်မှ စတင်ခဲ့ပြီး ရှစ်နာရီကျော်ကြာမှ ငြိမ်းသတ်နိုင်ခဲ့ကြောင်း ရဲတပ်ဖွဲ့က ပြောကြားခဲ့သည်။",
        "ဗဟိုဘဏ်က အတိုးနှုန်းကို ပြောင်းလဲခြင်းမရှိဘဲ ဆက်လက်ထားရှိမည်ဟု ကြေညာခဲ့သည်။ စီးပွားရေးတိုးတက်မှု နှေးကွေးနေသော်လည်း ခရီးသွားလုပ်ငန်း တိုးတက်နေကြောင်း ဥက္ကဋ္ဌက ပြောကြားခဲ့သည်။ လာမည့်နှစ်တွင် အတိုးနှုန်းလျှော့ချနိုင်သည်ဟု ခန့်မှန်းထားသည်။",
    ]);
    check_apart(&[
        "【10月6日 AFP】北部の港町ミナトザキで6日早朝、冷凍倉庫から出火し、鉄骨3階建ての建物約4200平方メートルが全焼した。警察によると、夜勤中の従業員4人が死亡、11人が病院に運ばれた。うち2人は意識不明の重体という。\n\n消防によると、午前3時15分ごろ「倉庫の2階から煙が出ている」と119番通報があった。消防車38台が出動し、約9時間後にほぼ消し止めた。倉庫には冷凍のホタテや鮭など約1900トンが保管されていた。\n\n倉庫を所有する大浜水産の木戸口誠社長は記者会見で「亡くなられた方々とご家族に心からおわび申し上げます。断熱材の張り替え工事を先週終えたばかりでした」と述べた。工事では溶接作業が行われていたという。\n\n市は周辺の住民約260世帯に避難指示を出したが、午後1時に解除した。アンモニアの漏れは確認されていない。県警は業務上過失致死傷の疑いもあるとみて、工事の記録を調べている。\n\nこの倉庫では2019年にも配電盤から小さな火が出ており、消防が改善を指導していた。大浜水産は県内の冷凍水産物の約4割を扱っており、市場関係者は年末の価格への影響を心配している。",
        "中部の山あいにあるカワシモ村で、村営バスの廃止をめぐる住民投票が行われ、反対が賛成を上回った。投票率は81パーセントだった。村は来年度から予約制の乗り合いタクシーに切り替える計画を立てていた。\n\n村長の野々村啓子氏は「結果を重く受け止め、議会と改めて話し合う」と述べた。反対した住民からは、高齢者が病院に通えなくなるという声が多かった。村の人口は1980人で、65歳以上が6割を占める。\n\nバスは昭和34年から走り続け、1日6往復している。赤字は年間2700万円に上る。",
    ]);
}

#[test]
fn a_copy_in_such_a_script_is_found_wherever_it_is_cut() {
    let text = THAI;
    let mut desk = Desk::default();
    let source = article("Paper 1", "1", 0, "", text);
    desk.read(&source);
    let begin = text.char_indices().nth(40).map_or(0, |(at, _)| at);
    let cut = desk.read(&article("Paper 2", "1", 1, "", &text[begin..]));
    assert!(cut.enriched.relations[0].relation.is_derived());
    let passage = cut.enriched.relations[0].evidence.passages.first();
    assert!(passage.is_some_and(|passage| text.contains(passage)));
}

#[test]
fn short_reports_of_one_agency_share_its_sign_off_and_nothing_else() {
    let signed = |text: &str| {
        format!(
            "{text}\n\n(Reporting by Anna Lindqvist; Editing by Peter Moss)\n\n\
             Our Standards: The Thomson Reuters Trust Principles."
        )
    };
    let texts = [
        "OSMERE, Oct 6 (Reuters) - The president of Orlen, Marta Vidic, will step down in January for \
         health reasons, her office said on Tuesday. Parliament will choose a successor within sixty days.",
        "PASK, Oct 6 (Reuters) - The central bank raised its key rate by a quarter point to 3.5 percent, \
         the fourth rise this year. Economists had expected no change.",
        "TARN, Oct 6 (Reuters) - An earthquake of magnitude 5.9 shook the coast north of Tarn before dawn. \
         Chimneys fell in two villages, and nobody was hurt.",
    ];
    let texts = texts.map(signed);
    check_apart(&texts.each_ref().map(String::as_str));
}

#[test]
fn a_digest_that_comes_first_joins_no_two_of_its_reports() {
    let mut desk = Desk::default();
    let all = format!("{REPORT}\n\n{UNRELATED}\n\n{BRIDGE}");
    let digest = article("Morning Herald", "digest", 0, "The week", &all);
    let told = desk.read(&digest).enriched;
    let mut families = BTreeSet::from([told.family]);
    let mut stories = BTreeSet::from([told.story]);
    for (number, text) in [REPORT, UNRELATED, BRIDGE].into_iter().enumerate() {
        let outlet = format!("Paper {number}");
        let told = desk.read(&article(&outlet, "1", 1 + number as i64, "News", text));
        check_first(&told, RelationKind::Near, &digest);
        families.insert(told.enriched.family);
        stories.insert(told.enriched.story);
    }
    // The first of them is its family.
    assert_eq!((families.len(), stories.len()), (3, 3));
}

#[test]
fn what_a_digest_has_from_an_agency_is_no_origin_of_what_it_has_from_others() {
    let mut desk = Desk::default();
    let credited = REPORT.replace("(Northwind Press)", "(Reuters)");
    let all = format!("{REPORT}\n\n{UNRELATED}\n\n{BRIDGE}");
    desk.read(&article("Morning Herald", "digest", 0, "The week", &all));
    desk.read(&article("Paper 1", "1", 1, "News", &credited));
    let told = desk.read(&article("Paper 2", "1", 2, "News", BRIDGE));
    assert_eq!(told.enriched.origin, None);
}

#[test]
fn marks_that_part_words_unseen_part_no_copy_from_its_source() {
    let text = THAI;
    let parted: String = text
        .chars()
        .enumerate()
        .flat_map(|(at, c)| [Some(c), (at % 9 == 4).then_some('\u{200b}')])
        .flatten()
        .collect();
    let mut desk = Desk::default();
    let source = article("Paper 1", "1", 0, "", text);
    desk.read(&source);
    let told = desk.read(&article("Paper 2", "1", 1, "", &parted));
    check_first(&told, RelationKind::Copy, &source);
}

#[test]
fn what_an_outlet_brings_up_to_date_is_named_beside_its_copies() {
    let mut desk = Desk::default();
    let own = article("Northwind Press", "1", 0, "Recorder found", REPORT);
    desk.read(&own);
    for (number, outlet) in ["One", "Two", "Three"].into_iter().enumerate() {
        desk.read(&article(
            outlet,
            "1",
            1 + number as i64,
            "Recorder found",
            REPORT,
        ));
    }
    let more =
        format!("{REPORT}\n\nOn Friday the recorder was opened, and its memory found whole.");
    let update: Cleaned = article("Northwind Press", "2", 30, "Recorder opened", &more);
    let relations = desk.read(&update).enriched.relations;
    let named = relations
        .iter()
        .any(|tie| tie.relation == RelationKind::Update && tie.of == own.id);
    assert!(named, "{relations:?}");
}
