//! Results in the contract's words.

use ringtrue_domain::flow::{Category, Evaluation, Outcome, Verdict};
use ringtrue_wire::verify;

pub(crate) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Success => "success",
        Outcome::Failed => "failed",
        Outcome::Pending => "pending",
        Outcome::NotApplicable => "not_applicable",
    }
}

pub(crate) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::True(_) => "true",
        Verdict::False => "false",
        Verdict::Pending => "pending",
    }
}

pub(crate) fn evaluation(evaluation: &Evaluation) -> Option<verify::Evaluation> {
    (!evaluation.is_empty()).then(|| verify::Evaluation {
        identification: evaluation.identification.as_ref().map(category),
        authentication: evaluation.authentication.as_ref().map(category),
        risk: evaluation.risk.as_ref().map(category),
    })
}

fn category(category: &Category) -> verify::Category {
    verify::Category {
        result: if category.failures.is_empty() { "pass" } else { "fail" }.to_owned(),
        failure_reasons: category
            .failures
            .iter()
            .map(|(code, text)| (code.to_string(), (*text).to_owned()))
            .collect(),
    }
}
