//! Identities as a file.

use async_trait::async_trait;
use axum::{extract::State, response::Response};
use ringtrue_domain::{IdentityId, identity::Identity};
use ringtrue_engine::Error;

use super::{
    super::{
        desk::{Place, Section},
        fault::PageError,
        identities::state,
        parts::{Asked, Number, caller_text},
        session::Permission,
    },
    Asking, List, PAGE_LINES, Part, Rows, answer,
};
use crate::state::App;

struct Identities {
    app: App,
    place: Place,
}

#[async_trait]
impl List for Identities {
    type Key = IdentityId;
    type Row = Identity;
    const NAME: &'static str = "identities";
    const NEWEST_FIRST: bool = false;

    fn head(&self) -> Vec<String> {
        vec![
            "Identity id".to_owned(),
            "Number".to_owned(),
            "State".to_owned(),
            "Customer id".to_owned(),
            self.place.desk.looks.column("Enrolled"),
            self.place.desk.looks.column("Last verified"),
        ]
    }

    async fn page(&self, behind: Option<IdentityId>) -> Result<Rows<IdentityId, Identity>, Error> {
        let store = self.app.engine.store();
        let found = store.identities(self.place.scope(), behind, PAGE_LINES + 1, true).await?;
        Ok(Rows::cut(found.into_iter().map(|identity| (identity.id, identity)).collect(), PAGE_LINES))
    }

    fn cells(&self, identity: &Identity) -> Vec<String> {
        let (environment, looks) = (self.place.environment, &self.place.desk.looks);
        let customer = identity.client_customer_id.as_ref();
        vec![
            identity.id.to_string(),
            Number::of(&identity.phone, environment).into_text(),
            state(identity).1.to_owned(),
            customer.map(|text| caller_text(text, environment)).unwrap_or_default(),
            looks.exact(identity.created_at),
            looks.exact(identity.verified_at),
        ]
    }
}

/// All of them.
pub(in crate::portal) async fn all(
    State(app): State<App>,
    place: Place,
    Asked(part): Asked<Part>,
) -> Result<Response, PageError> {
    place.must(Permission::SeeIdentities)?;
    let asking = Asking {
        shell: place.below(Section::Identities, "Identities as CSV"),
        path: place.path("identities.csv"),
        method: "get",
        fields: Vec::new(),
    };
    answer(&app, Identities { app: App::clone(&app), place }, &part, asking).await
}
