//! Verifications in words that can be read to the person whom they are about: how they stand, what happened, and why.

use ringtrue_domain::{
    Findings, NameMatch,
    flow::{Category, Event, PossessionFailure, PossessionType, Proof, ReportedStep, Standing},
};
use ringtrue_engine::{Happening, model::LimitKind};

use super::parts::counted;

/// All methods, in the order in which forms name them.
pub(super) const METHODS: [PossessionType; 3] =
    [PossessionType::Mobile, PossessionType::Desktop, PossessionType::None];

/// A method in addresses.
pub(super) const fn method_name(method: PossessionType) -> &'static str {
    match method {
        PossessionType::Desktop => "desktop",
        PossessionType::Mobile => "mobile",
        PossessionType::None => "none",
    }
}

/// A method in a word or two.
pub(super) const fn method(method: PossessionType) -> &'static str {
    match method {
        PossessionType::Desktop => "Link from a computer",
        PossessionType::Mobile => "Code on the phone",
        PossessionType::None => "Name only",
    }
}

/// A limit in a few words.
pub(super) const fn limit(kind: LimitKind) -> &'static str {
    match kind {
        LimitKind::Requests => "Requests per second",
        LimitKind::Number => "Verifications of a number",
        LimitKind::Countries => "Countries",
    }
}

/// What a method asks of the person.
pub(super) const fn method_sentence(method: PossessionType) -> &'static str {
    match method {
        PossessionType::Desktop => {
            "The person was at another device than the phone; a link is sent to the phone and has to be opened there."
        }
        PossessionType::Mobile => {
            "The person was on the phone; the mobile network is asked where it can be, otherwise a code is sent."
        }
        PossessionType::None => {
            "Only whether the name belongs to the number was asked; the phone had no part in it."
        }
    }
}

/// How one stands: the class of its mark and a word or two.
pub(super) const fn standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Open => ("open", "Under way"),
        Standing::Verified => ("delivered", "Verified"),
        Standing::NumberUnknown => ("failed", "Number not on record"),
        Standing::NameUnknown => ("failed", "No name on record"),
        Standing::NameMismatch => ("failed", "Another name"),
        Standing::Exhausted => ("failed", "Too many wrong codes"),
        Standing::Cancelled => ("empty", "Given up"),
        Standing::TimedOut => ("empty", "Out of time"),
        Standing::TooManySteps => ("failed", "Too many calls"),
        Standing::Refused => ("failed", "Refused by the persona"),
        Standing::Unanswered => ("failed", "No answer about the name"),
    }
}

/// The rule that decided, and what can be done now: each in a sentence or two for the person.
pub(super) const fn verdict(standing: Standing, method: PossessionType) -> (&'static str, &'static str) {
    match (standing, method) {
        (Standing::Open, PossessionType::None) => (
            "Nothing is decided yet: an identity source is being asked whether the name belongs to the number.",
            "Open this page again in a moment.",
        ),
        (Standing::Open, PossessionType::Desktop | PossessionType::Mobile) => (
            "Nothing is decided yet: the person can still finish.",
            "They should go on where they began; a new attempt is not needed before this one is over.",
        ),
        (Standing::Verified, PossessionType::None) => (
            "It went well: the name belongs to the number.",
            "That the phone is in their hands was not asked.",
        ),
        (Standing::Verified, PossessionType::Desktop | PossessionType::Mobile) => {
            ("It went well: the person holds the phone, and the name belongs to the number.", "")
        }
        (Standing::NumberUnknown, _) => (
            "It failed because no identity source has this number on record as in use.",
            "Check with the person that it is the right number, digit by digit. Numbers that are only days old are \
             often not on record yet.",
        ),
        (Standing::NameUnknown, _) => (
            "It failed because the number is on record without a name that could be compared.",
            "Prepaid cards and company contracts often have no name. Another number, or another way to show who they \
             are, is what helps.",
        ),
        (Standing::NameMismatch, _) => (
            "It failed because the number is on record under another name than the one that was given.",
            "We are not told which name. Ask whose name the phone contract has: often it is an employer, a relative, \
             or a name from before a marriage.",
        ),
        (Standing::Exhausted, _) => (
            "It failed because wrong codes were entered until no try was left.",
            "The person can begin again at once, and should type the code of the newest message.",
        ),
        (Standing::Cancelled, _) => {
            ("It ended because the person, or the page for them, gave up.", "They can begin again at once.")
        }
        (Standing::TimedOut, PossessionType::None) => {
            ("It ended because its time was over.", "They can begin again at once.")
        }
        (Standing::TimedOut, PossessionType::Desktop | PossessionType::Mobile) => (
            "It ended because its time was over: a code is good for two minutes, a link for three, and all of it for \
             fifteen.",
            "The person can begin again at once. If no message came, check the number with them.",
        ),
        (Standing::TooManySteps, _) => (
            "It was ended because the device called more often than any honest page does.",
            "Somebody may have tried things out; or the page repeats itself, which its engineers should look at.",
        ),
        (Standing::Refused, _) => (
            "It failed because this persona never shows that it holds the phone.",
            "Personas are in sandbox only; no person is concerned.",
        ),
        (Standing::Unanswered, _) => (
            "It failed because no identity source answered in time; the person did all that was asked.",
            "They can begin again. If that repeats itself, the identity source is in trouble.",
        ),
    }
}

/// What happened: who or what did it, and a sentence.
pub(super) fn happening(what: Happening, asked_from: Option<&str>) -> (&'static str, String) {
    match what {
        Happening::Event(event) => self::event(event, asked_from),
        Happening::MessageKept { segments, .. } => {
            let segments = counted(segments as u64, "segment");
            ("Message", format!("The sandbox kept a message of {segments} instead of sending it."))
        }
        Happening::RanOut(Standing::Unanswered) => {
            ("Clock", "The session was over before an identity source answered.".to_owned())
        }
        Happening::RanOut(_) => ("Clock", "The time was over before the person finished.".to_owned()),
    }
}

fn event(event: Event, asked_from: Option<&str>) -> (&'static str, String) {
    let from = asked_from.map(|browser| format!(" {browser} waits for it.")).unwrap_or_default();
    let (who, sentence) = match event {
        Event::Started => ("Your back end", "The verification began."),
        Event::CodeSent => ("Message", "A message with a code went out to the phone."),
        Event::LinkSent => {
            return ("Message", format!("A message with a link went out to the phone.{from}"));
        }
        Event::WrongCode => ("Phone", "A wrong code was entered."),
        Event::ExpiredCode => {
            ("Phone", "A code was entered that was too old; codes are good for two minutes.")
        }
        Event::NumberChanged => {
            ("Page", "The person gave another number; from here on it is about that one.")
        }
        Event::NumberRefused => ("Page", "The person gave another number, which could not be used."),
        Event::NetworkAsked => ("Phone", "The phone was asked to show itself to its mobile network."),
        Event::NetworkFailed => {
            ("Mobile network", "The network did not confirm the phone; a code can be used instead.")
        }
        Event::Reported { step } => ("Page", reported(step)),
        Event::MessageRejected => ("Message", "The message could not be delivered: the sender refused it."),
        Event::Proven { by } => proven(by),
        Event::Failed { why } => failed(why),
        Event::OwnershipAnswered { owned: true } => {
            ("Identity source", "The answer came: the name belongs to the number.")
        }
        Event::OwnershipAnswered { owned: false } => (
            "Identity source",
            "The answer came: the name does not belong to the number, or is not on record.",
        ),
        Event::Enrolled => {
            ("Ringtrue", "Person and number were enrolled: changes of the number are watched from here on.")
        }
    };
    (who, sentence.to_owned())
}

const fn reported(step: ReportedStep) -> &'static str {
    match step {
        ReportedStep::Code => "The page reported that the step with the code did not work on the device.",
        ReportedStep::Link => "The page reported that the step with the link did not work on the device.",
        ReportedStep::Network => {
            "The page reported that the mobile network could not be asked from the device."
        }
        ReportedStep::Other => "The page reported that a step did not work on the device.",
    }
}

const fn proven(by: Proof) -> (&'static str, &'static str) {
    match by {
        Proof::Code => ("Phone", "The right code was entered: the person holds the phone."),
        Proof::Link => ("Phone", "The link was opened on the phone and confirmed: the person holds it."),
        Proof::Network => ("Mobile network", "The network confirmed the phone: the person holds it."),
        Proof::Persona => ("Persona", "This persona holds its phone without doing anything."),
    }
}

const fn failed(why: PossessionFailure) -> (&'static str, &'static str) {
    match why {
        PossessionFailure::Exhausted => ("Ringtrue", "That was the last try: it ended."),
        PossessionFailure::Cancelled => ("Page", "The person gave up, or the page did: it ended."),
        PossessionFailure::TimedOut => ("Clock", "The time was over: it ended."),
        PossessionFailure::TooManySteps => ("Ringtrue", "The device called too often: it ended."),
        PossessionFailure::Refused => ("Persona", "This persona never holds its phone: it ended."),
    }
}

/// What an identity source said, as names and values.
pub(super) fn findings(findings: &Findings) -> Vec<(&'static str, String)> {
    let name = match findings.name {
        NameMatch::Match => "Belongs to the number",
        NameMatch::Mismatch => "Another one is on record",
        NameMatch::Unknown => "None on record to compare",
    };
    let risks = findings.risks.as_ref().map(|risks| {
        let texts: Vec<_> = risks.iter().map(|risk| told(&[risk.reason()])).collect();
        if texts.is_empty() { "None".to_owned() } else { texts.join("; ") }
    });
    let known = [
        ("Number", Some(if findings.number_known { "On record" } else { "Not on record" }.to_owned())),
        ("Name", Some(name.to_owned())),
        ("Risks", risks),
        ("Carrier", findings.carrier.clone()),
        ("Type of line", findings.line_type.map(|kind| kind.as_str().to_owned())),
        ("Country", findings.country.clone()),
    ];
    known.into_iter().filter_map(|(what, value)| Some((what, value?))).collect()
}

/// A category of the evaluation, as the back end gets it.
pub(super) fn category(category: Option<&Category>) -> String {
    match category {
        None => "Not evaluated".to_owned(),
        Some(Category { failures }) if failures.is_empty() => "Passed".to_owned(),
        Some(Category { failures }) => told(failures),
    }
}

/// `9014, the name does not match`
fn told(reasons: &[(u16, &'static str)]) -> String {
    let texts: Vec<_> = reasons.iter().map(|(code, text)| format!("{code}, {text}")).collect();
    texts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_stand_has_a_sentence_of_its_own() {
        let mut said = std::collections::BTreeSet::new();
        for one in Standing::ALL {
            let (rule, next) = verdict(one, PossessionType::Mobile);
            assert!(rule.ends_with('.') && (next.is_empty() || next.ends_with('.')), "{one:?}");
            assert!(said.insert(rule) && said.insert(standing(one).1), "{one:?}");
        }
    }

    #[test]
    fn only_a_browser_that_waits_is_named() {
        let sent = |from| happening(Happening::Event(Event::LinkSent), from).1;
        assert!(sent(Some("Chrome on macOS")).ends_with("Chrome on macOS waits for it."));
        assert!(sent(None).ends_with("went out to the phone."));
    }
}
