//! Setting up projects and credentials.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ringtrue_domain::{
    CredentialId, FieldError, PersonName, PhoneNumber, ProjectId,
    flow::Environment,
    secret::{Clear, Digest},
};

use crate::{
    Engine, Error,
    model::{Credential, Persona, Project, ProjectSettings},
    ports::{Change, Lent, Unit},
    simulated::MAX_STEPS,
};

/// Days after its enrolment within which a persona's timeline ends: ten years.
const MAX_AFTER_DAYS: u32 = 3660;

/// A fresh credential; its secret is shown this one time.
#[derive(Debug)]
pub struct NewCredential {
    /// `client_id`
    pub id: CredentialId,
    /// `client_secret`
    pub secret: Clear,
}

impl Engine {
    /// Creates a project.
    pub async fn create_project(&self, name: &str, settings: ProjectSettings) -> Result<Project, Error> {
        let name = name.trim();
        if !(1..=80).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(
                FieldError::new("name", "must be 1 to 80 characters without control characters").into()
            );
        }
        let now = self.wall();
        let id = ProjectId::new(now, &mut Lent(&*self.parts.entropy));
        let project = Project { id, name: name.to_owned(), settings, created_at: now };
        self.store().commit(Unit::new().with(Change::PutProject(Box::new(project.clone())))).await?;
        Ok(project)
    }

    /// Replaces a project's own sandbox personas; returns how many it has now. At most 1,000, each number once.
    pub async fn set_personas(&self, id: ProjectId, personas: Vec<Persona>) -> Result<usize, Error> {
        let count = personas.len();
        let mut numbers: Vec<_> = personas.iter().map(|persona| persona.phone.expose()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if count > 1000 || numbers.len() != count {
            return Err(
                FieldError::new("personas", "must be at most 1,000, each with a number of its own").into()
            );
        }
        let known = self.store().project(id).await?;
        let mut project = known.ok_or_else(|| FieldError::new("project", "does not exist"))?;
        for persona in &personas {
            PhoneNumber::normalize("phone", persona.phone.expose())?;
            PersonName::parse(&persona.first_name, &persona.last_name)?;
            if persona.timeline.len() > MAX_STEPS {
                return Err(FieldError::new("timeline", "must be at most 50 steps").into());
            }
            if persona.timeline.iter().any(|step| step.after_days > MAX_AFTER_DAYS) {
                return Err(FieldError::new("after_days", "must be 0 to 3660").into());
            }
        }
        project.settings.personas = personas;
        self.store().commit(Unit::new().with(Change::PutProject(Box::new(project)))).await?;
        Ok(count)
    }

    /// Lets a project see another one's identities of the same number, or not any more. It takes both sides: answers
    /// whether the other one wants it too.
    pub async fn link_project(&self, id: ProjectId, other: ProjectId, wanted: bool) -> Result<bool, Error> {
        let known = self.store().project(id).await?;
        let mut project = known.ok_or_else(|| FieldError::new("project", "does not exist"))?;
        let known = self.store().project(other).await?;
        let other = known.ok_or_else(|| FieldError::new("other", "does not exist"))?;
        if other.id == id {
            return Err(FieldError::new("other", "must be another project").into());
        }
        let linked = &mut project.settings.linked;
        linked.retain(|one| *one != other.id);
        if wanted {
            linked.push(other.id);
        }
        self.store().commit(Unit::new().with(Change::PutProject(Box::new(project)))).await?;
        Ok(wanted && other.settings.linked.contains(&id))
    }

    /// Creates a credential for a project and environment.
    pub async fn create_credential(
        &self,
        project: ProjectId,
        environment: Environment,
    ) -> Result<NewCredential, Error> {
        if self.store().project(project).await?.is_none() {
            return Err(FieldError::new("project", "does not exist").into());
        }
        let now = self.wall();
        let id = CredentialId::new(now, &mut Lent(&*self.parts.entropy));
        let secret = Clear::new(URL_SAFE_NO_PAD.encode(self.random_array::<32>()));
        let credential = Credential {
            id,
            project,
            environment,
            secret: Digest::of(secret.expose().as_bytes()),
            created_at: now,
            revoked_at: None,
        };
        self.store().commit(Unit::new().with(Change::PutCredential(credential))).await?;
        Ok(NewCredential { id, secret })
    }

    /// Revokes a credential; its tokens stop at once. Revoking it again changes nothing.
    pub async fn revoke_credential(&self, id: CredentialId) -> Result<(), Error> {
        if self.store().credential(id).await?.is_none() {
            return Err(FieldError::new("credential", "does not exist").into());
        }
        let at = self.wall();
        Ok(self.store().commit(Unit::new().with(Change::RevokeCredential { id, at })).await?)
    }
}
