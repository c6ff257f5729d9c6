//! Deliveries as a file, by their state.

use async_trait::async_trait;
use axum::{extract::State, response::Response};
use ringtrue_domain::DeliveryId;
use ringtrue_engine::{
    Error,
    model::{Delivery, DeliveryQuery, DeliveryState},
};
use serde::Deserialize;

use super::{
    super::{
        deliveries::{content, label, name, named},
        desk::{Place, Section},
        fault::PageError,
        parts::Asked,
    },
    Asking, List, PAGE_LINES, Part, Rows, answer,
};
use crate::state::App;

struct Deliveries {
    app: App,
    place: Place,
    state: Option<DeliveryState>,
}

#[async_trait]
impl List for Deliveries {
    type Key = DeliveryId;
    type Row = Delivery;
    const NAME: &'static str = "deliveries";
    const NEWEST_FIRST: bool = true;

    fn head(&self) -> Vec<String> {
        vec![
            self.place.desk.looks.column("Packed"),
            "Delivery id".to_owned(),
            "State".to_owned(),
            "Content".to_owned(),
            "Attempts".to_owned(),
            self.place.desk.looks.column("Next attempt"),
        ]
    }

    async fn page(&self, behind: Option<DeliveryId>) -> Result<Rows<DeliveryId, Delivery>, Error> {
        let query = DeliveryQuery { state: self.state, before: behind, limit: PAGE_LINES + 1 };
        let found = self.app.engine.store().deliveries(self.place.scope(), query).await?;
        Ok(Rows::cut(found.into_iter().map(|delivery| (delivery.id, delivery)).collect(), PAGE_LINES))
    }

    fn cells(&self, delivery: &Delivery) -> Vec<String> {
        let looks = &self.place.desk.looks;
        let is_open = delivery.state == DeliveryState::Open;
        vec![
            looks.exact(delivery.created_at),
            delivery.id.to_string(),
            label(delivery.state).to_owned(),
            content(delivery),
            delivery.attempts.to_string(),
            if is_open { looks.exact(delivery.due_at) } else { String::new() },
        ]
    }
}

/// What the page's address says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::portal) struct Filtered {
    state: String,
    #[serde(flatten)]
    part: Part,
}

/// Those of a state, or all.
pub(in crate::portal) async fn filtered(
    State(app): State<App>,
    place: Place,
    Asked(Filtered { state, part }): Asked<Filtered>,
) -> Result<Response, PageError> {
    let state = named(&state);
    let asking = Asking {
        shell: place.below(Section::Deliveries, "Deliveries as CSV"),
        path: place.path("deliveries.csv"),
        method: "get",
        fields: state.map(|state| ("state", name(state).to_owned())).into_iter().collect(),
    };
    answer(&app, Deliveries { app: App::clone(&app), place, state }, &part, asking).await
}
