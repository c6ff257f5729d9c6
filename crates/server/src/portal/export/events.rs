//! Events as a file.

use async_trait::async_trait;
use axum::{extract::State, response::Response};
use ringtrue_engine::{Error, model::StoredEvent};

use super::{
    super::{
        desk::{Place, Section},
        events::detail,
        fault::PageError,
        parts::{Asked, Number},
        session::Permission,
    },
    Asking, List, PAGE_LINES, Part, Rows, answer,
};
use crate::state::App;

struct Events {
    app: App,
    place: Place,
}

#[async_trait]
impl List for Events {
    /// The cursor.
    type Key = u64;
    type Row = StoredEvent;
    const NAME: &'static str = "events";
    const NEWEST_FIRST: bool = true;

    fn head(&self) -> Vec<String> {
        vec![
            self.place.desk.looks.column("Detected"),
            "Event id".to_owned(),
            "Event".to_owned(),
            "Number".to_owned(),
            "Identity id".to_owned(),
            "What happened".to_owned(),
            "Detail".to_owned(),
            "Sent".to_owned(),
        ]
    }

    async fn page(&self, behind: Option<u64>) -> Result<Rows<u64, StoredEvent>, Error> {
        let (store, scope) = (self.app.engine.store(), self.place.scope());
        let end = match behind {
            Some(behind) => behind.saturating_sub(1),
            None => store.lane(scope).await?.map_or(0, |lane| lane.last),
        };
        let begin = end.saturating_sub(PAGE_LINES as u64);
        let mut found = store.events(scope, begin, end, PAGE_LINES).await?;
        found.reverse();
        // Before a page that lost all its events there are none.
        let next = (begin > 0 && !found.is_empty()).then_some(begin + 1);
        Ok(Rows { rows: found.into_iter().map(|stored| (stored.cursor, stored)).collect(), next })
    }

    fn cells(&self, stored: &StoredEvent) -> Vec<String> {
        let event = &stored.event;
        vec![
            self.place.desk.looks.exact(event.at),
            event.id.to_string(),
            event.what.event_type().as_str().to_owned(),
            Number::of(&event.phone, self.place.environment).into_text(),
            event.identity.to_string(),
            event.what.sentence().to_owned(),
            detail(&event.what, &self.place),
            if stored.muted { "Not sent: deactivated" } else { "" }.to_owned(),
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
        shell: place.below(Section::Events, "Events as CSV"),
        path: place.path("events.csv"),
        method: "get",
        fields: Vec::new(),
    };
    answer(&app, Events { app: App::clone(&app), place }, &part, asking).await
}
