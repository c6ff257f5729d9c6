//! The only reader of both halves: what a customer's back end may know of a flow at a moment (server API §4).

use jiff::Timestamp;

use super::{
    Flow, Lifetime, PossessionType,
    state::{Ownership, Possession},
};
use crate::{Findings, IdentityId, NameMatch, PhoneNumber, RiskCode};

/// A result as the contract spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// `success`
    Success,
    /// `failed`
    Failed,
    /// `pending`
    Pending,
    /// `not_applicable`
    NotApplicable,
}

/// The answer to the whole question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that was asked holds; the person is enrolled under this identity.
    True(IdentityId),
    /// Something does not hold.
    False,
    /// Not known yet.
    Pending,
}

/// One category of the evaluation: it passes when no reason speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Codes and texts that speak against it.
    pub failures: Vec<(u16, &'static str)>,
}

/// What was evaluated, by category. A category that was not looked at is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Does the name belong to the number?
    pub identification: Option<Category>,
    /// Does the person hold the phone?
    pub authentication: Option<Category>,
    /// What speaks for caution?
    pub risk: Option<Category>,
}

impl Evaluation {
    /// Whether anything was evaluated.
    pub const fn is_empty(&self) -> bool {
        self.identification.is_none() && self.authentication.is_none() && self.risk.is_none()
    }
}

/// What may be known of a flow at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// `possessionResult`
    pub possession: Outcome,
    /// `verifyResult`
    pub ownership: Outcome,
    /// `success`
    pub verdict: Verdict,
    /// The number that was judged.
    pub phone: PhoneNumber,
    /// `evaluation`
    pub evaluation: Evaluation,
}

impl Flow {
    /// What may be known of this flow at `now`. Ownership is not revealed before possession succeeded.
    pub fn view(&self, now: Timestamp) -> View {
        let flow = self.as_of(now);
        let possession = match &flow.possession {
            Possession::NotRequired => Outcome::NotApplicable,
            Possession::AwaitingDevice
            | Possession::NetworkCheck { .. }
            | Possession::CodeSent { .. }
            | Possession::LinkSent { .. } => Outcome::Pending,
            Possession::Proven { .. } => Outcome::Success,
            Possession::Failed { .. } => Outcome::Failed,
        };
        let findings = match &flow.ownership {
            Ownership::Unknown => None,
            Ownership::Answered { findings, .. } => Some(findings),
        };
        let (ownership, verdict) = match (possession, findings) {
            (Outcome::Failed, _) => (Outcome::NotApplicable, Verdict::False),
            (Outcome::Pending, _) | (Outcome::Success | Outcome::NotApplicable, None) => {
                (Outcome::Pending, Verdict::Pending)
            }
            (Outcome::Success | Outcome::NotApplicable, Some(findings)) if !findings.owned() => {
                (Outcome::Failed, Verdict::False)
            }
            // Owned and enrolled are one decision; a flow without the identity would be a broken record.
            (Outcome::Success | Outcome::NotApplicable, Some(_)) => {
                (Outcome::Success, flow.identity.map_or(Verdict::False, Verdict::True))
            }
        };
        let revealed = findings.filter(|_| matches!(ownership, Outcome::Success | Outcome::Failed));
        let evaluation = Evaluation {
            identification: revealed.map(identification),
            authentication: match possession {
                Outcome::Success => Some(Category { failures: vec![] }),
                Outcome::Failed => Some(Category { failures: vec![(9100, "possession was not completed")] }),
                Outcome::Pending | Outcome::NotApplicable => None,
            },
            risk: revealed
                .and_then(|findings| findings.risks.as_deref())
                .map(|risks| Category { failures: risks.iter().copied().map(RiskCode::reason).collect() }),
        };
        View { possession, ownership, verdict, phone: flow.subject.phone.clone(), evaluation }
    }

    /// Where the flow stands in its life at `now`: server API §4 and device API §0.
    pub fn lifetime(&self, now: Timestamp) -> Lifetime {
        let flow = self.as_of(now);
        match flow.ended_at() {
            Some(at) if now >= crate::time::after(at, super::KEPT_SECONDS) => Lifetime::Gone,
            // The end of the session is no end of the flow: to a back end an unfinished session is unknown afterwards.
            Some(at) if at < self.deadline() => Lifetime::Ended,
            None if now < self.deadline() => Lifetime::Open,
            Some(_) | None => Lifetime::Gone,
        }
    }

    /// The instant at which everything that was asked was answered.
    pub(super) fn ended_at(&self) -> Option<Timestamp> {
        let answered = match &self.ownership {
            Ownership::Unknown => None,
            Ownership::Answered { at, .. } => Some(*at),
        };
        match &self.possession {
            Possession::Failed { at, .. } => Some(*at),
            Possession::Proven { at, .. } => answered.map(|answered| answered.max(*at)),
            Possession::NotRequired => answered,
            Possession::AwaitingDevice
            | Possession::NetworkCheck { .. }
            | Possession::CodeSent { .. }
            | Possession::LinkSent { .. } => None,
        }
    }

    /// Whether the flow asks for a device at all.
    pub const fn needs_device(&self) -> bool {
        !matches!(self.terms.possession, PossessionType::None)
    }
}

fn identification(findings: &Findings) -> Category {
    let failures = match (findings.number_known, findings.name) {
        (true, NameMatch::Match) => vec![],
        (true, NameMatch::Mismatch) => vec![(9014, "the name does not match")],
        (true, NameMatch::Unknown) => vec![(9001, "no source knows a name for the number")],
        (false, _) => vec![(9001, "the number was not found in any source")],
    };
    Category { failures }
}
