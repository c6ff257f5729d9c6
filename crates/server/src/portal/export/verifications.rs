//! Verifications as a file, by whatever they were looked for.

use async_trait::async_trait;
use axum::{extract::State, response::Response};
use ringtrue_domain::FlowId;
use ringtrue_engine::{Error, MAX_FOUND, MAX_IDS, VerificationLine, VerificationQuery};
use serde::Deserialize;

use super::{
    super::{
        desk::{Place, Section},
        fault::PageError,
        guard::{Form, Posted},
        parts::{Asked, caller_text},
        session::Permission,
        verifications::{Filter, Search},
        words,
    },
    Asking, List, Part, Rows, answer,
};
use crate::{
    http::{ApiError, Code},
    state::App,
};

struct Verifications {
    app: App,
    place: Place,
    query: VerificationQuery,
}

#[async_trait]
impl List for Verifications {
    type Key = FlowId;
    type Row = VerificationLine;
    const NAME: &'static str = "verifications";
    const NEWEST_FIRST: bool = true;

    fn head(&self) -> Vec<String> {
        vec![
            self.place.desk.looks.column("Began"),
            "Verification id".to_owned(),
            "Number".to_owned(),
            "Outcome".to_owned(),
            "Method".to_owned(),
            "Country".to_owned(),
            "Took (seconds)".to_owned(),
            "Messages".to_owned(),
            "Segments".to_owned(),
            "Your id of the person".to_owned(),
        ]
    }

    async fn page(&self, behind: Option<FlowId>) -> Result<Rows<FlowId, VerificationLine>, Error> {
        let query = VerificationQuery { after: behind, limit: MAX_FOUND, ..self.query.clone() };
        let page = self.app.engine.find_verifications(self.place.scope(), &query).await?;
        let rows = page.lines.into_iter().map(|line| (line.listing.id, line)).collect();
        Ok(Rows { rows, next: page.next })
    }

    async fn keys(&self, behind: Option<FlowId>) -> Result<Rows<FlowId, ()>, Error> {
        let query = VerificationQuery { after: behind, limit: MAX_IDS, ..self.query.clone() };
        let (ids, next) = self.app.engine.verification_ids(self.place.scope(), &query).await?;
        Ok(Rows { rows: ids.into_iter().map(|id| (id, ())).collect(), next })
    }

    fn cells(&self, line: &VerificationLine) -> Vec<String> {
        let took = line.listing.concluded_at.map(|at| at.duration_since(line.began_at).as_secs());
        let customer = line.client_customer_id.as_ref();
        vec![
            self.place.desk.looks.exact(line.began_at),
            line.listing.id.to_string(),
            line.number.clone(),
            words::standing(line.listing.standing).1.to_owned(),
            words::method(line.listing.method).to_owned(),
            line.listing.country.clone().unwrap_or_default(),
            took.map(|seconds| seconds.to_string()).unwrap_or_default(),
            line.listing.messages.to_string(),
            line.listing.segments.to_string(),
            customer.map(|text| caller_text(text, self.place.environment)).unwrap_or_default(),
        ]
    }
}

/// What the page's address says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::portal) struct Filtered {
    #[serde(flatten)]
    filter: Filter,
    #[serde(flatten)]
    part: Part,
}

/// What was looked for by a form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::portal) struct Searched {
    #[serde(flatten)]
    search: Search,
    #[serde(flatten)]
    part: Part,
}

impl Form for Searched {
    const NEEDS: Permission = Permission::SeeVerifications;
}

/// Those of an address.
pub(in crate::portal) async fn filtered(
    State(app): State<App>,
    place: Place,
    Asked(Filtered { filter, part }): Asked<Filtered>,
) -> Result<Response, PageError> {
    place.must(Permission::SeeVerifications)?;
    found(&app, place, &Search::of(filter), &part, "get").await
}

/// Those of somebody.
pub(in crate::portal) async fn searched(
    State(app): State<App>,
    place: Place,
    Posted(Searched { search, part }): Posted<Searched>,
) -> Result<Response, PageError> {
    found(&app, place, &search, &part, "post").await
}

async fn found(
    app: &App,
    place: Place,
    search: &Search,
    part: &Part,
    method: &'static str,
) -> Result<Response, PageError> {
    let query = search.query(&place.desk.looks);
    let query = query.map_err(|problem| ApiError::new(Code::Invalid, problem.text))?;
    let asking = Asking {
        shell: place.below(Section::Verifications, "Verifications as CSV"),
        path: place.path("verifications.csv"),
        method,
        fields: search.given(),
    };
    answer(app, Verifications { app: App::clone(app), place, query }, part, asking).await
}
