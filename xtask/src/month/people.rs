//! The people who are verified: where they live, what they are called, and what the registry knows of them.

use anyhow::Context as _;
use ringtrue_domain::{KnownName, LineType, PersonName, PhoneNumber};
use ringtrue_engine::model::{LineStatus, Subscriber};

use super::dice::Dice;

/// A country: what its numbers look like, and its people's names.
pub(super) struct Country {
    pub(super) code: &'static str,
    /// Hours that its clocks are ahead of UTC; where there are several, those of most people.
    pub(super) ahead_hours: i8,
    /// Beginnings of mobile numbers, and how many digits follow.
    ranges: &'static [(&'static str, usize)],
    carriers: &'static [&'static str],
    firsts: &'static [&'static str],
    lasts: &'static [&'static str],
}

/// Somebody who is verified, perhaps again and again.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) phone: PhoneNumber,
    pub(super) name: PersonName,
    /// The caller's id of them.
    pub(super) customer: String,
    pub(super) email: Option<String>,
    /// Whether messages do not reach them.
    pub(super) unreachable: bool,
    /// What the registry knows.
    known: Known,
}

/// What the registry knows of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Them,
    SomebodyElse,
    NoName,
    Nothing,
}

impl Person {
    /// Somebody from a country whom nobody has met.
    pub(super) fn new(country: &'static Country, prefix: &str, dice: &mut Dice) -> anyhow::Result<Self> {
        let (first, last) = (*dice.one(country.firsts), *dice.one(country.lasts));
        let email = format!(
            "{}.{}{}@mail.example",
            first.to_lowercase().replace(|c: char| !c.is_ascii_alphabetic(), ""),
            last.to_lowercase().replace(|c: char| !c.is_ascii_alphabetic(), ""),
            dice.digits(2)
        );
        Ok(Self {
            phone: country.number(dice)?,
            name: PersonName::parse(first, last)?,
            customer: format!("{prefix}_{}", dice.letters(12)),
            email: dice.chance(0.6).then_some(email),
            unreachable: dice.chance(0.006),
            known: dice.weighted(&[
                (Known::Them, 920),
                (Known::SomebodyElse, 35),
                (Known::NoName, 12),
                (Known::Nothing, 33),
            ]),
        })
    }

    /// What the registry knows of the number, if anything.
    pub(super) fn subscriber(&self, country: &'static Country, dice: &mut Dice) -> Option<Subscriber> {
        let name = match self.known {
            Known::Them => (self.name.first(), self.name.last()),
            Known::SomebodyElse => (*dice.one(country.firsts), *dice.one(country.lasts)),
            Known::NoName => ("", ""),
            Known::Nothing => return None,
        };
        let part = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        let line_type =
            dice.weighted(&[(LineType::Mobile, 965), (LineType::NonFixedVoip, 25), (LineType::Unknown, 10)]);
        Some(Subscriber {
            phone: self.phone.clone(),
            name: KnownName { first: part(name.0), last: part(name.1), ..KnownName::default() },
            carrier: Some((*dice.one(country.carriers)).to_owned()),
            line_type: Some(line_type),
            country: Some(country.code.to_owned()),
            status: LineStatus::Active,
        })
    }
}

impl Country {
    /// A mobile number of the country, valid by its numbering plan.
    pub(super) fn number(&self, dice: &mut Dice) -> anyhow::Result<PhoneNumber> {
        const TRIES: usize = 100;
        let made = || {
            let (start, digits) = dice.one(self.ranges);
            PhoneNumber::parse("number", &format!("{start}{}", dice.digits(*digits))).ok()
        };
        std::iter::repeat_with(made)
            .take(TRIES)
            .flatten()
            .next()
            .with_context(|| format!("no number of {} is valid", self.code))
    }

    /// One of its carriers.
    pub(super) fn carrier(&self, dice: &mut Dice) -> String {
        (*dice.one(self.carriers)).to_owned()
    }
}

const ENGLISH: [&str; 24] = [
    "Olivia", "Noah", "Amelia", "Liam", "Grace", "Ethan", "Chloe", "Mason", "Hannah", "Daniel", "Ruby",
    "Samuel", "Priya", "Omar", "Aisha", "Wei", "Maria", "José", "Fatima", "David", "Sarah", "Michael",
    "Jessica", "James",
];
const ENGLISH_LASTS: [&str; 24] = [
    "Whitfield",
    "Okafor",
    "Nguyen",
    "Patel",
    "Brennan",
    "Castillo",
    "Marsh",
    "Delgado",
    "Fletcher",
    "Kowalczyk",
    "Hughes",
    "Abbott",
    "Simmons",
    "Oyelaran",
    "Reid",
    "Santos",
    "Khan",
    "Lindqvist",
    "O’Connor",
    "Baker",
    "Ramos",
    "Turner",
    "Chen",
    "Harding",
];
const GERMAN: [&str; 16] = [
    "Lena",
    "Jonas",
    "Mia",
    "Finn",
    "Emma",
    "Paul",
    "Sophie",
    "Elias",
    "Ayşe",
    "Lukas",
    "Jürgen",
    "Katharina",
    "Mehmet",
    "Björn",
    "Annika",
    "Florian",
];
const GERMAN_LASTS: [&str; 16] = [
    "Schäfer",
    "Krüger",
    "Yılmaz",
    "Bergmann",
    "Vogel",
    "Neumann",
    "Hoffmann",
    "Köhler",
    "Brandt",
    "Lehmann",
    "Großmann",
    "Winkler",
    "Demir",
    "Fischer",
    "Seidel",
    "Möller",
];
const ROMANCE: [&str; 20] = [
    "Camille",
    "Hugo",
    "Léa",
    "Théo",
    "Inès",
    "Mathis",
    "Lucía",
    "Álvaro",
    "Carmen",
    "Pablo",
    "Giulia",
    "Matteo",
    "Chiara",
    "Lorenzo",
    "Élodie",
    "Nicolas",
    "Marta",
    "Sergio",
    "Francesca",
    "Amine",
];
const ROMANCE_LASTS: [&str; 20] = [
    "Lefèvre",
    "Moreau",
    "Benali",
    "Girard",
    "García",
    "Fernández",
    "Ortega",
    "Romano",
    "Esposito",
    "Ricci",
    "Dubois",
    "Fontaine",
    "Navarro",
    "Molina",
    "Conti",
    "Marchetti",
    "Rousseau",
    "Vidal",
    "Serrano",
    "Greco",
];
const NORTHERN: [&str; 18] = [
    "Agnieszka",
    "Piotr",
    "Zofia",
    "Jakub",
    "Łukasz",
    "Małgorzata",
    "Astrid",
    "Erik",
    "Freja",
    "Oskar",
    "Sanne",
    "Daan",
    "Femke",
    "Bram",
    "Maja",
    "Nils",
    "Kasia",
    "Thijs",
];
const NORTHERN_LASTS: [&str; 18] = [
    "Wójcik",
    "Lewandowska",
    "Zieliński",
    "Nowak",
    "Dąbrowski",
    "Johansson",
    "Lindberg",
    "Öberg",
    "Nyström",
    "de Vries",
    "van Dijk",
    "Bakker",
    "Visser",
    "Mazur",
    "Kamiński",
    "Sandberg",
    "van den Berg",
    "Ekström",
];

pub(super) const US: Country = Country {
    code: "US",
    ahead_hours: -6,
    ranges: &[
        ("+14156", 6),
        ("+12123", 6),
        ("+13127", 6),
        ("+15124", 6),
        ("+12065", 6),
        ("+16178", 6),
        ("+13054", 6),
        ("+17204", 6),
    ],
    carriers: &["Verizon Wireless", "T-Mobile USA", "AT&T Mobility"],
    firsts: &ENGLISH,
    lasts: &ENGLISH_LASTS,
};
pub(super) const GB: Country = Country {
    code: "GB",
    ahead_hours: 0,
    ranges: &[("+44771", 7), ("+44780", 7), ("+44797", 7), ("+44740", 7)],
    carriers: &["EE", "O2 UK", "Vodafone UK", "Three UK"],
    firsts: &ENGLISH,
    lasts: &ENGLISH_LASTS,
};
pub(super) const IM: Country =
    Country { code: "IM", ranges: &[("+447624", 6)], carriers: &["Manx Telecom"], ..GB };
pub(super) const DE: Country = Country {
    code: "DE",
    ahead_hours: 1,
    ranges: &[("+49151", 8), ("+49170", 7), ("+49172", 7), ("+49176", 8), ("+49160", 7)],
    carriers: &["Telekom Deutschland", "Vodafone Germany", "Telefónica Germany"],
    firsts: &GERMAN,
    lasts: &GERMAN_LASTS,
};
pub(super) const FR: Country = Country {
    code: "FR",
    ahead_hours: 1,
    ranges: &[("+336", 8), ("+337", 8)],
    carriers: &["Orange France", "SFR", "Bouygues Telecom", "Free Mobile"],
    firsts: &ROMANCE,
    lasts: &ROMANCE_LASTS,
};
pub(super) const ES: Country = Country {
    code: "ES",
    ranges: &[("+346", 8)],
    carriers: &["Movistar", "Orange España", "Vodafone España"],
    ..FR
};
pub(super) const IT: Country = Country {
    code: "IT",
    ranges: &[("+39320", 7), ("+39340", 7), ("+39347", 7)],
    carriers: &["TIM", "Vodafone Italia", "WindTre", "Iliad Italia"],
    ..FR
};
pub(super) const NL: Country = Country {
    code: "NL",
    ahead_hours: 1,
    ranges: &[("+3161", 7), ("+3162", 7), ("+3165", 7)],
    carriers: &["KPN", "Odido", "VodafoneZiggo"],
    firsts: &NORTHERN,
    lasts: &NORTHERN_LASTS,
};
pub(super) const PL: Country = Country {
    code: "PL",
    ranges: &[("+4850", 7), ("+4860", 7), ("+4869", 7), ("+4878", 7)],
    carriers: &["Orange Polska", "Play", "Plus", "T-Mobile Polska"],
    ..NL
};
pub(super) const SE: Country = Country {
    code: "SE",
    ranges: &[("+4670", 7), ("+4673", 7), ("+4676", 7)],
    carriers: &["Telia", "Tele2", "Telenor Sverige"],
    ..NL
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_numbers_that_are_its_own() {
        let mut dice = Dice::new(1, 1);
        for country in [&US, &GB, &IM, &DE, &FR, &ES, &IT, &NL, &PL, &SE] {
            for _ in 0..20 {
                let number = country.number(&mut dice).unwrap();
                assert_eq!(number.country().as_deref(), Some(country.code));
            }
        }
    }
}
