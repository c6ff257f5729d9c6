//! Sandbox personas: the only numbers that exist there.

use ringtrue_domain::PhoneNumber;

use crate::model::{Persona, Project};

/// The built-in personas and a project's own.
pub trait Personas: Send + Sync {
    /// The persona that has this number; the project's own come first.
    fn find<'a>(&'a self, project: &'a Project, phone: &PhoneNumber) -> Option<&'a Persona>;

    /// All personas of a project.
    fn all<'a>(&'a self, project: &'a Project) -> Vec<&'a Persona>;
}
