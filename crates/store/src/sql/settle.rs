//! What is kept of flows that answer no more: what happened, and nothing that could still prove anything.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{FlowId, ProjectId, flow::Flow};
use ringtrue_engine::{
    model::{KeyScope, Subjects},
    ports::StoreError,
};

use super::{
    SqlStore,
    driver::{Driver, Stmt},
    error::{corrupt, readable},
    listing_unit::renumber,
    text,
};
use crate::seal::Kind;

impl<D: Driver> SqlStore<D> {
    /// Settles at most `n` flows whose time to answer is over.
    pub(super) async fn settled(&self, n: usize, wall: Timestamp) -> Result<Vec<Stmt>, StoreError> {
        if self.flows_kept <= SignedDuration::ZERO {
            return Ok(Vec::new());
        }
        let longer = i64::try_from(self.flows_kept.as_micros()).unwrap_or(i64::MAX);
        let rows = self.rows(text::UNSETTLED, [wall.into(), n.into()]).await?;
        let mut unit = Vec::with_capacity(3 * rows.len());
        for mut row in rows {
            let columns = (|| anyhow::Ok((row.take()?, row.take()?, row.take()?, row.take()?)))();
            let (id, project, version, body): (FlowId, ProjectId, u64, Vec<u8>) =
                columns.map_err(corrupt(Kind::Flow, "row"))?;
            let flow: Result<Flow, _> = self.unseal(project, Kind::Flow, id.as_bytes(), body).await;
            match (readable(flow)?, self.known_key(project).await?) {
                (Some(flow), Some(key)) => {
                    let body = key.seal(Kind::Flow, id.as_bytes(), &flow.without_secrets());
                    let body = body.map_err(corrupt(Kind::Flow, id))?;
                    let settle = [id.into(), version.into(), body.into(), longer.into()];
                    unit.push(Stmt::write(text::SETTLE, settle));
                    // A program from before lists changes a number without its line.
                    let scope = KeyScope { project, environment: flow.terms().environment };
                    unit.push(renumber(scope, id, &Subjects::of(&flow).phone, &key));
                }
                (None, _) | (_, None) => {
                    unit.push(Stmt::write(text::SETTLE_UNREAD, [id.into(), longer.into()]));
                }
            }
            unit.push(Stmt::write(text::REMOVE_LINKS, [id.into()]));
        }
        Ok(unit)
    }
}
