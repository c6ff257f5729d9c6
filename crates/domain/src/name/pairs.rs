//! What matches and what does not, as a table.
//!
//! Left is the claim, "first / last". Right is what the source knows: "first / last", "first / middle / last",
//! or, without a slash, a full name. An empty part is one that the source does not have.

use super::{KnownName, NameMatch, PersonName, compare};

const MATCH: &[(&str, &str)] = &[
    // Case, diacritics, letters with two spellings
    ("John / Smith", "John / Smith"),
    ("john / SMITH", "JOHN / smith"),
    ("José / García", "Jose / Garcia"),
    ("Zoë / Brontë", "Zoe / Bronte"),
    ("Jürgen / Müller", "Juergen / Mueller"),
    ("Jürgen / Müller", "Jurgen / Muller"),
    ("Juergen / Mueller", "JÜRGEN / MÜLLER"),
    ("Hans / Strauß", "Hans / STRAUSS"),
    ("Hans / Groẞ", "Hans / Gross"),
    ("Jörg / Schröder", "Joerg / Schroder"),
    ("Søren / Jørgensen", "Soren / Jorgensen"),
    ("Søren / Jørgensen", "Soeren / Joergensen"),
    ("Håkon / Ågård", "Haakon / Aagaard"),
    ("Åse / Bråthen", "Ase / Brathen"),
    ("Łukasz / Wałęsa", "Lukasz / Walesa"),
    ("Işıl / Yıldız", "ISIL / YILDIZ"),
    ("İbrahim / Çelik", "Ibrahim / Celik"),
    ("Đorđe / Đoković", "Dorde / Dokovic"),
    ("Nguyễn / Văn", "Nguyen / Van"),
    ("Æsa / Kjær", "Aesa / Kjaer"),
    ("Jose\u{301} / Garci\u{301}a", "José / García"),
    ("Ｊｏｈｎ / Ｓｍｉｔｈ", "John / Smith"),
    // Punctuation and spacing
    ("Conan / O'Brien", "Conan / OBrien"),
    ("Conan / O’Brien", "Conan / O'Brien"),
    ("Conan / O´Brien", "Conan / O Brien"),
    ("Conan / O'Brien", "Conan O Brien"),
    ("Anna Maria / Rossi", "Annamaria / Rossi"),
    ("Annamaria / Rossi", "Anna-Maria / Rossi"),
    ("Annamaria / Rossi", "Anna Maria Luisa / Rossi"),
    ("Ana / De la Cruz", "Ana / Delacruz"),
    ("Ana / Delacruz", "Ana de la Cruz"),
    ("Ronald / McDonald", "Ronald / Mc Donald"),
    ("Ronald / McDonald", "MC DONALD RONALD"),
    ("Jean-Luc / Picard", "Jean Luc / Picard"),
    ("Jean-Luc / Picard", "Jeanluc / Picard"),
    ("Gina / D'Angelo", "Gina / D Angelo"),
    ("Amy / St. John", "Amy / St John"),
    ("Amy / Saint Clair", "Amy / StClair"),
    ("John / Smith", "SMITH, JOHN"),
    ("  John  / Smith ", "John   Smith"),
    // Particles
    ("Ludwig / van Beethoven", "Ludwig / Beethoven"),
    ("Ludwig / Beethoven", "Ludwig van Beethoven"),
    ("Jan / van der Berg", "Jan / Vanderberg"),
    ("Jan / van der Berg", "Jan / Berg"),
    ("Otto / von Bismarck", "Otto / Bismarck"),
    ("Paulo / da Silva", "Paulo / Silva"),
    ("Omar / al-Rashid", "Omar / Alrashid"),
    ("Omar / al-Rashid", "Omar / Rashid"),
    ("Mohammed / bin Salman", "Mohammed / Salman"),
    ("Mai / Le", "Mai / Le"),
    ("Mai / Le", "Le Mai"),
    // Order
    ("Smith / John", "John / Smith"),
    ("John / Smith", "Smith / John"),
    ("John / Smith", "Smith John"),
    ("Ferenc / Puskás", "PUSKAS FERENC"),
    ("Anna / Maria Schmidt", "Anna Maria / Schmidt"),
    ("An / Nguyen", "Nguyen Van An"),
    ("Yuri / Gagarin", "Gagarin Yuri Alekseyevich"),
    // Double surnames
    ("Gabriel / García", "Gabriel / García Márquez"),
    ("Gabriel / Márquez", "Gabriel / García Márquez"),
    ("Gabriel / García Márquez", "Gabriel / García"),
    ("Gabriel / García Márquez", "Gabriel / García / Márquez"),
    ("Gabriel / García Márquez", "Garcia Marquez Gabriel"),
    ("Naomasa / Ii", "Naomasa Ii"),
    ("Mary / Smith-Jones", "Mary / Jones"),
    ("María de los Ángeles / Ruiz", "Maria Angeles / Ruiz"),
    ("Pablo / Ruiz y Picasso", "Pablo / Ruiz Picasso"),
    // Middle names and initials
    ("John / Smith", "John / Paul / Smith"),
    ("John Paul / Smith", "John / Smith"),
    ("John P. / Smith", "John / Paul / Smith"),
    ("John / Smith", "John Q Smith"),
    ("John Paul / Smith", "John P Smith"),
    ("John / Smith", "J. / Smith"),
    ("John / Smith", "SMITH J"),
    ("J. / Smith", "J / Smith"),
    ("J. Paul / Getty", "Jean Paul / Getty"),
    ("Edgar / Hoover", "J. Edgar / Hoover"),
    ("Luise / Schmidt", "Anna Luise / Schmidt"),
    ("José / López", "José María / López"),
    ("A. P. J. Abdul / Kalam", "Abdul / Kalam"),
    // Titles and suffixes
    ("John / Smith", "Dr. John / Smith"),
    ("John / Smith", "Mr John Smith Jr."),
    ("John / Smith Jr", "John / Smith"),
    ("John / Smith III", "John / Smith Jr"),
    ("Anna / Schmidt", "Frau Prof. Dr. Anna Schmidt"),
    ("John / Smith", "John Smith, PhD"),
    // Nicknames
    ("Bill / Gates", "William / Gates"),
    ("Liam / Neeson", "William / Neeson"),
    ("Beth / Harmon", "Elizabeth / Harmon"),
    ("Elizabeth / Warren", "WARREN LIZ"),
    ("Bob / Dylan", "Robert / Dylan"),
    ("Jack / Kennedy", "John / Fitzgerald / Kennedy"),
    ("Peggy / Olson", "Margaret / Olson"),
    ("Sasha / Petrov", "Alexander / Petrov"),
    ("Sascha / Becker", "Alexandra / Becker"),
    ("Hans / Meier", "Johannes / Meier"),
    ("Uschi / Glas", "Ursula / Glas"),
    ("Paco / Gómez", "Francisco / Gomez"),
    ("Pepe / Mujica", "José / Mujica"),
    ("Manu / Chao", "Emmanuel / Chao"),
    ("Dima / Ivanov", "Dmitriy / Ivanov"),
    ("Katya / Smirnova", "Yekaterina / Smirnova"),
    ("Stephen / King", "Steven / King"),
    ("Mohamed / Salah", "Muhammad / Salah"),
    ("Jon / Snow", "John / Snow"),
    // Slips
    ("John / Andersen", "John / Anderson"),
    ("Micheal / Jordan", "Michael / Jordan"),
    ("Cristopher / Nolan", "Christopher / Nolan"),
    ("Johnathan / Ive", "Jonathan / Ive"),
    ("Patrcia / Highsmith", "Patricia / Highsmith"),
    ("John / Schmitd", "John / Schmidt"),
    ("John / Petersn", "John Peterson"),
    ("Hans / Muller", "Hans / Mueller"),
    ("Pyotr / Tchaikovsky", "Pyotr / Chaikovskij"),
    // Other scripts
    ("Yuri / Gagarin", "Юрий / Гагарин"),
    ("Юрий / Гагарин", "YURY GAGARIN"),
    ("Юрий / Гагарин", "Гагарин Юрий Алексеевич"),
    ("Юрий / Гагарин", "Iurii / Gagarin"),
    ("Aleksandr / Pushkin", "Александр Сергеевич / Пушкин"),
    ("Alexander / Pushkin", "Александр / Пушкин"),
    ("Саша / Петров", "Александр / Петров"),
    ("Nikita / Khrushchev", "Никита / Хрущёв"),
    ("Хрущев / Никита", "Никита / Хрущёв"),
    ("Sergei / Prokofiev", "Сергей / Прокофьев"),
    ("Giorgos / Papadopoulos", "Γιώργος / Παπαδόπουλος"),
    ("ΓΙΩΡΓΟΣ / ΠΑΠΑΔΟΠΟΥΛΟΣ", "Γιώργος / Παπαδόπουλος"),
    ("Wei / Wang", "王伟"),
    ("伟 / 王", "王伟"),
    ("王 / 偉", "王伟"),
    ("Xiaoming / Chen", "陳小明"),
    ("Xiao Ming / Chen", "Chen / 小明"),
    ("Bruce / Lee", "Bruce / 李"),
    ("Min-jun / Kim", "김민준"),
    ("Minjun / Kim", "민준 / 김"),
    ("Jihoon / Lee", "이지훈"),
    ("Taro / Tanaka", "タナカ タロウ"),
    ("たなか / しょうた", "タナカ ショウタ"),
    ("Mohammed / Salah", "محمد صلاح"),
    ("Ahmed / Hassan", "أحمد حسن"),
    ("Mustafa / Abdulrahman", "مصطفى عبد الرحمن"),
    ("محمد / صلاح", "محمد صلاح"),
    ("David / Cohen", "דוד כהן"),
    ("Rahul / Sharma", "राहुल शर्मा"),
    ("Giorgi / Beridze", "გიორგი ბერიძე"),
    // One name
    ("Sukarno / Sukarno", "Sukarno"),
    ("Sukarno / -", "Sukarno"),
];

const MISMATCH: &[(&str, &str)] = &[
    ("John / Smith", "Jane / Doe"),
    ("John / Smith", "Joan / Smith"),
    ("Maria / Rossi", "Mario / Rossi"),
    ("Daniel / Weber", "Daniela / Weber"),
    ("Martin / Weber", "Martina / Weber"),
    ("Brian / Adams", "Ryan / Adams"),
    ("Anna / Schmidt", "Eva / Schmidt"),
    ("Anna / Schmidt", "Hannah / Schmidt"),
    ("Peter / Schmidt", "Petra / Schmidt"),
    ("Andrea / Bauer", "Andreas / Bauer"),
    ("Christian / Bauer", "Christina / Bauer"),
    ("Julia / Roberts", "Julian / Roberts"),
    ("Frances / Bean", "Francis / Bean"),
    ("Karin / Wolf", "Karen / Wolf"),
    ("Robert / Brown", "Roberta / Brown"),
    ("Simon / Cole", "Simone / Cole"),
    ("Gabriel / Diaz", "Gabriela / Diaz"),
    ("Alexander / Lang", "Alexandra / Lang"),
    ("Victor / Hugo", "Victoria / Hugo"),
    ("Antonio / Ruiz", "Antonia / Ruiz"),
    ("Louis / Roux", "Louise / Roux"),
    ("Jason / Reed", "Mason / Reed"),
    ("Kevin / Reed", "Devin / Reed"),
    ("Jayden / Reed", "Hayden / Reed"),
    ("Mark / Reed", "Mary / Reed"),
    ("Marc / Reed", "Marco / Reed"),
    ("Tim / Reed", "Tom / Reed"),
    ("Emilia / Clarke", "Emilio / Clarke"),
    ("William / Jones", "James / Jones"),
    ("Liz / Jones", "Lisa Marie / Jones"),
    ("Peggy / Olson", "Greta / Olson"),
    ("Bill / Jones", "Bob / Jones"),
    ("Michael / Jones", "Michelle / Jones"),
    ("Samuel / Jones", "Samantha / Jones"),
    ("Paul / Klein", "Paula / Klein"),
    ("Eric / Klein", "Erica / Klein"),
    ("Jean / Martin", "Jeanne / Martin"),
    ("Pascal / Martin", "Pascale / Martin"),
    ("Michel / Martin", "Michele / Martin"),
    ("Ahmed / Ali", "Hamid / Ali"),
    // Family names
    ("John / Smith", "John / Jones"),
    ("John / Lee", "John / Li"),
    ("John / Smith", "John / Goldsmith"),
    ("John / Donald", "John / McDonald"),
    ("John / Miller", "John / Hiller"),
    ("John / Brown", "John / Green"),
    ("John / Tyson", "John / Toson"),
    ("John / Hall", "John / Hill"),
    ("Gabriel / García López", "Gabriel / García Pérez"),
    ("Ana / de la Torre", "Ana / de la Cruz"),
    ("William / Bill", "William / Will"),
    // A list of names in the hope that one is right
    ("John / Smith Jones Brown Garcia", "John / Brown"),
    ("John Peter Paul Mark / Smith", "Mark / Smith"),
    // A slip in both names
    ("Micheall / Andersen", "Michael / Anderson"),
    ("Jonathon / Petersn", "Jonatan / Peterson"),
    ("Anna / Rosi", "Anna / Russo"),
    // Initials prove nothing about a longer name
    ("J. / Smith", "John / Smith"),
    ("J / Smith", "Smith John"),
    ("John / S", "John / Smith"),
    ("John / Smith", "K / Smith"),
    ("John / Smith", "John / S"),
    ("John / Smyth", "J / Smith"),
    ("J / S", "John / Smith"),
    // Second names that contradict, or belong to the other sex
    ("John Paul / Smith", "John Peter / Smith"),
    ("John P / Smith", "John Quincy / Smith"),
    ("Maria Luisa / Conti", "Maria Teresa / Conti"),
    ("José / López", "María José / López"),
    ("María / López", "José María / López"),
    ("John Peter / Smith", "John Paul Smith"),
    ("John Peter / Smith", "John / Paul / Smith"),
    ("John E / Smith", "John / P / Smith"),
    ("John P / Smith", "John E Smith"),
    ("John / Thomas", "Thomas J"),
    // A given name is not a surname, and the order of a full name is no excuse
    ("John / Paul", "John Paul Jones"),
    ("John / Peter", "Peter John Smith"),
    ("Peter / John", "Peter / John / Smith"),
    ("Smith / Smith", "John / Smith"),
    ("John / Smith", "Peter Smith"),
    // Other scripts
    ("伟 / 王", "王薇"),
    ("小明 / 王", "王明小"),
    ("Wei / Wang", "王伟明"),
    ("Wei / Wang", "Wei / Li"),
    ("Min / Kim", "김민준"),
    ("Minho / Kim", "김민준"),
    ("Александр / Петров", "Александра / Петрова"),
    ("Valery / Ivanov", "Валерия / Иванова"),
    ("Ivan / Petrov", "Юрий / Петров"),
    ("Yuri / Gagarin", "Герман Титов"),
    ("Mahmoud / Salah", "محمد صلاح"),
    ("Hamid / Hassan", "أحمد حسن"),
    ("Fatima / Hassan", "أحمد حسن"),
    ("Rohit / Sharma", "राहुल शर्मा"),
    // Half a name that disagrees
    ("John / Smith", "/ Jones"),
    ("John / Smith", "Peter /"),
    ("John / Smith", "Jones"),
    ("... / ---", "John / Smith"),
];

const UNKNOWN: &[(&str, &str)] = &[
    ("John / Smith", ""),
    ("John / Smith", "/"),
    ("John / Smith", "  /  /  "),
    ("John / Smith", "---"),
    ("John / Smith", "UNKNOWN"),
    ("John / Smith", "N/A"),
    ("John / Smith", "Wireless Caller"),
    ("John / Smith", "/ Smith"),
    ("John / Smith", "John /"),
    ("Bill / Smith", "William /"),
    ("John / Smith", "Smith"),
    ("Gabriel / García", "/ García Márquez"),
];

fn verdict(claim: &str, known: &str) -> NameMatch {
    let (first, last) = claim.split_once('/').unwrap();
    compare(&PersonName::parse(first, last).unwrap(), &parse_known(known))
}

fn parse_known(known: &str) -> KnownName {
    let part = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    match known.split('/').collect::<Vec<_>>()[..] {
        [first, last] if known != "N/A" => {
            KnownName { first: part(first), last: part(last), ..KnownName::default() }
        }
        [first, middle, last] => {
            KnownName { first: part(first), middle: part(middle), last: part(last), full: None }
        }
        _ => KnownName { full: part(known), ..KnownName::default() },
    }
}

fn check(table: &[(&str, &str)], expected: NameMatch) {
    let wrong: Vec<String> = table
        .iter()
        .map(|(claim, known)| (claim, known, verdict(claim, known)))
        .filter(|(.., verdict)| *verdict != expected)
        .map(|(claim, known, verdict)| format!("{claim:30} {known:30} {verdict:?}"))
        .collect();
    assert!(wrong.is_empty(), "not {expected:?}:\n{}", wrong.join("\n"));
}

#[test]
fn the_same_person_matches() {
    check(MATCH, NameMatch::Match);
}

#[test]
fn different_people_do_not_match() {
    check(MISMATCH, NameMatch::Mismatch);
}

#[test]
fn a_source_without_a_whole_name_proves_nothing() {
    check(UNKNOWN, NameMatch::Unknown);
}

#[test]
fn either_the_parts_or_the_full_name_may_match() {
    let claimed = PersonName::parse("John", "Smith").unwrap();
    let mut known = parse_known("Johann / Smythe");
    assert_eq!(compare(&claimed, &known), NameMatch::Mismatch);
    known.full = Some("Smith John".to_owned());
    assert_eq!(compare(&claimed, &known), NameMatch::Match);
}
