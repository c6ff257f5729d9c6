//! Erasing as statements.

use ringtrue_domain::FlowId;
use ringtrue_engine::{model::KeyScope, ports::Erasure};

use super::{
    driver::{Driver, Stmt},
    keyring::{KeyError, Keyring},
    text::erasure as text,
    unit::scope_values,
};

/// Adds the statements of an erasure.
pub(super) async fn statements<D: Driver>(
    erasure: Erasure,
    keys: &Keyring,
    driver: &D,
    list: &mut Vec<Stmt>,
) -> Result<(), KeyError> {
    match erasure {
        Erasure::Verification { scope, flow } => list.extend(verification(scope, flow)),
        Erasure::FormerNumber { scope, phone } => {
            let hash = keys.make(*scope.project.as_bytes(), driver).await?.hash("number", phone.expose());
            let [_, sandbox] = scope_values(scope);
            list.push(Stmt::write(text::FORMER_NUMBER, [hash.into(), sandbox]));
        }
        Erasure::Messages { project, phone } => {
            let hash = keys.make(*project.as_bytes(), driver).await?.hash("number", phone.expose());
            list.push(Stmt::write(text::MESSAGES, [project.into(), hash.into()]));
        }
    }
    Ok(())
}

/// A flow and all that belongs to it. It goes last: the others ask whether it is the environment's.
pub(super) fn verification(scope: KeyScope, flow: FlowId) -> [Stmt; 4] {
    let [project, sandbox] = scope_values(scope);
    text::VERIFICATION.map(|sql| Stmt::write(sql, [project.clone(), sandbox.clone(), flow.into()]))
}
