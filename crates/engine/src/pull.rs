//! The events of an environment for those who ask for them: the ones that webhooks are told of, with the same ids.
//! What may not be delivered, since its identity was deactivated, is not shown here either.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::FieldError;

use crate::{
    Engine, Error,
    model::{ChangeEvent, KeyScope},
    ports::Watch,
};

const FIELD: &str = "after";
/// What stands for the place behind the newest event.
const LATEST: &str = "latest";
/// The first byte of a cursor as callers see it.
const CURSOR_VERSION: u8 = 1;
/// Events of one answer at most.
pub const MAX_EVENTS: usize = 100;

/// A place in a stream of events. Callers see it as a text that says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor(u64);

impl Cursor {
    /// Reads what a caller was given before.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names `after`.
    fn parse(text: &str) -> Result<Self, FieldError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| no_cursor())?;
        let (version, place) = bytes.split_first().ok_or_else(no_cursor)?;
        let place = u64::from_be_bytes(place.try_into().map_err(|_| no_cursor())?);
        // Stores count in signed numbers.
        if *version != CURSOR_VERSION || i64::try_from(place).is_err() {
            return Err(no_cursor());
        }
        Ok(Self(place))
    }

    /// What a caller is given.
    pub fn to_text(self) -> String {
        let mut bytes = vec![CURSOR_VERSION];
        bytes.extend(self.0.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// Where a caller begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// Behind this place.
    After(Cursor),
    /// The place behind the newest event, which is all that the caller wants to know for now.
    Latest(Cursor),
}

/// Part of a stream.
#[derive(Debug)]
pub struct EventPage {
    /// Oldest first.
    pub events: Vec<ChangeEvent>,
    /// The place behind the last one, and behind all that may not be shown up to the next one.
    pub cursor: Cursor,
    /// Whether there may be more already. Never so when there is none in this page.
    pub more: bool,
}

impl Engine {
    /// Wakes whoever waits for events of a project. Watch before looking, so that nothing falls between.
    pub fn watch_events(&self, scope: KeyScope) -> Watch {
        self.bus().watch_events(scope.project)
    }

    /// Where a caller begins who says `after`: `latest`, the cursor of an earlier answer, or nothing for the oldest event
    /// that is kept. A cursor that this stream never gave names `after` as wrong.
    pub async fn event_beginning(&self, scope: KeyScope, after: Option<&str>) -> Result<Beginning, Error> {
        let Some(after) = after else { return Ok(Beginning::After(Cursor::default())) };
        let given = if after == LATEST { None } else { Some(Cursor::parse(after)?) };
        let newest = self.store().lane(scope).await?.map_or(0, |lane| lane.last);
        match given {
            None => Ok(Beginning::Latest(Cursor(newest))),
            Some(Cursor(place)) if place > newest => Err(no_cursor().into()),
            Some(cursor) => Ok(Beginning::After(cursor)),
        }
    }

    /// The events behind a place, oldest first, 1 to [`MAX_EVENTS`].
    pub async fn events_after(
        &self,
        scope: KeyScope,
        after: Cursor,
        limit: usize,
    ) -> Result<EventPage, Error> {
        const END: u64 = i64::MAX.unsigned_abs();
        let limit = limit.clamp(1, MAX_EVENTS);
        let mut cursor = after;
        loop {
            let mut found = self.store().events(scope, cursor.0, END, limit + 1).await?;
            let more = found.len() > limit;
            found.truncate(limit);
            cursor = found.last().map_or(cursor, |last| Cursor(last.cursor));
            let shown = found.into_iter().filter(|stored| !stored.muted);
            let events: Vec<_> = shown.map(|stored| stored.event).collect();
            // Whoever gets an empty page waits for the next event, so there must be none yet.
            if !events.is_empty() || !more {
                return Ok(EventPage { events, cursor, more });
            }
        }
    }
}

fn no_cursor() -> FieldError {
    FieldError::new(FIELD, "must be the cursor of an earlier answer, or latest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_as_they_were_given() {
        for place in [0, 1, 77, i64::MAX.unsigned_abs()] {
            assert_eq!(Cursor::parse(&Cursor(place).to_text()), Ok(Cursor(place)));
        }
        for wrong in ["", "x", "AAAAAAAAAAAA", "Af__________", "AQAAAAAAAAAAAA", "AQAAAAAAAAA", "1"] {
            assert!(Cursor::parse(wrong).is_err(), "{wrong}");
        }
    }
}
