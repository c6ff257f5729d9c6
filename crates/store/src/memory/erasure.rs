//! Erasing what is known of a person.

use ringtrue_domain::FlowId;
use ringtrue_engine::{model::KeyScope, ports::Erasure};

use super::state::Changing;

pub(super) fn apply(to: &mut Changing<'_>, erasure: &Erasure) {
    match erasure {
        Erasure::Verification { scope, flow } => verification(to, *scope, *flow),
        Erasure::FormerNumber { scope, phone } => {
            let of_scope = to.state.former_numbers.iter().filter(|((of, _), _)| of == scope);
            let kept: Vec<_> = of_scope.map(|(key, numbers)| (*key, numbers.clone())).collect();
            for (key, mut numbers) in kept {
                if numbers.remove(phone) {
                    let left = Some(numbers).filter(|numbers| !numbers.is_empty());
                    to.set(|state| &mut state.former_numbers, key, left);
                }
            }
        }
        Erasure::Messages { project, phone } => {
            let messages =
                to.state.outbox.values().filter(|kept| kept.project == *project && kept.to == *phone);
            for id in messages.map(|message| message.id).collect::<Vec<_>>() {
                to.set(|state| &mut state.outbox, id, None);
            }
        }
    }
}

fn verification(to: &mut Changing<'_>, scope: KeyScope, id: FlowId) {
    to.set(|state| &mut state.listings, (scope, id), None);
    let of = |flow: &ringtrue_domain::Flow| KeyScope {
        project: flow.project(),
        environment: flow.terms().environment,
    };
    if to.state.flows.get(&id).is_none_or(|(_, flow)| of(flow) != scope) {
        return;
    }
    let links = to.state.links.iter().filter(|(_, flow)| **flow == id).map(|(token, _)| *token);
    for token in links.collect::<Vec<_>>() {
        to.set(|state| &mut state.links, token, None);
    }
    to.set(|state| &mut state.audit, id, None);
    to.set(|state| &mut state.flows, id, None);
}
