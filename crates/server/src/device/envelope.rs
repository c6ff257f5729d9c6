//! From the domain's reply to what the client SDK understands (device API §3 to §6, §13, §19). Refusals are 200 too: to
//! the published client any other status is the end without a reason.

use ringtrue_domain::flow::{Nudge, PossessionFailure, Reply};
use ringtrue_wire::device::{DeviceError, Envelope};
use serde_json::json;

/// Where the reply goes; the same reply reads differently from step to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A step that sends something. `data: {}` tells a page without a retry step to wait.
    Start {
        /// Whether the page waits on the socket and knows no retry step.
        waits: bool,
    },
    /// `mobile/otp/finish`
    CodeEntry,
    /// Any `/error`
    Report,
    /// The status socket and its poll.
    Status,
}

/// A bare `next`.
pub(crate) fn next(step: &str) -> Envelope {
    Envelope { next: step.to_owned(), data: None, error: None }
}

/// What the client SDK is told.
pub(crate) fn envelope(reply: Reply, place: Place) -> Envelope {
    match reply {
        Reply::Sent => match place {
            Place::Start { waits: true } => Envelope { data: Some(json!({})), ..next("") },
            _ => next(""),
        },
        Reply::Done => next("done"),
        Reply::TryAgain(nudge) => {
            let (code, message) = nudged(nudge);
            let again = if place == Place::CodeEntry { "mobile/otp" } else { "" };
            Envelope { data: Some(json!({ "code": code, "message": message })), ..next(again) }
        }
        Reply::Over(why) => {
            let (code, message) = failed(why);
            // A page that loops must not be led to its finish step again and again.
            let end = if why == PossessionFailure::TooManySteps { "" } else { "done" };
            with_error(end, code, message)
        }
        // After a report the client looks at `next` only.
        Reply::UseCode if place == Place::Report => next("mobile/otp"),
        Reply::UseCode => {
            with_error("mobile/otp", 10001, "the network could not confirm the number, use a code")
        }
        Reply::ResumeLink => next("mobile/instantlink"),
        Reply::NotAllowed | Reply::LinkGone | Reply::NetworkOpen | Reply::Noted => {
            with_error("", 10003, "this step does not belong to this verification or to this moment")
        }
    }
}

fn with_error(step: &str, code: u16, message: &str) -> Envelope {
    Envelope { error: Some(DeviceError { code, message: message.to_owned() }), ..next(step) }
}

fn nudged(nudge: Nudge) -> (u16, &'static str) {
    match nudge {
        Nudge::WrongCode => (9201, "the code is wrong"),
        Nudge::CodeExpired => (9202, "the code has expired, ask for a new one"),
        Nudge::NumberNotAcceptable => (9203, "the number cannot receive messages, check it"),
        Nudge::NumberLimited => (9203, "this number was verified too often, take another one or try later"),
        Nudge::CountryNotAllowed => (9203, "numbers of this country are not taken, take another one"),
        Nudge::NumberChangeNotAllowed => (9204, "the number cannot be changed here"),
        Nudge::TooManyMessages => (9205, "no more messages will be sent, use the last one"),
    }
}

fn failed(why: PossessionFailure) -> (u16, &'static str) {
    match why {
        PossessionFailure::Exhausted => (10000, "all tries are used up"),
        PossessionFailure::Cancelled => (10000, "the verification was cancelled"),
        PossessionFailure::TimedOut => (10000, "the verification has expired"),
        PossessionFailure::TooManySteps => (10005, "too many steps"),
        PossessionFailure::Refused => (10000, "the phone was not confirmed"),
    }
}
