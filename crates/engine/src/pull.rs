//! The events of an environment for those who ask for them: the ones that webhooks are told of, with the same ids.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::FieldError;

use crate::{
    Engine, Error,
    model::{ChangeEvent, KeyScope},
    ports::Watch,
};

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
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let wrong = || FieldError::new("after", "must be the cursor of an earlier answer");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let (version, place) = bytes.split_first().ok_or_else(wrong)?;
        let place = u64::from_be_bytes(place.try_into().map_err(|_| wrong())?);
        // Stores count in signed numbers.
        if *version != CURSOR_VERSION || i64::try_from(place).is_err() {
            return Err(wrong());
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

/// Part of a stream.
#[derive(Debug)]
pub struct EventPage {
    /// Oldest first. Those of identities that were deactivated are among them: they happened.
    pub events: Vec<ChangeEvent>,
    /// The place behind the last one; where the page began when there is none.
    pub cursor: Cursor,
    /// Whether there are more already.
    pub more: bool,
}

impl Engine {
    /// Wakes whoever waits for events of a project. Watch before looking, so that nothing falls between.
    pub fn watch_events(&self, scope: KeyScope) -> Watch {
        self.bus().watch_events(scope.project)
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
        let mut found = self.store().events(scope, after.0, END, limit + 1).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let cursor = found.last().map_or(after, |event| Cursor(event.cursor));
        Ok(EventPage { events: found.into_iter().map(|stored| stored.event).collect(), cursor, more })
    }
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
