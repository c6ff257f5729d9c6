//! A file while it is sent: a page of the list at a time, as fast as the browser takes it.

use bytes::Bytes;
use futures_util::{Stream, stream};
use ringtrue_engine::Error;
use tokio_util::sync::CancellationToken;

use super::{List, cells};

/// Why a file was broken off. The connection is cut then, so that no browser takes what it has for the whole.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokenOff {
    /// The next page could not be read.
    #[error("a page of the list could not be read")]
    Unread(#[source] Error),
    /// Its lines could not be written.
    #[error("lines could not be written")]
    Unwritten(#[source] anyhow::Error),
    /// This node closes.
    #[error("this server is stopping")]
    Stopping,
    /// More lines have come into the part than a file may have.
    #[error("there are more lines than a file may have")]
    TooLong,
}

/// The lines of a file.
pub(super) struct Lines<L: List> {
    list: L,
    /// Behind which key the next page begins.
    place: Option<L::Key>,
    /// The last key that is wanted; none: nothing (any more).
    until: Option<L::Key>,
    begun: bool,
    /// How many there may still be.
    left: usize,
    closed: CancellationToken,
}

impl<L: List> Lines<L> {
    /// Those behind one key up to another, at most so many. They end early, and as broken off, when the node closes.
    pub(super) fn new(
        list: L,
        behind: Option<L::Key>,
        until: Option<L::Key>,
        most: usize,
        closed: CancellationToken,
    ) -> Self {
        Self { list, place: behind, until, begun: false, left: most, closed }
    }

    /// The file's bytes.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, BrokenOff>> {
        stream::try_unfold(self, |mut lines| async move {
            let next = lines.next().await.inspect_err(|error| {
                let error = error as &dyn std::error::Error;
                tracing::warn!(error, "a file of a list was broken off");
            })?;
            Ok(next.map(|bytes| (bytes, lines)))
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        if !self.begun {
            self.begun = true;
            return cells::lines([self.list.head()]).map(Some).map_err(BrokenOff::Unwritten);
        }
        while let Some(until) = self.until {
            let page = tokio::select! {
                biased;
                () = self.closed.cancelled() => return Err(BrokenOff::Stopping),
                page = self.list.page(self.place) => page.map_err(BrokenOff::Unread)?,
            };
            self.place = page.next;
            let is_wanted = |key: L::Key| if L::NEWEST_FIRST { key >= until } else { key <= until };
            // Behind the last key there may be much that is looked at in vain.
            let is_past = |place: L::Key| if L::NEWEST_FIRST { place <= until } else { place >= until };
            let wanted: Vec<_> = page.rows.iter().take_while(|(key, _)| is_wanted(*key)).collect();
            if self.place.is_none_or(is_past) {
                self.until = None;
            }
            self.left = self.left.checked_sub(wanted.len()).ok_or(BrokenOff::TooLong)?;
            if !wanted.is_empty() {
                let lines = wanted.into_iter().map(|(_, row)| self.list.cells(row));
                return cells::lines(lines).map(Some).map_err(BrokenOff::Unwritten);
            }
        }
        Ok(None)
    }
}
