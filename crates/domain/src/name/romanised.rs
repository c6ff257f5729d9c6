//! Names of other scripts whose usual Latin spelling no rule gives, and Chinese characters written two ways.

/// A word as its own script writes it, and how people spell it in Latin letters.
///
/// Where a word is listed, the list decides alone: محمد is Mohammed and never Mahmoud, though both have the
/// same consonants. Keys are in the form of `script::native`.
const SPELLINGS: &[(&str, &str)] = &[
    // Arabic
    ("محمد", "mohammed muhammad mohamed mohammad muhammed mohamad muhamed mohd md mehmet mahomet"),
    ("محمود", "mahmoud mahmud mahmood mehmood"),
    ("احمد", "ahmed ahmad ahmet"),
    ("حامد", "hamed hamid"),
    ("حميد", "hamid hameed"),
    ("علي", "ali aly"),
    ("علاء", "alaa ala"),
    ("علا", "alaa ala"),
    ("يحيي", "yahya yehia yahia"),
    ("طه", "taha"),
    ("حسن", "hassan hasan"),
    ("حسين", "hussein husain hussain hossein hosein husein"),
    ("سعد", "saad sad"),
    ("سعيد", "said saeed saied"),
    ("سيد", "sayed sayyid syed said"),
    ("نور", "nour noor nur"),
    ("مني", "mona muna"),
    ("ليلي", "layla leila laila leyla"),
    ("سلمي", "salma"),
    ("سالم", "salem salim"),
    ("سليم", "selim salim saleem"),
    ("سليمان", "suleiman sulaiman soliman suleyman"),
    ("سلمان", "salman"),
    ("عمر", "omar umar omer"),
    ("عمرو", "amr amro"),
    ("عمار", "ammar"),
    ("عامر", "amer amir"),
    ("امير", "amir ameer emir"),
    ("يوسف", "youssef yusuf yousef yousuf josef joseph yossef"),
    ("جمال", "gamal jamal"),
    ("جميل", "jamil gamil jameel"),
    ("كمال", "kamal kemal"),
    ("كامل", "kamel kamil"),
    ("كريم", "karim kareem kerim"),
    ("خالد", "khaled khalid"),
    ("خليل", "khalil halil"),
    ("هدي", "huda hoda"),
    ("ايه", "aya ayah"),
    ("رضا", "reza rida reda"),
    // Hebrew
    ("דוד", "david"),
    ("יוסף", "yosef joseph yossef josef"),
    ("שרה", "sarah sara"),
    ("שלמה", "shlomo solomon"),
    ("משה", "moshe moses"),
    ("אבי", "avi"),
    ("לוי", "levi levy"),
    ("לאה", "lea leah"),
    ("נועה", "noa noah"),
    // Indic
    ("सिंह", "singh sinh"),
    ("सिह", "singh sinh"),
    ("वर्मा", "verma varma"),
    ("गुप्ता", "gupta"),
    ("राज", "raj"),
    ("रवि", "ravi"),
    // Korean family names
    ("김", "kim gim"),
    ("이", "lee yi rhee i li"),
    ("리", "ri lee rhee"),
    ("박", "park bak pak"),
    ("최", "choi choe"),
    ("정", "jung jeong chung jong"),
    ("강", "kang gang"),
    ("조", "cho jo"),
    ("윤", "yoon yun"),
    ("장", "jang chang"),
    ("임", "lim im yim"),
    ("한", "han"),
    ("오", "oh o"),
    ("서", "seo suh"),
    ("신", "shin sin"),
    ("권", "kwon gwon"),
    ("황", "hwang"),
    ("안", "ahn an"),
    ("송", "song"),
    ("류", "ryu yoo"),
    ("유", "yoo yu you"),
    ("홍", "hong"),
    ("문", "moon mun"),
    ("우", "woo u"),
    ("구", "koo ku goo gu"),
    ("노", "noh roh no"),
    // Chinese family names: Mandarin, Wade-Giles, Cantonese, Hokkien, Vietnamese where usual
    ("李", "li lee"),
    ("王", "wang wong"),
    ("张", "zhang chang cheung teo"),
    ("刘", "liu lau low"),
    ("陈", "chen chan tan"),
    ("杨", "yang yeung yeo"),
    ("黄", "huang wong ng"),
    ("赵", "zhao chao chiu"),
    ("吴", "wu ng"),
    ("周", "zhou chou chow"),
    ("徐", "xu hsu chui"),
    ("许", "xu hsu hui koh"),
    ("孙", "sun suen"),
    ("马", "ma mah"),
    ("朱", "zhu chu"),
    ("胡", "hu wu woo"),
    ("郭", "guo kuo kwok"),
    ("何", "he ho"),
    ("高", "gao kao ko"),
    ("林", "lin lam lim"),
    ("罗", "luo lo law"),
    ("郑", "zheng cheng tay"),
    ("梁", "liang leung"),
    ("谢", "xie hsieh tse"),
    ("曾", "zeng tseng tsang"),
    ("萧", "xiao hsiao siu"),
    ("蔡", "cai tsai choi chua"),
    ("叶", "ye yeh yip yap"),
    ("吕", "lu lyu lui"),
    ("邓", "deng teng tang"),
    ("余", "yu yee"),
    ("江", "jiang chiang kong"),
    ("蒋", "jiang chiang"),
    ("关", "guan kwan"),
    // Japanese family names, which a Chinese reading gets wrong
    ("佐藤", "sato satou satoh"),
    ("铃木", "suzuki"),
    ("高桥", "takahashi"),
    ("田中", "tanaka"),
    ("伊藤", "ito itou itoh"),
    ("渡边", "watanabe"),
    ("山本", "yamamoto"),
    ("中村", "nakamura"),
    ("小林", "kobayashi"),
    ("加藤", "kato katou katoh"),
    ("吉田", "yoshida"),
    ("山田", "yamada"),
    ("佐佐木", "sasaki"),
    ("山口", "yamaguchi"),
    ("松本", "matsumoto"),
    ("井上", "inoue"),
    ("木村", "kimura"),
    ("清水", "shimizu"),
    ("斋藤", "saito saitou"),
];

/// The Latin spellings of a word, if it is listed.
pub(super) fn spellings(native: &str) -> Option<impl Iterator<Item = &'static str>> {
    SPELLINGS.iter().find(|(word, _)| *word == native).map(|(_, latin)| latin.split(' '))
}

/// Traditional (or Japanese) and simplified form of characters usual in names, in pairs.
const VARIANTS: &str = "張张劉刘陳陈楊杨黃黄趙赵吳吴孫孙馬马羅罗鄭郑謝谢許许蕭萧葉叶呂吕鄧邓蔣蒋關关鈴铃橋桥邊边邉边\
    齋斋斎斋齊齐偉伟強强軍军華华國国傑杰龍龙麗丽鳳凤蘭兰蓮莲雲云紅红潔洁靜静豔艳艷艳艶艳嬌娇慶庆輝辉\
    賢贤貴贵寶宝銘铭鋒锋鋼钢銀银錦锦鎮镇長长東东車车連连達达運运進进遠远選选鄒邹鐘钟鍾钟閻阎陽阳陸陆隨随\
    韋韦韓韩順顺顏颜顧顾飛飞駱骆魯鲁鴻鸿齡龄瑩莹環环瓊琼畢毕盧卢禮礼穎颖榮荣樂乐樹树機机歐欧歲岁湯汤滿满漢汉\
    澤泽沢泽濤涛煒炜爾尔獻献聖圣聰聪肅肃興兴莊庄萬万藝艺蘇苏裏里見见覺觉親亲計计詩诗誠诚諾诺譚谭\
    譽誉豐丰負负賀贺賴赖趙赵躍跃軒轩農农鄔邬鄺邝來来倫伦僑侨儀仪億亿優优凱凯劍剑\
    勁劲動动勝胜勞劳區区協协單单衛卫厲厉參参員员啟启啓启喬乔嚴严園园團团圓圆堅坚場场壽寿夢梦奮奋婭娅學学\
    寧宁對对導导島岛嶺岭嶽岳帥帅師师幹干廣广廈厦張张彥彦後后從从復复憲宪懷怀應应戰战\
    揚扬擇择書书會会棟栋業业楓枫権权權权歡欢";

/// The simplified form of a Chinese character, so that 陳 and 陈 are one name.
pub(super) fn simplified(c: char) -> char {
    let mut forms = VARIANTS.chars();
    while let (Some(from), Some(to)) = (forms.next(), forms.next()) {
        if from == c {
            return to;
        }
    }
    c
}
