//! Rows about watched numbers as the model's values.

use ringtrue_domain::{DeliveryId, EventId, IdentityId, ProjectId, flow::Environment, identity::Line};
use ringtrue_engine::{
    model::{Attempt, Content, Delivery, DeliveryState, FeedFile, Identity, KeyScope, Lane, LaneHealth},
    model::{Lease, StoredEvent, StoredIdentity, StoredWebhook},
    ports::StoreError,
};

use super::{
    SqlStore,
    driver::Driver,
    error::corrupt,
    read::ahead_in,
    value::Row,
    watch_unit::{attempt_id, webhook_id},
};
use crate::seal::{Kind, Mark};

impl<D: Driver> SqlStore<D> {
    /// Reads id, project, version, mark, body.
    pub(super) async fn read_identity(&self, row: Row) -> Result<StoredIdentity, StoreError> {
        self.read_listed(row).await?.1
    }

    /// The same; the id is told also where the body cannot be read.
    pub(super) async fn read_listed(
        &self,
        mut row: Row,
    ) -> Result<(IdentityId, Result<StoredIdentity, StoreError>), StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (id, project, version, mark, body): (_, _, _, Vec<u8>, Vec<u8>) =
            columns.map_err(corrupt(Kind::Identity, "row"))?;
        let behind = Mark::of(&body).is_ok_and(|own| own.as_bytes().as_slice() != mark);
        let identity = self.open_identity(project, id, behind, body).await;
        Ok((id, identity.map(|identity| StoredIdentity { version, identity })))
    }

    /// Reads id, project and body of a row from before monitoring; id and body are handed back too.
    pub(super) async fn read_behind(
        &self,
        mut row: Row,
    ) -> Result<(IdentityId, Vec<u8>, Result<Identity, StoreError>), StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?)))();
        let (id, project, body): (_, _, Vec<u8>) = columns.map_err(corrupt(Kind::Identity, "row"))?;
        let identity = self.open_identity(project, id, true, body.clone()).await;
        Ok((id, body, identity))
    }

    /// `behind`: a program from before monitoring wrote it.
    async fn open_identity(
        &self,
        project: ProjectId,
        id: IdentityId,
        behind: bool,
        body: Vec<u8>,
    ) -> Result<Identity, StoreError> {
        let mut identity: Identity = self.unseal(project, Kind::Identity, id.as_bytes(), body).await?;
        if behind && let Some(findings) = &identity.findings {
            // What was found when it was enrolled is all that was known of the line then.
            identity.line.complete(&Line::from(findings));
        }
        Ok(identity)
    }

    /// Reads cursor, muted, id, body; the cursor is told also where the body cannot be read.
    pub(super) async fn read_event(
        &self,
        project: ProjectId,
        mut row: Row,
    ) -> Result<(u64, Result<StoredEvent, StoreError>), StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (cursor, muted, id, body): (_, _, EventId, _) = columns.map_err(corrupt(Kind::Event, "row"))?;
        let event = self.unseal(project, Kind::Event, id.as_bytes(), body).await;
        Ok((cursor, event.map(|event| StoredEvent { cursor, muted, event })))
    }

    pub(super) async fn read_webhook(&self, mut row: Row) -> Result<StoredWebhook, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (project, environment, version, body, ahead): (ProjectId, Environment, _, _, _) =
            columns.map_err(corrupt(Kind::Webhook, "row"))?;
        let id = webhook_id(KeyScope { project, environment });
        let webhook = self.unseal(project, Kind::Webhook, &id, body).await?;
        Ok(StoredWebhook { version, webhook, clock_ahead_micros: ahead_in(environment, ahead) })
    }

    pub(super) async fn read_attempt(
        &self,
        project: ProjectId,
        delivery: DeliveryId,
        mut row: Row,
    ) -> Result<Attempt, StoreError> {
        let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?)))();
        let (number, at, duration_ms, body) = columns.map_err(corrupt(Kind::Attempt, delivery))?;
        let id = attempt_id(delivery, number);
        let outcome = self.unseal(project, Kind::Attempt, &id, body).await?;
        Ok(Attempt { delivery, number, at, duration_ms, outcome })
    }
}

pub(super) fn read_lane(mut row: Row) -> anyhow::Result<Lane> {
    let scope = KeyScope { project: row.take()?, environment: row.take()? };
    let (last, packed) = (row.take()?, row.take()?);
    let health = LaneHealth {
        failing_since: row.take()?,
        failures: row.take()?,
        warnings: row.take()?,
        succeeded_at: row.take()?,
    };
    let (id, until): (Option<_>, Option<_>) = (row.take()?, row.take()?);
    Ok(Lane { scope, last, packed, health, lease: id.zip(until).map(|(id, until)| Lease { id, until }) })
}

pub(super) fn read_delivery(scope: KeyScope, mut row: Row) -> anyhow::Result<Delivery> {
    let id = row.take()?;
    let content = match (row.take::<u32>()?, row.take()?, row.take()?) {
        (0, first, last) => Content::Events { first, last },
        (1, ..) => Content::Test,
        (other, ..) => anyhow::bail!("unknown kind {other}"),
    };
    let state = match row.take::<u32>()? {
        0 => DeliveryState::Open,
        1 => DeliveryState::Delivered,
        2 => DeliveryState::Failed,
        3 => DeliveryState::Empty,
        other => anyhow::bail!("unknown state {other}"),
    };
    Ok(Delivery {
        id,
        scope,
        content,
        state,
        created_at: row.take()?,
        due_at: row.take()?,
        give_up_at: row.take()?,
        attempts: row.take()?,
        replayed_at_attempt: row.take()?,
    })
}

pub(super) fn read_feed_file(
    digest: ringtrue_domain::secret::Digest,
    mut row: Row,
) -> anyhow::Result<FeedFile> {
    Ok(FeedFile {
        digest,
        source: row.take()?,
        begun_at: row.take()?,
        done_at: row.take()?,
        rows: row.take()?,
        rejected: row.take()?,
        events: row.take()?,
    })
}
