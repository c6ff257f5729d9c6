//! What every call of a device goes through: the end is final, and calls are counted.

use super::{
    Command, Event, Flow, GivenNumber, MAX_MESSAGES, MAX_STEPS, Moment, Nudge, PossessionFailure, Reply,
    ReportedStep, Step, Subject,
    command::Effect,
    state::{Ownership, Possession},
};

/// What may happen to the number before a message is sent.
pub(super) enum Change {
    /// The number stays.
    None,
    /// The flow is about another number now.
    Made(Vec<Event>),
    /// It may not change, or not to this one.
    Refused(Nudge),
}

impl Flow {
    pub(super) fn device(mut self, command: Command, moment: &mut Moment<'_>) -> Step {
        if let Some(reply) = self.device_outcome(moment.now) {
            return Step::unchanged(self, reply);
        }
        // Visits of links and of a check's address are no calls of the page; wrong ones must not use up its steps.
        match command {
            Command::UseLink { token, browser } => return self.use_link(token, browser, moment),
            Command::NetworkReached { handle } => return self.network_reached(handle),
            _ => {}
        }
        if self.counters.steps >= MAX_STEPS {
            return self.failed(PossessionFailure::TooManySteps, moment);
        }
        self.counters.steps += 1;
        match command {
            Command::StartCode { number } => self.start_code(number, moment),
            Command::EnterCode { entry } => self.enter_code(&entry, moment),
            Command::StartLink { number, asked_from } => self.start_link(number, asked_from, moment),
            Command::StartNetwork { handle } => self.start_network(handle),
            Command::NetworkAnswered { matched } => self.network_answered(matched, moment),
            Command::Report { step, gave_up } => self.reported(step, gave_up, moment),
            Command::UseLink { .. }
            | Command::NetworkReached { .. }
            | Command::OwnershipAnswered { .. }
            | Command::MessageRejected { .. }
            | Command::ProveUnaided => Step::unchanged(self, Reply::Noted),
        }
    }

    /// Takes another number, if that is allowed; what was sent to the old one proves nothing any more.
    pub(super) fn change_number(&mut self, number: GivenNumber) -> Change {
        let subject: Result<Subject, Nudge> = match number {
            GivenNumber::Known => return Change::None,
            GivenNumber::Unacceptable => return Change::Refused(Nudge::NumberNotAcceptable),
            GivenNumber::New(subject) if subject.phone == self.subject.phone => return Change::None,
            GivenNumber::New(subject) => Ok(subject),
            GivenNumber::KeptOut(nudge) => Err(nudge),
        };
        if self.counters.number_changes >= self.terms.number_changes {
            return Change::Refused(Nudge::NumberChangeNotAllowed);
        }
        if self.counters.messages >= MAX_MESSAGES {
            return Change::Refused(Nudge::TooManyMessages);
        }
        let subject = match subject {
            Ok(subject) => subject,
            Err(nudge) => return Change::Refused(nudge),
        };
        self.counters.number_changes += 1;
        self.subject = subject;
        self.possession = Possession::AwaitingDevice;
        self.ownership = Ownership::Unknown;
        Change::Made(vec![Event::NumberChanged])
    }

    /// Whether the last message is so fresh that another one would only cost money.
    pub(super) fn is_paused(&self, moment: &Moment<'_>) -> bool {
        self.counters
            .last_message_at
            .is_some_and(|at| moment.now < crate::time::after(at, self.terms.resend_pause_seconds))
    }

    pub(super) fn refused(self, nudge: Nudge) -> Step {
        let step = Step::changed(self, Reply::TryAgain(nudge));
        match nudge {
            Nudge::NumberNotAcceptable | Nudge::NumberLimited | Nudge::CountryNotAllowed => {
                step.event(Event::NumberRefused)
            }
            Nudge::WrongCode => step.event(Event::WrongCode),
            Nudge::CodeExpired => step.event(Event::ExpiredCode),
            Nudge::NumberChangeNotAllowed | Nudge::TooManyMessages => step,
        }
    }

    /// A number change comes with a new question about ownership.
    pub(super) fn asked_again(step: Step, events: Vec<Event>) -> Step {
        if events.is_empty() {
            return step;
        }
        let mut step = step.effect(Effect::LookupOwnership);
        step.events.splice(0..0, events);
        step
    }

    fn reported(mut self, step: ReportedStep, gave_up: bool, moment: &Moment<'_>) -> Step {
        let event = Event::Reported { step };
        match step {
            ReportedStep::Network if !gave_up => self.network_unusable().event(event),
            ReportedStep::Link if !gave_up => {
                // The published client reports a lost socket in the same words as a cancelled wait. As long as a
                // link is good, let the page wait again; its next start sends nothing.
                let now = moment.now;
                match &mut self.possession {
                    Possession::LinkSent { links, resuming }
                        if self.counters.resumed < 3 && links.iter().any(|link| link.is_live(now)) =>
                    {
                        *resuming = true;
                        self.counters.resumed += 1;
                        Step::changed(self, Reply::ResumeLink).event(event)
                    }
                    _ => self.failed(PossessionFailure::Cancelled, moment).event(event),
                }
            }
            ReportedStep::Code | ReportedStep::Link | ReportedStep::Network => {
                self.failed(PossessionFailure::Cancelled, moment).event(event)
            }
            ReportedStep::Other => Step::changed(self, Reply::NotAllowed).event(event),
        }
    }
}
