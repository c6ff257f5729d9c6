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

/// The longest pause that can be asked for before a code is sent again.
const MAX_RESEND_PAUSE_SECONDS: u32 = 300;

/// What people set about a project's verifications. Absent values mean the environment's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectRules {
    /// Host of the page that codes are typed into.
    pub bound_host: Option<String>,
    /// Whether the page has a retry step for instant links.
    pub retry_page: bool,
    /// Whether a person may change the number.
    pub number_change: Option<bool>,
    /// Seconds before a resend sends again; 0 to 300.
    pub resend_pause_seconds: Option<u32>,
}

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
        let name = project_name(name)?;
        let now = self.wall();
        let id = ProjectId::new(now, &mut Lent(&*self.parts.entropy));
        let project = Project { id, name, settings, created_at: now };
        self.store().commit(Unit::new().with(Change::PutProject(Box::new(project.clone())))).await?;
        Ok(project)
    }

    /// Gives a project another name and other rules; its personas and links stay.
    pub async fn set_project(
        &self,
        id: ProjectId,
        name: &str,
        rules: ProjectRules,
    ) -> Result<Project, Error> {
        let name = project_name(name)?;
        let bound_host = rules.bound_host.as_deref().map(bound_host).transpose()?;
        if rules.resend_pause_seconds.is_some_and(|seconds| seconds > MAX_RESEND_PAUSE_SECONDS) {
            return Err(FieldError::new("resendPauseSeconds", "must be 0 to 300").into());
        }
        let known = self.store().project(id).await?;
        let mut project = known.ok_or_else(|| FieldError::new("project", "does not exist"))?;
        project.name = name;
        project.settings = ProjectSettings {
            bound_host,
            retry_page: rules.retry_page,
            number_change: rules.number_change,
            resend_pause_seconds: rules.resend_pause_seconds,
            ..project.settings
        };
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

fn project_name(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    if !(1..=80).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(FieldError::new("name", "must be 1 to 80 characters without control characters"));
    }
    Ok(name.to_owned())
}

/// A host name as browsers compare it: labels of letters, digits and hyphens, no scheme, port or path.
fn bound_host(host: &str) -> Result<String, FieldError> {
    let host = host.trim().to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(label) {
        return Err(FieldError::new("boundHost", "must be a host name such as shop.example"));
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::bound_host;

    #[test]
    fn a_bound_host_is_a_host_and_nothing_else() {
        for (given, kept) in
            [("shop.example", "shop.example"), (" Shop.Example ", "shop.example"), ("localhost", "localhost")]
        {
            assert_eq!(bound_host(given).as_deref(), Ok(kept));
        }
        for wrong in [
            "",
            "https://shop.example",
            "shop.example:8443",
            "shop.example/x",
            "shop..example",
            "-a.example",
            "a b",
        ] {
            assert!(bound_host(wrong).is_err(), "{wrong}");
        }
    }
}
