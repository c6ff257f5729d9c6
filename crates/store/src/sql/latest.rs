//! The newest messages of one of the sandbox's lists, as they are asked for right after they were kept.

use std::sync::Arc;

use jiff::Timestamp;
use ringtrue_domain::{JobId, PhoneNumber, ProjectId};
use ringtrue_engine::model::OutboxMessage;

/// Messages of a list that are remembered: as many as are shown when nobody says how many.
const KEPT: usize = 20;

/// A list: all messages of a project, or those to one number.
pub(super) type List = (ProjectId, Option<PhoneNumber>);

/// The newest messages of a list.
#[derive(Debug)]
pub(super) struct Latest {
    /// Newest first.
    messages: Vec<Arc<OutboxMessage>>,
    /// Whether the list has no others.
    whole: bool,
}

impl Latest {
    /// From what was read, newest first, when up to `limit` were asked for.
    pub(super) fn new(read: &[OutboxMessage], limit: usize) -> Self {
        Self {
            messages: read.iter().take(KEPT).cloned().map(Arc::new).collect(),
            whole: read.len() < limit && read.len() <= KEPT,
        }
    }

    /// The first `limit` messages, if they are known.
    pub(super) fn first(&self, limit: usize) -> Option<Vec<OutboxMessage>> {
        let known = self.whole || self.messages.len() >= limit;
        known.then(|| self.messages.iter().take(limit).map(|message| OutboxMessage::clone(message)).collect())
    }

    /// Adds a message that was kept just now and never before.
    pub(super) fn add(&mut self, message: &Arc<OutboxMessage>) {
        let place = place(message);
        let at = self.messages.partition_point(|other| self::place(other) > place);
        if at == self.messages.len() && !self.whole {
            // It is older than what is known; there may be others between.
            return;
        }
        self.messages.insert(at, Arc::clone(message));
        if self.messages.len() > KEPT {
            self.messages.truncate(KEPT);
            self.whole = false;
        }
    }
}

/// What lists are ordered by, as the database has it.
fn place(message: &OutboxMessage) -> (i64, JobId) {
    (Timestamp::as_microsecond(message.sent_at), message.id)
}

#[cfg(test)]
mod tests {
    use ringtrue_domain::secret::Clear;

    use super::*;

    fn message(number: u8) -> OutboxMessage {
        OutboxMessage {
            id: JobId::from_bytes([number; 16]),
            project: ProjectId::from_bytes([1; 16]),
            to: "+12001004014".parse().unwrap(),
            body: Clear::new("text".to_owned()),
            code: None,
            link: None,
            sent_at: Timestamp::from_microsecond(number.into()).unwrap(),
        }
    }

    fn numbers(latest: &Latest, limit: usize) -> Option<Vec<u8>> {
        latest.first(limit).map(|found| found.iter().map(|message| message.id.as_bytes()[0]).collect())
    }

    #[test]
    fn says_only_what_it_knows() {
        let mut latest = Latest::new(&[message(9), message(5)], 2);
        assert_eq!(numbers(&latest, 2), Some(vec![9, 5]));
        assert_eq!(numbers(&latest, 3), None, "there may be more");
        latest.add(&Arc::new(message(7)));
        latest.add(&Arc::new(message(3)));
        assert_eq!(numbers(&latest, 3), Some(vec![9, 7, 5]));
        assert_eq!(numbers(&latest, 4), None, "others may lie between 5 and 3");
    }

    #[test]
    fn knows_a_whole_list_until_it_is_too_long() {
        let mut latest = Latest::new(&[], 1);
        assert_eq!(numbers(&latest, 100), Some(vec![]));
        for number in 1..=20 {
            latest.add(&Arc::new(message(number)));
        }
        assert_eq!(numbers(&latest, 100).map(|found| found.len()), Some(20));
        latest.add(&Arc::new(message(21)));
        assert_eq!(numbers(&latest, 21), None);
        assert_eq!(numbers(&latest, 2), Some(vec![21, 20]));
    }

    #[test]
    fn a_long_read_is_cut() {
        let read: Vec<_> = (1..=30).rev().map(message).collect();
        let latest = Latest::new(&read, 100);
        assert_eq!(numbers(&latest, 20).map(|found| found.len()), Some(20));
        assert_eq!(numbers(&latest, 21), None);
    }
}
