//! The audit log as a file.

use async_trait::async_trait;
use axum::{extract::State, response::Response};
use ringtrue_domain::member::AdminEntryId;
use ringtrue_engine::{Error, MAX_ENTRIES, model::Team};

use super::{
    super::{
        audit::{Told, told},
        desk::{Desk, Section},
        fault::PageError,
        parts::Asked,
        session::Permission,
    },
    Asking, List, Part, Rows, answer,
};
use crate::state::App;

struct Audit {
    app: App,
    desk: Desk,
    team: Team,
}

#[async_trait]
impl List for Audit {
    type Key = AdminEntryId;
    type Row = Told;
    const NAME: &'static str = "audit-log";
    const NEWEST_FIRST: bool = true;

    fn head(&self) -> Vec<String> {
        vec![self.desk.looks.column("When"), "Entry id".to_owned(), "Who".to_owned(), "What".to_owned()]
    }

    async fn page(&self, behind: Option<AdminEntryId>) -> Result<Rows<AdminEntryId, Told>, Error> {
        let by = self.desk.visitor.signed_in();
        let entries = self.app.engine.admin_entries(by, behind, MAX_ENTRIES).await?;
        let next = entries.last().filter(|_| entries.len() == MAX_ENTRIES).map(|last| last.id);
        let told = told(&self.app, &self.desk, &self.team, &entries).await?;
        Ok(Rows { rows: entries.iter().map(|entry| entry.id).zip(told).collect(), next })
    }

    async fn keys(&self, behind: Option<AdminEntryId>) -> Result<Rows<AdminEntryId, ()>, Error> {
        let by = self.desk.visitor.signed_in();
        let entries = self.app.engine.admin_entries(by, behind, MAX_ENTRIES).await?;
        let next = entries.last().filter(|_| entries.len() == MAX_ENTRIES).map(|last| last.id);
        Ok(Rows { rows: entries.iter().map(|entry| (entry.id, ())).collect(), next })
    }

    fn cells(&self, told: &Told) -> Vec<String> {
        vec![self.desk.looks.exact(told.at), told.id.to_string(), told.who.clone(), told.what.clone()]
    }
}

/// All of it.
pub(in crate::portal) async fn all(
    State(app): State<App>,
    desk: Desk,
    Asked(part): Asked<Part>,
) -> Result<Response, PageError> {
    desk.visitor.must(Permission::SeeAudit)?;
    let team = app.engine.store().team().await?;
    let asking = Asking {
        shell: desk.shell(Section::Audit, "Audit log as CSV"),
        path: "/portal/audit.csv".to_owned(),
        method: "get",
        fields: Vec::new(),
    };
    answer(&app, Audit { app: App::clone(&app), desk, team }, &part, asking).await
}
