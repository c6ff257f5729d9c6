//! A registry of everybody, and the same again in which some have changed the carrier.

use std::{
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::ensure;
use serde::Deserialize;

use super::{
    super::{
        installation::{Operator, eventually, write_registry},
        receiver::Receiver,
    },
    FIRST_SIZE,
};

/// What importing and delivering took.
pub(super) struct Changes {
    /// The import that brings those of this size.
    pub(super) first_import: Duration,
    pub(super) count: u32,
    /// The import with the changes.
    pub(super) import: Duration,
    /// From the beginning of that import to the receipt of the last change.
    pub(super) delivered: Duration,
    pub(super) posts: usize,
}

/// An event, as far as it counts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    #[serde(default)]
    new_carrier: String,
}

/// Imports both.
pub(super) fn measure(
    operator: &Operator,
    project: &str,
    receiver: &Receiver,
    registry: &Path,
    size: u32,
    count: u32,
) -> anyhow::Result<Changes> {
    write_registry(registry, 0..size, |person| carrier(person, size / 10, count))?;
    let (first_import, _) = operator.import(registry)?;
    let waiting = operator.webhook("show", project)?["waiting"].clone();
    ensure!(waiting == 0 && receiver.count() == 0, "events of numbers that did not change: {waiting} wait");

    write_registry(registry, 0..size, |person| carrier(person, size, count))?;
    let expected = format!("Carrier of {size}");
    let began = Instant::now();
    let (tell, told) = mpsc::channel();
    let (import, delivered, posts) = thread::scope(|scope| {
        scope.spawn(move || tell.send(operator.import(registry)));
        let (mut came, mut posts, mut last) = (0, 0, began);
        eventually("the changes", || {
            thread::sleep(Duration::from_millis(20));
            for receipt in receiver.take() {
                let events: Vec<Event> = serde_json::from_slice(receipt.body())?;
                let right = |event: &Event| event.event_type == "PORT" && event.new_carrier == expected;
                ensure!(events.iter().all(right), "an event that nobody expected: {events:?}");
                (came, posts, last) = (came + events.len(), posts + 1, receipt.at);
            }
            Ok(came >= count as usize)
        })?;
        let (import, _) = told.recv()??;
        anyhow::Ok((import, last.duration_since(began), posts))
    })?;
    operator.check_delivered(project)?;
    Ok(Changes { first_import, count, import, delivered, posts })
}

/// Somebody's carrier once the changes of `newest` and of every smaller size have happened.
fn carrier(person: u32, newest: u32, count: u32) -> String {
    let mut size = newest;
    while size >= FIRST_SIZE {
        // Spread evenly over all of them.
        let step = size / count;
        if person < step * count && person.is_multiple_of(step) {
            return format!("Carrier of {size}");
        }
        size /= 10;
    }
    "Carrier".to_owned()
}

#[cfg(test)]
mod tests {
    use super::carrier;

    #[test]
    fn so_many_change_at_each_size() {
        for (size, count) in [(10_000, 10_000), (100_000, 10_000), (100_000, 7)] {
            let changed = |person: &u32| carrier(*person, size, count) != carrier(*person, size / 10, count);
            assert_eq!((0..size).filter(changed).count(), count as usize, "{size}");
        }
    }
}
