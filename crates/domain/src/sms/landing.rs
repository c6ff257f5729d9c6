//! What the page of an instant link says, phrase by phrase.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::wording::words;
use crate::FieldError;

/// Something that the page of a link says, before or after its button was pressed, or when it is no longer good. The names
/// are those of stored bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// The heading.
    Title,
    /// What it is about.
    Text,
    /// The button.
    Button,
    /// For whoever did not ask for it.
    Note,
    /// Before the project's name.
    AskedBy,
    /// Before how long ago it was asked for.
    Started,
    /// Before the browser that waits.
    AskedOn,
    /// Less than a minute ago.
    JustNow,
    /// A minute ago.
    MinuteAgo,
    /// Some minutes ago; `#` stands for how many.
    MinutesAgo,
    /// The heading after the button was pressed.
    DoneTitle,
    /// What there is to do then: to go back to the other screen.
    DoneText,
    /// The heading when the link is no longer good.
    GoneTitle,
    /// Why: it was used.
    GoneUsed,
    /// Why: its time is over.
    GoneExpired,
    /// Why: the request was cancelled.
    GoneCancelled,
    /// Why: the number was changed.
    GoneReplaced,
    /// Why: the verification is over.
    GoneEnded,
    /// Why: the phone was not confirmed.
    GoneRefused,
    /// What there is to do then: to ask for another one.
    GoneNote,
    /// The foot of each of these pages.
    Footer,
}

impl Phrase {
    /// All of them, in the order in which people meet them.
    pub const ALL: [Self; 21] = [
        Self::Title,
        Self::Text,
        Self::AskedBy,
        Self::Started,
        Self::JustNow,
        Self::MinuteAgo,
        Self::MinutesAgo,
        Self::AskedOn,
        Self::Button,
        Self::Note,
        Self::DoneTitle,
        Self::DoneText,
        Self::GoneTitle,
        Self::GoneUsed,
        Self::GoneExpired,
        Self::GoneCancelled,
        Self::GoneReplaced,
        Self::GoneEnded,
        Self::GoneRefused,
        Self::GoneNote,
        Self::Footer,
    ];

    /// The name of the field that it is given in.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Title => "landingTitle",
            Self::Text => "landingText",
            Self::Button => "landingButton",
            Self::Note => "landingNote",
            Self::AskedBy => "landingAskedBy",
            Self::Started => "landingStarted",
            Self::AskedOn => "landingAskedOn",
            Self::JustNow => "landingJustNow",
            Self::MinuteAgo => "landingMinuteAgo",
            Self::MinutesAgo => "landingMinutesAgo",
            Self::DoneTitle => "landingDoneTitle",
            Self::DoneText => "landingDoneText",
            Self::GoneTitle => "landingGoneTitle",
            Self::GoneUsed => "landingGoneUsed",
            Self::GoneExpired => "landingGoneExpired",
            Self::GoneCancelled => "landingGoneCancelled",
            Self::GoneReplaced => "landingGoneReplaced",
            Self::GoneEnded => "landingGoneEnded",
            Self::GoneRefused => "landingGoneRefused",
            Self::GoneNote => "landingGoneNote",
            Self::Footer => "landingFooter",
        }
    }

    /// Characters at most.
    pub const fn max_chars(self) -> usize {
        match self {
            Self::Title | Self::DoneTitle | Self::GoneTitle | Self::Footer => 80,
            Self::Button
            | Self::AskedBy
            | Self::Started
            | Self::AskedOn
            | Self::JustNow
            | Self::MinuteAgo
            | Self::MinutesAgo => 40,
            Self::Text
            | Self::Note
            | Self::DoneText
            | Self::GoneUsed
            | Self::GoneExpired
            | Self::GoneCancelled
            | Self::GoneReplaced
            | Self::GoneEnded
            | Self::GoneRefused
            | Self::GoneNote => 300,
        }
    }

    /// What we say, in English.
    pub const fn ours(self) -> &'static str {
        match self {
            Self::Title => "Is this you?",
            Self::Text => "Somebody asked on another screen whether this phone is yours.",
            Self::Button => "Yes, confirm my phone",
            Self::Note => "If you didn’t ask for this, close this page; nothing happens.",
            Self::AskedBy => "Asked by",
            Self::Started => "Started",
            Self::AskedOn => "Asked on",
            Self::JustNow => "just now",
            Self::MinuteAgo => "a minute ago",
            Self::MinutesAgo => "# minutes ago",
            Self::DoneTitle => "Done",
            Self::DoneText => {
                "Your phone is confirmed. Go back to your other screen; it goes on there by itself. You can close this page."
            }
            Self::GoneTitle => "This link is no longer valid",
            Self::GoneUsed => "It was used already: the phone is confirmed, and a link works only once.",
            Self::GoneExpired => "Its time is over: a link is good for three minutes.",
            Self::GoneCancelled => "The request was cancelled on the screen where it started.",
            Self::GoneReplaced => "It was replaced: the phone number was changed after this link was sent.",
            Self::GoneEnded => "The request that it belonged to has ended.",
            Self::GoneRefused => "This phone could not be confirmed.",
            Self::GoneNote => {
                "If you still want to go on, ask for a new link on the screen where you started. If you didn’t ask for \
                 one, close this page; nothing happened."
            }
            Self::Footer => "Phone verification by Ringtrue",
        }
    }
}

/// What a project says on the page of a link. What is absent is said in our words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LandingWords(BTreeMap<Phrase, String>);

impl LandingWords {
    /// Whether all of it is absent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many phrases it has.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// A phrase, if it has it.
    pub fn get(&self, phrase: Phrase) -> Option<&str> {
        self.0.get(&phrase).map(String::as_str)
    }

    /// Takes a phrase out.
    pub fn take(&mut self, phrase: Phrase) -> Option<String> {
        self.0.remove(&phrase)
    }

    /// Checks every phrase, and leaves out what is empty.
    pub(super) fn checked(self) -> Result<Self, FieldError> {
        let mut checked = BTreeMap::new();
        for (phrase, text) in self.0 {
            let Some(text) = words(phrase.field(), Some(text), phrase.max_chars())? else { continue };
            if phrase == Phrase::MinutesAgo && text.matches('#').count() != 1 {
                return Err(FieldError::new(phrase.field(), "must hold exactly one # for the number"));
            }
            checked.insert(phrase, text);
        }
        Ok(Self(checked))
    }
}

impl FromIterator<(Phrase, String)> for LandingWords {
    fn from_iter<T: IntoIterator<Item = (Phrase, String)>>(phrases: T) -> Self {
        Self(phrases.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(phrase: Phrase, text: &str) -> Option<FieldError> {
        LandingWords::from_iter([(phrase, text.to_owned())]).checked().err()
    }

    #[test]
    fn every_phrase_is_there_once_and_what_we_say_keeps_its_rule() {
        let ours = LandingWords::from_iter(Phrase::ALL.map(|phrase| (phrase, phrase.ours().to_owned())));
        assert_eq!(ours.count(), Phrase::ALL.len());
        assert_eq!(ours.clone().checked(), Ok(ours));
        let fields: std::collections::BTreeSet<_> = Phrase::ALL.map(Phrase::field).into();
        assert_eq!(fields.len(), Phrase::ALL.len());
    }

    #[test]
    fn each_phrase_has_a_limit() {
        for phrase in Phrase::ALL {
            let end = if phrase == Phrase::MinutesAgo { "#" } else { "ä" };
            let fits = "ä".repeat(phrase.max_chars() - 1) + end;
            assert_eq!(refused(phrase, &fits), None, "{phrase:?}");
            let error = refused(phrase, &format!("ä{fits}")).expect("it is too long");
            assert_eq!(error.field, phrase.field());
            assert!(refused(phrase, "two\nlines").is_some(), "{phrase:?}");
            let empty = LandingWords::from_iter([(phrase, "  ".to_owned())]).checked();
            assert_eq!(empty, Ok(LandingWords::default()));
        }
        for wrong in ["vor Minuten", "# und #"] {
            assert!(refused(Phrase::MinutesAgo, wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn what_was_stored_before_there_were_more_phrases_loads() {
        let stored = r#"{"title":"Sind Sie das?","button":"Ja"}"#;
        let words: LandingWords = serde_json::from_str(stored).unwrap();
        assert_eq!((words.get(Phrase::Title), words.get(Phrase::Note)), (Some("Sind Sie das?"), None));
        assert_eq!(serde_json::to_string(&words).unwrap(), stored);
        assert!(serde_json::from_str::<LandingWords>(r#"{"nothing":"x"}"#).is_err());
    }
}
