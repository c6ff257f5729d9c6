//! What was forwarded, to be sent again.

use std::{collections::VecDeque, sync::Arc};

use ringtrue_domain::DeliveryId;
use ringtrue_wire::event::Event;

/// Events that can be sent again.
const KEPT: usize = 1000;

/// Events that are posted together, under one id however often.
#[derive(Debug)]
pub(super) struct Delivery {
    /// `webhook-id`
    pub(super) id: DeliveryId,
    /// The number of its first event; the others follow.
    first: u64,
    events: Vec<Event>,
    pub(super) body: Vec<u8>,
}

impl Delivery {
    /// Its events with their numbers.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u64, &Event)> {
        (self.first..).zip(&self.events)
    }

    pub(super) const fn len(&self) -> usize {
        self.events.len()
    }

    fn has(&self, number: u64) -> bool {
        self.numbered().any(|(own, _)| own == number)
    }
}

/// The newest deliveries. Events are numbered from 1 on, and keep their number.
#[derive(Debug, Default)]
pub(super) struct Kept {
    deliveries: VecDeque<Arc<Delivery>>,
    events: usize,
    numbered: u64,
}

impl Kept {
    /// Takes in events that are posted together.
    pub(super) fn add(&mut self, id: DeliveryId, events: Vec<Event>) -> anyhow::Result<Arc<Delivery>> {
        let body = serde_json::to_vec(&events)?;
        let delivery = Arc::new(Delivery { id, first: self.numbered + 1, events, body });
        self.numbered += delivery.len() as u64;
        self.events += delivery.len();
        self.deliveries.push_back(Arc::clone(&delivery));
        while self.events > KEPT
            && self.deliveries.len() > 1
            && let Some(oldest) = self.deliveries.pop_front()
        {
            self.events -= oldest.len();
        }
        Ok(delivery)
    }

    /// The delivery that an event was in; the newest one without a number.
    pub(super) fn find(&self, number: Option<u64>) -> Option<Arc<Delivery>> {
        match number {
            None => self.deliveries.back(),
            Some(number) => self.deliveries.iter().find(|delivery| delivery.has(number)),
        }
        .map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: usize) -> Event {
        serde_json::from_value(serde_json::json!({
            "eventId": number.to_string(), "event": "", "eventType": "PORT", "eventTimestamp": "",
        }))
        .unwrap()
    }

    fn id(number: usize) -> DeliveryId {
        DeliveryId::from_bytes(u128::try_from(number).unwrap().to_be_bytes())
    }

    #[test]
    fn events_keep_their_number_when_old_ones_go() {
        let mut kept = Kept::default();
        for number in 1..=KEPT + 3 {
            let delivery = kept.add(id(number), vec![event(number)]).unwrap();
            let shown: Vec<_> =
                delivery.numbered().map(|(own, event)| (own, event.event_id.clone())).collect();
            assert_eq!(shown, [(number as u64, number.to_string())]);
        }
        let last = (KEPT + 3) as u64;
        assert_eq!(kept.find(None).unwrap().id, id(KEPT + 3));
        assert_eq!(kept.find(Some(last)).unwrap().id, id(KEPT + 3));
        assert_eq!(kept.find(Some(4)).unwrap().id, id(4));
        for gone in [0, 1, 3, last + 1] {
            assert!(kept.find(Some(gone)).is_none(), "{gone}");
        }
    }

    #[test]
    fn each_event_of_a_delivery_finds_it() {
        let mut kept = Kept::default();
        kept.add(id(1), vec![event(1), event(2)]).unwrap();
        kept.add(id(2), vec![event(3)]).unwrap();
        let found = [1, 2, 3].map(|number| kept.find(Some(number)).unwrap().id);
        assert_eq!(found, [id(1), id(1), id(2)]);
    }
}
