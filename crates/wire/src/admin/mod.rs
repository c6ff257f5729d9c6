//! `/admin/v1/*`: what automation does in place of somebody in the portal. Instants are RFC 3339 in UTC, of the project's
//! clock where they belong to a project.

pub mod credential;
pub mod delivery;
pub mod go_live;
pub mod identity;
pub mod link;
pub mod people;
pub mod person;
pub mod persona;
pub mod problem;
pub mod project;
pub mod text;
pub mod verification;
pub mod webhook;
