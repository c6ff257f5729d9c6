//! Verifications for the people who run a project: found, told as a story, counted.

mod count;
mod find;
mod overview;
mod story;

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    PhoneNumber,
    flow::{Environment, Event, Flow},
};

use crate::{
    Engine, Error,
    model::{KeyScope, Listing, Subjects},
    ports::{Change, ListingChange},
};

pub use find::{MAX_FOUND, MAX_IDS, VerificationLine, VerificationPage, VerificationQuery};
pub use overview::{Overview, OverviewPart};
pub use story::{Happening, StoryStep, Unmasked, VerificationStory};

/// What a step of a flow changes in the list of verifications: a line when it begins and when it ends, nothing in
/// between, unless the number changes.
pub(crate) fn changes(
    version: u64,
    flow: &Flow,
    events: &[Event],
    now: Timestamp,
) -> impl Iterator<Item = Change> + use<> {
    let scope = KeyScope { project: flow.project(), environment: flow.terms().environment };
    let (add, renumber, conclude) = if version == 0 {
        let (listing, subjects) = (Box::new(Listing::of(flow, now)), Box::new(Subjects::of(flow)));
        (Some(ListingChange::Add { listing, subjects }), None, None)
    } else {
        let renumber = events.contains(&Event::NumberChanged).then(|| ListingChange::Renumber {
            scope,
            flow: flow.id(),
            phone: flow.subject().phone.clone(),
        });
        let ended = flow.concluded_at(now).is_some();
        let conclude = ended.then(|| ListingChange::Conclude(Box::new(Listing::without_country(flow, now))));
        (None, renumber, conclude)
    };
    [add, renumber, conclude].into_iter().flatten().map(Change::List)
}

/// A number as those see it who may not see people's: personas, who are nobody, whole.
fn shown_number(phone: &PhoneNumber, environment: Environment) -> String {
    match environment {
        Environment::Sandbox => phone.expose().to_owned(),
        Environment::Production => phone.masked(),
    }
}

impl Engine {
    /// How long verifications can be looked at after their session.
    pub fn verifications_kept(&self) -> SignedDuration {
        self.parts.settings.verifications_kept
    }

    fn kept_until(&self, flow: &Flow) -> Timestamp {
        let until = flow.deadline().checked_add(self.verifications_kept());
        until.unwrap_or(Timestamp::MAX).max(flow.purge_after())
    }

    /// Now on the clock of an environment.
    pub async fn now_in(&self, scope: KeyScope) -> Result<Timestamp, Error> {
        Ok(match scope.environment {
            Environment::Sandbox => self.now(self.store().clock_ahead(scope.project).await?),
            Environment::Production => self.wall(),
        })
    }
}
