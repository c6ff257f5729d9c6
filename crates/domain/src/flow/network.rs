//! Silent network authentication, with the one-time code to fall back on.

use super::{Event, Flow, Moment, PossessionType, Proof, Reply, Step, state::Possession};
use crate::secret::Digest;

impl Flow {
    pub(super) fn start_network(mut self, handle: Digest) -> Step {
        let ready = matches!(self.possession, Possession::AwaitingDevice | Possession::NetworkCheck { .. });
        if self.terms.possession != PossessionType::Mobile || !self.subject.network_auth || !ready {
            return Step::changed(self, Reply::UseCode);
        }
        self.possession = Possession::NetworkCheck { handle, reached: false };
        Step::changed(self, Reply::NetworkOpen).event(Event::NetworkAsked)
    }

    pub(super) fn network_reached(mut self, visited: Digest) -> Step {
        match &mut self.possession {
            Possession::NetworkCheck { handle, reached } if *handle == visited => {
                *reached = true;
                Step::changed(self, Reply::Noted)
            }
            _ => Step::unchanged(self, Reply::NotAllowed),
        }
    }

    pub(super) fn network_answered(self, matched: bool, moment: &mut Moment<'_>) -> Step {
        if !matches!(self.possession, Possession::NetworkCheck { .. }) {
            return Step::changed(self, Reply::UseCode);
        }
        if matched { self.proven(Proof::Network, None, moment) } else { self.network_unusable() }
    }

    /// The check is not tried again in this flow; the code takes over.
    pub(super) fn network_unusable(mut self) -> Step {
        self.subject.network_auth = false;
        if matches!(self.possession, Possession::NetworkCheck { .. }) {
            self.possession = Possession::AwaitingDevice;
        }
        Step::changed(self, Reply::UseCode).event(Event::NetworkFailed)
    }
}
