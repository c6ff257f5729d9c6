//! An installation with whatever a measurement of monitoring needs: projects, webhooks, people, a registry.

mod caller;
mod operator;
mod people;

pub(super) use caller::{Caller, Key};
pub(super) use operator::{Operator, eventually};
pub(super) use people::{enrol, number, write_registry};
