//! Setting up projects, their personas and links, and credentials.

mod credentials;
mod links;
mod personas;
mod projects;

pub use credentials::{MadeCredential, NewCredential};
pub use links::ProjectLink;
pub use personas::{MAX_AFTER_DAYS, MAX_PERSONAS, Over, PutPersona};
pub use projects::{ProjectRules, PutProject};
