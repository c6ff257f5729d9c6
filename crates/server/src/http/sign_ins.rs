//! Forms of people who are not signed in, per network that they come from. Most leave a row in the store.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use ringtrue_domain::ClientNetwork;

use super::{
    ApiError, Code,
    gcra::{Buckets, Taken},
};

/// How much time a bucket holds, and how many forms that brings. A sign-in with a passkey is two, and a whole office may
/// come from one address.
const PERIOD: Duration = Duration::from_mins(1);
const FORMS: u32 = 60;
/// Networks that are told apart: some megabytes. A network that sent one form is forgotten after a second, so this many
/// at once is an attack; whoever else comes then shares one bucket.
const MAX_NETWORKS: usize = 50_000;
/// Between two looks for networks that can be forgotten, when there is no room.
const TIDY: Duration = Duration::from_secs(1);

/// The limiter. Each node has its own.
pub(crate) struct SignIns(Mutex<Here>);

struct Here {
    /// None: whoever comes when there is no room.
    buckets: Buckets<Option<ClientNetwork>>,
    tidied: Instant,
}

impl SignIns {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Here { buckets: Buckets::over(PERIOD, FORMS, now), tidied: now }))
    }

    /// Counts a form.
    pub(crate) fn check(&self, from: ClientNetwork, now: Instant) -> Result<(), ApiError> {
        let mut here = self.here();
        let whose = here.place_of(from, now);
        match here.buckets.take(whose, now) {
            Taken::Left(_) => Ok(()),
            Taken::NoneFor(pause) => {
                let text = "too many attempts to sign in come from your network";
                Err(ApiError::new(Code::TooMany, text).after(pause))
            }
        }
    }

    /// Forgets networks that have been quiet; called now and then.
    pub(crate) fn tidy(&self, now: Instant) {
        self.here().buckets.tidy(now);
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        // The buckets are whole after every statement, so a panic elsewhere leaves nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Here {
    fn place_of(&mut self, from: ClientNetwork, now: Instant) -> Option<ClientNetwork> {
        let known = Some(from);
        if self.buckets.len() >= MAX_NETWORKS && now.duration_since(self.tidied) >= TIDY {
            self.buckets.tidy(now);
            self.tidied = now;
        }
        if self.buckets.len() < MAX_NETWORKS || self.buckets.has(&known) { known } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn network(number: u32) -> ClientNetwork {
        ClientNetwork::of(std::net::Ipv4Addr::from_bits(number).into())
    }

    /// Forms that are taken at once.
    fn taken(limit: &SignIns, from: ClientNetwork, now: Instant) -> usize {
        (0..1000).find(|_| limit.check(from, now).is_err()).unwrap()
    }

    #[test]
    fn sixty_a_minute_from_one_network() {
        let start = Instant::now();
        let limit = SignIns::new(start);
        assert_eq!(taken(&limit, network(1), start), 60);
        assert_eq!(taken(&limit, network(2), start), 60, "another network has its own");
        assert_eq!(taken(&limit, network(1), start + SECOND), 1);
        assert_eq!(taken(&limit, network(1), start + 31 * SECOND), 30);
        assert_eq!(taken(&limit, network(1), start + 300 * SECOND), 60);
        let refused = limit.check(network(1), start + 300 * SECOND).unwrap_err();
        assert_eq!(refused.code(), Code::TooMany);
    }

    #[test]
    fn many_networks_at_once_take_no_more_room_and_nothing_from_those_that_were_there() {
        let start = Instant::now();
        let limit = SignIns::new(start);
        let size = u32::try_from(MAX_NETWORKS).unwrap();
        assert!(
            (0..2 * size).filter(|number| limit.check(network(*number), start).is_ok()).count()
                >= MAX_NETWORKS
        );
        assert!(limit.here().buckets.len() <= MAX_NETWORKS + 1);
        assert_eq!(taken(&limit, network(0), start), 59);
        assert!(limit.check(network(2 * size), start).is_err(), "newcomers share one bucket");
        // A second later those that sent one form only are forgotten, and there is room again.
        assert_eq!(taken(&limit, network(2 * size), start + SECOND), 60);
        limit.tidy(start + 100 * SECOND);
        assert_eq!(limit.here().buckets.len(), 0);
    }
}
