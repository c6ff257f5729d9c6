//! One-time codes.

use super::{
    CODE_SECONDS, Conduct, Environment, Event, Flow, GivenNumber, MAX_MESSAGES, Moment, Nudge,
    OutgoingMessage, Payload, PossessionFailure, PossessionType, Proof, Reply, Step,
    command::Effect,
    device::Change,
    state::{Possession, Sent},
};
use crate::{JobId, entropy::decimal_code, secret::Clear, time::after};

impl Flow {
    pub(super) fn start_code(mut self, number: GivenNumber, moment: &mut Moment<'_>) -> Step {
        if self.terms.possession != PossessionType::Mobile {
            return Step::changed(self, Reply::NotAllowed);
        }
        let changed = match self.change_number(number) {
            Change::None => Vec::new(),
            Change::Made(events) => events,
            Change::Refused(nudge) => return self.refused(nudge),
        };
        if changed.is_empty()
            && matches!(self.possession, Possession::CodeSent { .. })
            && self.is_paused(moment)
        {
            return Step::changed(self, Reply::Sent);
        }
        if self.counters.messages >= MAX_MESSAGES {
            return self.refused(Nudge::TooManyMessages);
        }
        Self::asked_again(self.send_code(moment), changed)
    }

    fn send_code(mut self, moment: &mut Moment<'_>) -> Step {
        let code = Clear::new(decimal_code(moment.entropy, self.terms.message.digits()));
        let message = JobId::new(moment.now, moment.entropy);
        let expires_at = after(moment.now, CODE_SECONDS).min(self.deadline());
        let digest = moment.pepper.code(self.id, &self.subject.phone, code.expose());
        let sent = Sent { message, digest, expires_at };
        // One sent before stays good until its own end: messages overtake each other.
        match &mut self.possession {
            Possession::CodeSent { codes } => codes.push(sent),
            _ => self.possession = Possession::CodeSent { codes: vec![sent] },
        }
        self.counters.messages += 1;
        self.counters.last_message_at = Some(moment.now);
        let outgoing = OutgoingMessage {
            id: message,
            to: self.subject.phone.clone(),
            body: Clear::new(self.terms.message.fill(code.expose())),
            payload: Payload::Otp { code },
            expires_at,
        };
        Step::changed(self, Reply::Sent).event(Event::CodeSent).effect(Effect::Send(outgoing))
    }

    pub(super) fn enter_code(mut self, entry: &Clear, moment: &mut Moment<'_>) -> Step {
        let Possession::CodeSent { codes } = &self.possession else {
            return Step::changed(self, Reply::NotAllowed);
        };
        let entry: String =
            entry.expose().chars().filter(|c| !c.is_whitespace() && *c != '-').take(32).collect();
        let digest = moment.pepper.code(self.id, &self.subject.phone, &entry);
        let scripted = self.terms.environment == Environment::Sandbox && self.is_sandbox_code(&entry);
        // Every code is compared, so that the time tells nothing about which one matched.
        let (mut live, mut right, mut late) = (false, false, false);
        for code in codes {
            let good = code.is_live(moment.now);
            let same = code.digest == digest || scripted;
            live |= good;
            right |= good & same;
            late |= !good & same;
        }
        if right && self.subject.conduct != Conduct::Refuses {
            return self.proven(Proof::Code, None, moment);
        }
        if !live || (late && !right) {
            return self.refused(Nudge::CodeExpired);
        }
        self.counters.wrong_codes = self.counters.wrong_codes.saturating_add(1);
        if self.counters.wrong_codes >= self.terms.tries {
            return self.failed(PossessionFailure::Exhausted, moment).event(Event::WrongCode);
        }
        self.refused(Nudge::WrongCode)
    }

    /// `1234`, `12345`, `123456`: the one as long as the template's run. Where nobody chose a template, the code is
    /// our six digits, and the well-known `1234` passes too.
    fn is_sandbox_code(&self, entry: &str) -> bool {
        let message = &self.terms.message;
        "123456".get(..usize::from(message.digits())) == Some(entry) || (message.is_ours() && entry == "1234")
    }
}
