//! One verification as a story that can be read to the person whom it is about.

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::Timestamp;
use ringtrue_domain::{
    FlowId,
    flow::{Environment, Event},
    text::CallerText,
};
use ringtrue_engine::{Error, Happening, StoryStep, Unmasked, VerificationStory};
use serde::Deserialize;

use super::{
    desk::{Place, Section, Shell},
    fault::PageError,
    guard::{Form, Posted},
    looks::Moment,
    page,
    parts::{Copyable, Id, Number, caller_text, counted, span},
    session::Permission,
    words,
};
use crate::state::App;

#[derive(Template)]
#[template(path = "portal/verification.html")]
struct VerificationPage {
    shell: Shell,
    path: String,
    id: Copyable,
    address: Copyable,
    state: &'static str,
    label: &'static str,
    rule: &'static str,
    next: &'static str,
    began: Moment,
    took: Option<String>,
    session_ends: Option<Moment>,
    kept_until: Moment,
    person: Person,
    method: &'static str,
    method_sentence: &'static str,
    asked_from: Option<String>,
    country: Option<String>,
    messages: String,
    customer: Option<String>,
    request: Option<String>,
    /// The identity's page; none: not enrolled.
    identity: Option<String>,
    steps: Vec<Step>,
    findings: Vec<(&'static str, String)>,
    told: [(&'static str, String); 3],
    /// Where it is shown in the clear; none: nothing is masked, or they may not.
    unmask: Option<String>,
    /// Where all that is known of the person is handed out and erased, and what names the verification there.
    all: Option<(String, String)>,
    outbox: Option<String>,
}

/// Whom it is about, as far as that is shown.
enum Person {
    Masked { number: Number, name: String, has_email: bool },
    Clear { number: String, name: String, email: Option<String> },
}

impl Person {
    fn clear(person: &Unmasked) -> Self {
        Self::Clear {
            number: person.phone.expose().to_owned(),
            name: format!("{} {}", person.name.first(), person.name.last()),
            email: person.email.as_ref().map(|email| email.expose().to_owned()),
        }
    }
}

struct Step {
    at: Moment,
    /// How long after the beginning.
    after: String,
    who: &'static str,
    sentence: String,
    is_message: bool,
}

impl Step {
    fn of(step: &StoryStep, story: &VerificationStory, place: &Place) -> Self {
        let (who, sentence) = words::happening(step.what, story.asked_from.as_deref());
        Self {
            at: place.desk.looks.moment(step.at),
            after: after(step.at, story.began_at),
            who,
            sentence,
            is_message: matches!(step.what, Happening::MessageKept { .. }),
        }
    }
}

/// How long after the beginning something was.
fn after(at: Timestamp, began_at: Timestamp) -> String {
    match at.duration_since(began_at).as_secs() {
        ..1 => "at once".to_owned(),
        seconds => format!("after {}", span(seconds)),
    }
}

/// One verification, masked where people are concerned.
pub(super) async fn show(State(app): State<App>, place: Place, Id(id): Id) -> Result<Response, PageError> {
    place.must(Permission::SeeVerifications)?;
    let (_, story) = named(&app, &place, &id).await?;
    drawn(&app, &place, story, None)
}

async fn named(app: &App, place: &Place, id: &str) -> Result<(FlowId, VerificationStory), PageError> {
    let none = || PageError::not_found("verification, or it is no longer kept");
    let id: FlowId = id.parse().map_err(|_| none())?;
    match app.engine.verification(place.scope(), id).await {
        Ok(story) => Ok((id, story)),
        Err(Error::UnknownFlow) => Err(none()),
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Unmask {}

impl Form for Unmask {
    const NEEDS: Permission = Permission::Unmask;
}

/// The same page in the clear. No redirect: what it could lead to would have an address.
pub(super) async fn unmask(
    State(app): State<App>,
    place: Place,
    Id(id): Id,
    Posted(Unmask {}): Posted<Unmask>,
) -> Result<Response, PageError> {
    let (id, story) = named(&app, &place, &id).await?;
    app.engine.note_unmasking(place.desk.visitor.signed_in(), id).await?;
    let person = app.engine.unmask_verification(place.scope(), id).await?;
    drawn(&app, &place, story, Some(&person))
}

fn drawn(
    app: &App,
    place: &Place,
    story: VerificationStory,
    clear: Option<&Unmasked>,
) -> Result<Response, PageError> {
    let (looks, environment) = (&place.desk.looks, place.environment);
    let listing = &story.listing;
    let path = place.path(&format!("verifications/{}", listing.id));
    let (state, label) = words::standing(listing.standing);
    let (rule, next) = words::verdict(listing.standing, listing.method);
    let masked = environment == Environment::Production && clear.is_none();
    let evaluation = &story.evaluation;
    let own = |text: &CallerText| match clear {
        Some(_) => text.as_str().to_owned(),
        None => caller_text(text, environment),
    };
    page(&VerificationPage {
        shell: place.below(Section::Verifications, "Verification"),
        id: Copyable::new(&listing.id, "id of the verification"),
        address: Copyable::new(&format!("{}{path}", app.origin), "address of this page"),
        state,
        label,
        rule,
        next,
        began: looks.moment(story.began_at),
        took: listing.concluded_at.map(|at| after(at, story.began_at)),
        session_ends: listing.concluded_at.is_none().then(|| looks.moment(story.session_ends_at)),
        kept_until: looks.moment(story.kept_until),
        method: words::method(listing.method),
        method_sentence: words::method_sentence(listing.method),
        country: listing.country.clone(),
        messages: messages(&story),
        customer: story.client_customer_id.as_ref().map(own),
        request: story.client_request_id.as_ref().map(own),
        identity: story.identity.map(|id| place.path(&format!("identities/{id}"))),
        steps: story.steps.iter().map(|step| Step::of(step, &story, place)).collect(),
        findings: story.findings.as_ref().map(words::findings).unwrap_or_default(),
        told: [
            ("Does the name belong to the number?", words::category(evaluation.identification.as_ref())),
            ("Does the person hold the phone?", words::category(evaluation.authentication.as_ref())),
            ("What speaks for caution?", words::category(evaluation.risk.as_ref())),
        ],
        all: place.may(Permission::Erase).then(|| (place.path("person"), story.listing.id.to_string())),
        unmask: (masked && place.may(Permission::Unmask)).then(|| format!("{path}/unmask")),
        outbox: (environment == Environment::Sandbox).then(|| place.path("outbox")),
        person: clear.map_or_else(
            || Person::Masked {
                number: Number::found(story.number.clone(), environment),
                name: story.name.clone(),
                has_email: story.has_email,
            },
            Person::clear,
        ),
        asked_from: story.asked_from,
        path,
    })
}

/// What was sent, and what is billed for it.
fn messages(story: &VerificationStory) -> String {
    let is_sent =
        |step: &&StoryStep| matches!(step.what, Happening::Event(Event::CodeSent | Event::LinkSent));
    let sent = story.steps.iter().filter(is_sent).count();
    match story.listing.segments {
        0 => counted(sent as u64, "message"),
        segments => format!("{}, {}", counted(sent as u64, "message"), counted(segments.into(), "segment")),
    }
}
