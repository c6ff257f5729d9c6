//! In whose words, and in which language, a page of a link speaks.

use std::{borrow::Borrow, fmt};

use askama::filters::HtmlSafe;
use ringtrue_domain::sms::Phrase;
use ringtrue_engine::OwnWords;

/// The language of our words.
const OURS: &str = "en";

/// Languages that are written from right to left, unless their tag names another script (CLDR).
const RIGHT_TO_LEFT: [&str; 14] =
    ["ar", "arc", "ckb", "dv", "fa", "he", "iw", "nqo", "prs", "ps", "sd", "ug", "ur", "yi"];
/// Scripts that are.
const RIGHT_TO_LEFT_SCRIPTS: [&str; 7] = ["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"];

/// The words of one page: the project's, and ours for what it left out. The page is in the language of its heading;
/// whatever is said in another one tells so.
pub(crate) struct Speech {
    own: Option<OwnWords>,
    heading: Phrase,
}

impl Speech {
    /// Of a page with this heading.
    pub(crate) const fn new(own: Option<OwnWords>, heading: Phrase) -> Self {
        Self { own, heading }
    }

    /// The project's own words.
    pub(crate) fn own(&self, phrase: Phrase) -> Option<&str> {
        self.own.as_ref()?.words.get(phrase)
    }

    /// The project's words, else ours. Templates lend what is not a plain path.
    pub(crate) fn say(&self, phrase: impl Borrow<Phrase>) -> &str {
        let phrase = *phrase.borrow();
        self.own(phrase).unwrap_or(phrase.ours())
    }

    /// The attributes of the whole page, or of what stands for one.
    pub(crate) fn page(&self) -> Tongue<'_> {
        let language = self.language(self.heading);
        Tongue { language: Some(language), direction: is_right_to_left(language).then_some("rtl") }
    }

    /// The attributes of the element that says a phrase: none, if it is in the language of the page.
    pub(crate) fn tongue(&self, phrase: impl Borrow<Phrase>) -> Tongue<'_> {
        let (page, language) = (self.language(self.heading), self.language(*phrase.borrow()));
        let direction = match (is_right_to_left(page), is_right_to_left(language)) {
            (false, true) => Some("rtl"),
            (true, false) => Some("ltr"),
            (true, true) | (false, false) => None,
        };
        Tongue { language: (language != page).then_some(language), direction }
    }

    /// How long ago it was, and the phrase that says so.
    pub(crate) fn ago(&self, seconds: i64) -> (String, Phrase) {
        let phrase = match seconds {
            i64::MIN..45 => Phrase::JustNow,
            45..90 => Phrase::MinuteAgo,
            _ => Phrase::MinutesAgo,
        };
        let said = self.say(phrase);
        match phrase {
            Phrase::MinutesAgo => (said.replacen('#', &((seconds + 30) / 60).to_string(), 1), phrase),
            _ => (said.to_owned(), phrase),
        }
    }

    /// A browser that is called `Chrome on macOS`; in other languages without the English word.
    pub(crate) fn browser(&self, called: &str) -> String {
        let joint = if self.language(self.heading) == OURS { " on " } else { " · " };
        called.replacen(" on ", joint, 1)
    }

    fn language(&self, phrase: Phrase) -> &str {
        match &self.own {
            Some(own) if own.words.get(phrase).is_some() => &own.language,
            Some(_) | None => OURS,
        }
    }
}

/// `lang` and `dir` of an element.
pub(crate) struct Tongue<'a> {
    language: Option<&'a str>,
    direction: Option<&'static str>,
}

impl fmt::Display for Tongue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(language) = self.language {
            write!(f, r#" lang="{language}""#)?;
        }
        match self.direction {
            Some(direction) => write!(f, r#" dir="{direction}""#),
            None => Ok(()),
        }
    }
}

// A language's tag consists of letters, digits and hyphens.
impl HtmlSafe for Tongue<'_> {}

fn is_right_to_left(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let script =
        parts.next().filter(|part| part.len() == 4 && !part.starts_with(|c: char| c.is_ascii_digit()));
    script.map_or_else(|| RIGHT_TO_LEFT.contains(&primary), |script| RIGHT_TO_LEFT_SCRIPTS.contains(&script))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speech(language: &str, phrases: &[Phrase], heading: Phrase) -> Speech {
        let words = phrases.iter().map(|phrase| (*phrase, format!("own {phrase:?} #"))).collect();
        Speech::new(Some(OwnWords { language: language.to_owned(), words }), heading)
    }

    #[test]
    fn each_part_says_its_language_where_the_page_is_in_another() {
        let told = |speech: &Speech, phrase| speech.tongue(phrase).to_string();
        let ours = Speech::new(None, Phrase::Title);
        assert_eq!(
            (ours.page().to_string().as_str(), told(&ours, Phrase::Note).as_str()),
            (r#" lang="en""#, "")
        );
        assert_eq!(ours.say(Phrase::Button), Phrase::Button.ours());

        let german = speech("de", &[Phrase::Title, Phrase::Button], Phrase::Title);
        assert_eq!(german.page().to_string(), r#" lang="de""#);
        assert_eq!(told(&german, Phrase::Button), "");
        assert_eq!(told(&german, Phrase::Note), r#" lang="en""#);

        let half = speech("ar", &[Phrase::Button], Phrase::Title);
        assert_eq!(half.page().to_string(), r#" lang="en""#);
        assert_eq!(told(&half, Phrase::Button), r#" lang="ar" dir="rtl""#);

        let arabic = speech("ar", &[Phrase::Title, Phrase::Button], Phrase::Title);
        assert_eq!(arabic.page().to_string(), r#" lang="ar" dir="rtl""#);
        assert_eq!(told(&arabic, Phrase::Button), "");
        assert_eq!(told(&arabic, Phrase::Note), r#" lang="en" dir="ltr""#);
    }

    #[test]
    fn a_script_that_is_named_decides_the_direction() {
        for (tag, is) in [
            ("ar", true),
            ("he-IL", true),
            ("FA", true),
            ("az-Arab", true),
            ("ks-arab-IN", true),
            ("ar-Latn", false),
            ("de-1996", false),
            ("de", false),
            ("pt-BR", false),
        ] {
            assert_eq!(is_right_to_left(tag), is, "{tag}");
        }
    }

    #[test]
    fn times_and_browsers_are_told_in_the_language_of_the_page() {
        let ours = Speech::new(None, Phrase::Title);
        let ago = |seconds| ours.ago(seconds).0;
        assert_eq!(
            [0, 60, 100, 600].map(ago),
            ["just now", "a minute ago", "2 minutes ago", "10 minutes ago"]
        );
        assert_eq!(ours.browser("Chrome on macOS"), "Chrome on macOS");
        let own = speech("de", &[Phrase::Title, Phrase::MinutesAgo], Phrase::Title);
        assert_eq!(own.ago(100), ("own MinutesAgo 2".to_owned(), Phrase::MinutesAgo));
        assert_eq!(own.ago(0), ("just now".to_owned(), Phrase::JustNow));
        assert_eq!(
            (own.browser("Chrome on macOS").as_str(), own.browser("Edge").as_str()),
            ("Chrome · macOS", "Edge")
        );
    }
}
