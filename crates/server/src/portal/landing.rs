//! The page of a link in the form of a text: its phrases as fields, and how it would read.

use askama::{Template, filters::HtmlSafe};
use ringtrue_domain::sms::{LandingWords, Phrase, Wording};
use ringtrue_engine::OwnWords;

use super::fault::Problem;
use crate::pages::Speech;

/// A phrase as a field.
#[derive(Template)]
#[template(path = "portal/landing_field.html")]
struct Field {
    name: &'static str,
    label: &'static str,
    value: String,
    max: usize,
    ours: &'static str,
    is_wrong: bool,
}

impl HtmlSafe for Field {}

/// Fields that belong together.
struct Group {
    name: &'static str,
    fields: Vec<Field>,
}

/// All fields: those that most projects fill in, and the others, which are folded away.
#[derive(Template)]
#[template(path = "portal/landing.html")]
pub(super) struct Fields {
    first: Vec<Field>,
    others: Vec<Group>,
    /// Whether something is in the others, or wrong with them.
    is_open: bool,
}

impl HtmlSafe for Fields {}

const FIRST: [Phrase; 4] = [Phrase::Title, Phrase::Text, Phrase::Button, Phrase::Note];

const OTHERS: [(&str, &[Phrase]); 4] = [
    (
        "Who asked, when and where from",
        &[
            Phrase::AskedBy,
            Phrase::Started,
            Phrase::JustNow,
            Phrase::MinuteAgo,
            Phrase::MinutesAgo,
            Phrase::AskedOn,
        ],
    ),
    ("After the button was pressed", &[Phrase::DoneTitle, Phrase::DoneText]),
    (
        "When the link is no longer valid",
        &[
            Phrase::GoneTitle,
            Phrase::GoneUsed,
            Phrase::GoneExpired,
            Phrase::GoneCancelled,
            Phrase::GoneReplaced,
            Phrase::GoneEnded,
            Phrase::GoneRefused,
            Phrase::GoneNote,
        ],
    ),
    ("On all of them", &[Phrase::Footer]),
];

impl Fields {
    /// The fields with what was typed into them.
    pub(super) fn new<'a>(typed: impl Fn(Phrase) -> &'a str, problem: Option<&Problem>) -> Self {
        let is_wrong = |phrase: Phrase| problem.is_some_and(|problem| problem.is_of(phrase.field()));
        let field = |phrase: &Phrase| Field {
            name: phrase.field(),
            label: label(*phrase),
            value: typed(*phrase).to_owned(),
            max: phrase.max_chars(),
            ours: phrase.ours(),
            is_wrong: is_wrong(*phrase),
        };
        let group = |(name, phrases): (&'static str, &[Phrase])| Group {
            name,
            fields: phrases.iter().map(field).collect(),
        };
        let others = OTHERS.map(group);
        let is_open = others
            .iter()
            .flat_map(|group| &group.fields)
            .any(|field| field.is_wrong || !field.value.is_empty());
        Self { first: FIRST.iter().map(field).collect(), others: others.into(), is_open }
    }
}

const fn label(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Title | Phrase::DoneTitle | Phrase::GoneTitle => "Heading",
        Phrase::Text => "What it is about",
        Phrase::Button => "Button",
        Phrase::Note => "For whoever did not ask for it",
        Phrase::AskedBy => "Before your project’s name",
        Phrase::Started => "Before the time",
        Phrase::AskedOn => "Before the browser that waits",
        Phrase::JustNow => "Less than a minute",
        Phrase::MinuteAgo => "One minute",
        Phrase::MinutesAgo => "More minutes; # stands for how many",
        Phrase::GoneUsed => "If it was used",
        Phrase::GoneExpired => "If its three minutes are over",
        Phrase::GoneCancelled => "If the request was cancelled",
        Phrase::GoneReplaced => "If the number was changed since",
        Phrase::GoneEnded => "If the verification is over",
        Phrase::GoneRefused => "If the phone was not confirmed",
        Phrase::DoneText | Phrase::GoneNote => "What to do then",
        Phrase::Footer => "Foot of the page",
    }
}

/// How the page would read.
#[derive(Template)]
#[template(path = "portal/landing_preview.html")]
pub(super) struct Preview {
    project: String,
    ask: Speech,
    started: (String, Phrase),
    done: Speech,
    gone: Speech,
}

impl HtmlSafe for Preview {}

impl Preview {
    /// Of a wording, if it has words for that page.
    pub(super) fn of(wording: &Wording, project: &str) -> Option<Self> {
        if wording.landing.is_empty() {
            return None;
        }
        let own = OwnWords { language: wording.language.clone(), words: wording.landing.clone() };
        let speech = |heading| Speech::new(Some(own.clone()), heading);
        let ask = speech(Phrase::Title);
        Some(Self {
            project: project.to_owned(),
            started: ask.ago(120),
            ask,
            done: speech(Phrase::DoneTitle),
            gone: speech(Phrase::GoneTitle),
        })
    }
}

/// How much of the page is said in the project's words; nothing if none of it is.
pub(super) fn extent(words: &LandingWords) -> Option<String> {
    let (own, all) = (words.count(), Phrase::ALL.len());
    match own {
        0 => None,
        _ if own == all => Some("All of the page of a link is in these words.".to_owned()),
        _ => Some(format!(
            "{own} of {all} phrases of the page of a link are in these words; the others are in English."
        )),
    }
}
