//! Setting up projects and credentials.

mod credentials;
mod projects;

pub use credentials::{MadeCredential, NewCredential};
pub use projects::{ProjectRules, PutProject};
