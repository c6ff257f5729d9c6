//! What is known of a person: by their number, in one environment, as a whole. For whoever asks what is known of them,
//! and to have it erased (GDPR Art. 15 and 17).

use std::time::Duration;

use ringtrue_domain::{FlowId, IdentityId, PhoneNumber, flow::Environment, member::Permission};

use crate::{
    Engine, Error, Unmasked, VerificationStory,
    decide::ROUNDS,
    model::{By, Deed, Find, Identity, KeyScope, ListingQuery, OutboxMessage, StoredEvent},
    ports::{Change, CommitError, Erasure, StoreError, Unit},
};

/// Identities of one number that are looked at in one round.
const IDENTITIES: usize = crate::MAX_OF_NUMBER;
/// Verifications of one number that are read at once.
const VERIFICATIONS: usize = 100;
/// Events of an identity that are read at once.
const EVENTS: usize = 200;
/// Messages to one number that are handed out, newest first. They are kept for a week.
const MESSAGES: usize = 1000;
/// Verifications from before an upgrade that are listed in one unit, and units of which somebody waits for.
const LISTED_AT_ONCE: usize = 200;
const LISTING_ROUNDS: usize = 20;
/// When whoever would wait longer for them may ask again: the worker lists them meanwhile.
const WHILE_LISTING: Duration = Duration::from_mins(1);
/// Erasures in one unit, so that verifications of others do not wait for it.
const AT_ONCE: usize = 25;

/// What there is of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The number.
    pub phone: PhoneNumber,
    /// Identities of the number, in the order of their enrolment.
    pub identities: Vec<IdentityId>,
    /// Verifications of the number, newest first.
    pub verifications: Vec<FlowId>,
    /// Whether the sandbox keeps messages to it.
    pub has_messages: bool,
}

impl Person {
    /// Whether nothing is known.
    pub const fn is_unknown(&self) -> bool {
        self.identities.is_empty() && self.verifications.is_empty() && !self.has_messages
    }
}

/// All that is known of a person, in the clear.
#[derive(Debug)]
pub struct PersonRecord {
    /// The number.
    pub phone: PhoneNumber,
    /// Identities with what became of them, oldest first.
    pub identities: Vec<(Identity, Vec<StoredEvent>)>,
    /// Verifications, newest first.
    pub verifications: Vec<(VerificationStory, Unmasked)>,
    /// What the sandbox keeps instead of sending, newest first.
    pub messages: Vec<OutboxMessage>,
}

impl Engine {
    /// What there is of a number.
    ///
    /// # Errors
    ///
    /// [`Error::NotPermitted`] to whoever may not erase; [`Error::Busy`] while verifications from before an upgrade are
    /// still being listed.
    pub async fn person(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        phone: PhoneNumber,
    ) -> Result<Person, Error> {
        by.into().must(Permission::Erase)?;
        self.list_what_is_not_listed().await?;
        let identities = self.store().identities_of(scope, &phone, IDENTITIES).await?;
        let identities = identities.into_iter().map(|identity| identity.id).collect();
        let verifications = self.flows_of(scope, &phone).await?;
        let has_messages = match scope.environment {
            Environment::Sandbox => !self.store().outbox(scope.project, Some(&phone), 1).await?.is_empty(),
            Environment::Production => false,
        };
        Ok(Person { phone, identities, verifications, has_messages })
    }

    /// Verifications are found by their lines, which those of before an upgrade get one after another.
    async fn list_what_is_not_listed(&self) -> Result<(), Error> {
        for _ in 0..LISTING_ROUNDS {
            if self.store().list_some(LISTED_AT_ONCE, self.wall()).await? == 0 {
                return Ok(());
            }
        }
        Err(Error::Busy { retry_after: WHILE_LISTING })
    }

    async fn flows_of(&self, scope: KeyScope, phone: &PhoneNumber) -> Result<Vec<FlowId>, StoreError> {
        let (first, last) = (FlowId::from_bytes([0; 16]), FlowId::from_bytes([0xff; 16]));
        let mut query = ListingQuery {
            find: Some(Find::Number(phone.clone())),
            from: first,
            before: last,
            standings: Vec::new(),
            open_from: first,
            method: None,
            limit: VERIFICATIONS,
            look: VERIFICATIONS,
        };
        let mut found = Vec::new();
        loop {
            let page = self.store().listings(scope, &query).await?;
            found.extend(page.listings.into_iter().map(|listing| listing.id));
            let Some(next) = page.next else { return Ok(found) };
            query.before = next;
        }
    }

    /// Hands out all that is known of a person. That it was handed out is written down before.
    ///
    /// # Errors
    ///
    /// As [`Self::person`].
    pub async fn export_person(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        phone: PhoneNumber,
    ) -> Result<PersonRecord, Error> {
        let by = by.into();
        let Person { phone, identities, verifications, .. } = self.person(by, scope, phone).await?;
        let (identities_count, verifications_count) = (count(identities.len()), count(verifications.len()));
        let deed = Deed::Exported {
            project: scope.project,
            environment: scope.environment,
            identities: identities_count,
            verifications: verifications_count,
        };
        self.write_down(by, deed).await?;
        let mut record = PersonRecord {
            phone,
            identities: Vec::with_capacity(identities.len()),
            verifications: Vec::with_capacity(verifications.len()),
            messages: Vec::new(),
        };
        for id in identities {
            // It may have gone meanwhile.
            let Some(stored) = self.store().identity_by_id(scope, id).await? else { continue };
            record.identities.push((stored.identity, self.all_events_of(scope, id).await?));
        }
        for id in verifications {
            match self.verification(scope, id).await {
                Ok(story) => record.verifications.push((story, self.unmask_verification(scope, id).await?)),
                Err(Error::UnknownFlow) => {}
                Err(other) => return Err(other),
            }
        }
        if scope.environment == Environment::Sandbox {
            record.messages = self.store().outbox(scope.project, Some(&record.phone), MESSAGES).await?;
        }
        Ok(record)
    }

    async fn all_events_of(&self, scope: KeyScope, id: IdentityId) -> Result<Vec<StoredEvent>, StoreError> {
        let (mut events, mut before) = (Vec::new(), None);
        loop {
            let page = self.store().events_of(scope, id, before, EVENTS).await?;
            let Some(last) = page.last() else { return Ok(events) };
            before = Some(last.cursor);
            events.extend(page);
        }
    }

    /// Erases all that is known of a person; returns what was found. That it is erased is written in the unit that
    /// erases first. Verifications under way end: whoever takes part in one finds it unknown. When this fails in
    /// between, what is left is found and erased by asking again.
    ///
    /// # Errors
    ///
    /// As [`Self::person`]; [`Error::Field`] names `phoneNumber` when nothing is known of it.
    pub async fn erase_person(
        &self,
        by: impl Into<By<'_>>,
        scope: KeyScope,
        phone: PhoneNumber,
    ) -> Result<Person, Error> {
        let by = by.into();
        let first = self.person(by, scope, phone).await?;
        if first.is_unknown() {
            return Err(ringtrue_domain::FieldError::new(
                "phoneNumber",
                "must be one that something is known of",
            )
            .into());
        }
        let deed = Deed::Erased {
            project: scope.project,
            environment: scope.environment,
            identities: count(first.identities.len()),
            verifications: count(first.verifications.len()),
        };
        let mut unit = Unit { changes: self.deed(by, deed).into_iter().collect() };
        let mut found = first.clone();
        // Somebody may be verified or enrolled meanwhile.
        for _ in 0..ROUNDS {
            for flows in found.verifications.chunks(AT_ONCE) {
                for flow in flows {
                    unit.push(Change::Erase(Erasure::Verification { scope, flow: *flow }));
                }
                self.store().commit(std::mem::take(&mut unit)).await?;
            }
            unit.push(Change::Erase(Erasure::FormerNumber { scope, phone: found.phone.clone() }));
            if found.has_messages {
                let (project, phone) = (scope.project, found.phone.clone());
                unit.push(Change::Erase(Erasure::Messages { project, phone }));
            }
            self.store().commit(std::mem::take(&mut unit)).await?;
            for id in &found.identities {
                // The deed above tells of all of them.
                match self.disenrol(By::Nobody, scope, &id.to_string()).await {
                    Ok(()) | Err(Error::UnknownIdentity) => {}
                    Err(other) => return Err(other),
                }
            }
            found = self.person(by, scope, found.phone).await?;
            if found.is_unknown() {
                return Ok(first);
            }
        }
        Err(CommitError::Conflict.into())
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
