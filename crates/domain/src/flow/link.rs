//! Instant links.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Conduct, Event, Flow, GivenNumber, LINK_SECONDS, MAX_MESSAGES, Moment, Nudge, OutgoingMessage, Payload,
    PossessionFailure, PossessionType, Proof, Reply, Step,
    command::Effect,
    device::Change,
    state::{Possession, Sent},
};
use crate::{
    JobId,
    secret::{Clear, Digest},
    time::after,
};

impl Flow {
    pub(super) fn start_link(
        mut self,
        number: GivenNumber,
        asked_from: Option<String>,
        moment: &mut Moment<'_>,
    ) -> Step {
        if self.terms.possession != PossessionType::Desktop {
            return Step::changed(self, Reply::NotAllowed);
        }
        self.asked_from = asked_from.or(self.asked_from);
        let changed = match self.change_number(number) {
            Change::None => Vec::new(),
            Change::Made(events) => events,
            Change::Refused(nudge) => return self.refused(nudge),
        };
        if changed.is_empty() {
            let paused = self.is_paused(moment);
            if let Possession::LinkSent { resuming, .. } = &mut self.possession
                && (std::mem::take(resuming) || paused)
            {
                return Step::changed(self, Reply::Sent);
            }
        }
        if self.counters.messages >= MAX_MESSAGES {
            return self.refused(Nudge::TooManyMessages);
        }
        Self::asked_again(self.send_link(moment), changed)
    }

    fn send_link(mut self, moment: &mut Moment<'_>) -> Step {
        let mut bytes = [0_u8; 16];
        moment.entropy.fill(&mut bytes);
        let token = Clear::new(URL_SAFE_NO_PAD.encode(bytes));
        let link = Clear::new(format!("{}{}", self.terms.link_base, token.expose()));
        let digest = Digest::of(token.expose().as_bytes());
        let message = JobId::new(moment.now, moment.entropy);
        let expires_at = after(moment.now, LINK_SECONDS).min(self.deadline());
        let sent = Sent { message, digest, expires_at };
        // Older links of the flow stay good until their own end; the first one used wins.
        match &mut self.possession {
            Possession::LinkSent { links, .. } => links.push(sent),
            _ => self.possession = Possession::LinkSent { links: vec![sent], resuming: false },
        }
        self.counters.messages += 1;
        self.counters.last_message_at = Some(moment.now);
        let outgoing = OutgoingMessage {
            id: message,
            to: self.subject.phone.clone(),
            body: Clear::new(self.terms.message.fill(link.expose())),
            payload: Payload::Link { link, token: digest },
            expires_at,
        };
        Step::changed(self, Reply::Sent).event(Event::LinkSent).effect(Effect::Send(outgoing))
    }

    pub(super) fn use_link(self, token: Digest, browser: Digest, moment: &mut Moment<'_>) -> Step {
        if !self.link_is_live(token, moment.now) {
            return Step::unchanged(self, Reply::LinkGone);
        }
        if self.subject.conduct == Conduct::Refuses {
            return self.failed(PossessionFailure::Refused, moment);
        }
        self.proven(Proof::Link, Some((token, browser)), moment)
    }
}
