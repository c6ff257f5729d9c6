//! Projects: what they are called and what is set for them.

use ringtrue_domain::{FieldError, ProjectId, member::Permission, text::label};

use crate::{
    Engine, Error,
    decide::ROUNDS,
    model::{By, Deed, Expect, Limits, Project, ProjectSettings, StoredProject},
    ports::{Change, CommitError, Lent, Unit},
};

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
    /// What limits verifications.
    pub limits: Limits,
}

impl ProjectRules {
    /// Those of a project.
    pub fn of(settings: &ProjectSettings) -> Self {
        Self {
            bound_host: settings.bound_host.clone(),
            retry_page: settings.retry_page,
            number_change: settings.number_change,
            resend_pause_seconds: settings.resend_pause_seconds,
            limits: settings.limits.clone(),
        }
    }

    fn checked(self) -> Result<Self, FieldError> {
        if self.resend_pause_seconds.is_some_and(|seconds| seconds > MAX_RESEND_PAUSE_SECONDS) {
            return Err(FieldError::new("resendPauseSeconds", "must be 0 to 300"));
        }
        let bound_host = self.bound_host.as_deref().map(bound_host).transpose()?;
        Ok(Self { bound_host, limits: self.limits.checked()?, ..self })
    }

    fn apply(self, settings: ProjectSettings) -> ProjectSettings {
        ProjectSettings {
            bound_host: self.bound_host,
            retry_page: self.retry_page,
            number_change: self.number_change,
            resend_pause_seconds: self.resend_pause_seconds,
            limits: self.limits,
            ..settings
        }
    }

    /// Each setting as text.
    fn told(&self) -> [(&'static str, Option<String>); 6] {
        [
            ("boundHost", self.bound_host.clone()),
            ("retryPage", Some(self.retry_page.to_string())),
            ("numberChange", self.number_change.map(|change| change.to_string())),
            ("resendPauseSeconds", self.resend_pause_seconds.map(|seconds| seconds.to_string())),
            ("verificationsPerNumber", self.limits.per_number.told()),
            ("countries", Some(self.limits.countries.join(" ")).filter(|countries| !countries.is_empty())),
        ]
    }
}

/// A setting, what it was, and what it is now.
pub(crate) type Rewritten = (&'static str, Option<String>, Option<String>);

/// A project that was put.
#[derive(Debug)]
pub struct PutProject {
    /// As it stands now.
    pub stored: StoredProject,
    /// Whether it is new.
    pub created: bool,
}

impl Engine {
    /// Creates a project.
    pub async fn create_project(
        &self,
        by: impl Into<By<'_>>,
        name: &str,
        settings: ProjectSettings,
    ) -> Result<Project, Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let name = label("name", name)?;
        let project = Project { id: self.fresh_project_id(), name, settings, created_at: self.wall() };
        let unit = self.new_project(by, project.clone());
        self.store().commit(unit).await?;
        Ok(project)
    }

    /// An id for a project that somebody is about to put.
    pub fn fresh_project_id(&self) -> ProjectId {
        ProjectId::new(self.wall(), &mut Lent(&*self.parts.entropy))
    }

    /// Makes a project be called and ruled so, whether or not it is there: its id is whoever's choice who makes it.
    /// Personas and links of one that is there stay.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] when there is another version than the one that was meant.
    pub async fn put_project(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        name: &str,
        rules: ProjectRules,
        meant: Expect,
    ) -> Result<PutProject, Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let (name, rules) = (label("name", name)?, rules.checked()?);
        if *id.as_bytes() == [0; 16] {
            return Err(FieldError::new("project", "must not be all zeros").into());
        }
        for _ in 0..ROUNDS {
            let known = self.store().stored_project(id).await?;
            let version = known.as_ref().map_or(0, |known| known.version);
            meant.check(version)?;
            let (project, unit) = match known {
                None => {
                    let settings = rules.clone().apply(ProjectSettings::default());
                    let project = Project { id, name: name.clone(), settings, created_at: self.wall() };
                    let unit = self.new_project(by, project.clone());
                    (project, unit)
                }
                Some(StoredProject { project: before, .. }) => {
                    let settings = rules.clone().apply(before.settings.clone());
                    let project = Project { name: name.clone(), settings, ..before.clone() };
                    if project == before {
                        return Ok(PutProject { stored: StoredProject { version, project }, created: false });
                    }
                    let unit = self.changed_project(by, version, &before, project.clone());
                    (project, unit)
                }
            };
            match self.store().commit(unit).await {
                Ok(()) => {
                    let stored = StoredProject { version: version + 1, project };
                    return Ok(PutProject { stored, created: version == 0 });
                }
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }

    fn new_project(&self, by: By<'_>, project: Project) -> Unit {
        let deed = self.deed(by, Deed::ProjectCreated { project: project.id });
        let mut unit = Unit::new().with(Change::PutProject { expect: 0, project: Box::new(project) });
        unit.changes.extend(deed);
        unit
    }

    fn changed_project(&self, by: By<'_>, expect: u64, before: &Project, project: Project) -> Unit {
        let changed = |setting: &str, before, after| Deed::Changed {
            project: Some(project.id),
            setting: setting.to_owned(),
            before,
            after,
        };
        let mut deeds = Vec::new();
        if before.name != project.name {
            deeds.push(changed("name", Some(before.name.clone()), Some(project.name.clone())));
        }
        let [old, new] = [before, &project].map(|one| ProjectRules::of(&one.settings).told());
        for ((setting, old), (_, new)) in old.into_iter().zip(new) {
            if old != new {
                deeds.push(changed(setting, old, new));
            }
        }
        let mut unit = Unit::new().with(Change::PutProject { expect, project: Box::new(project) });
        unit.changes.extend(deeds.into_iter().filter_map(|deed| self.deed(by, deed)));
        unit
    }

    /// Changes one setting of a project; again when somebody else wrote first. `write` tells which, what it was and what
    /// it is.
    pub(crate) async fn rewrite(
        &self,
        by: By<'_>,
        id: ProjectId,
        write: impl Fn(&mut Project) -> Result<Rewritten, FieldError> + Send + Sync,
    ) -> Result<(), Error> {
        self.rewrite_with(by, id, write, Vec::new).await
    }

    /// The same, with more changes in the unit.
    pub(crate) async fn rewrite_with(
        &self,
        by: By<'_>,
        id: ProjectId,
        write: impl Fn(&mut Project) -> Result<Rewritten, FieldError> + Send + Sync,
        with: impl Fn() -> Vec<Change> + Send + Sync,
    ) -> Result<(), Error> {
        let write = |project: &mut Project| Ok(Some(write(project)?));
        self.rewrite_as(by, id, Expect::Any, write, with).await.map(drop)
    }

    /// The same for whoever means a version of the project. Where `write` tells of nothing, everything is so already and
    /// nothing is written. Answers the project as it stands then, and what was told.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] when there is another version than the one that was meant.
    pub(crate) async fn rewrite_meant(
        &self,
        by: By<'_>,
        id: ProjectId,
        meant: Expect,
        write: impl Fn(&mut Project) -> Result<Option<Rewritten>, Error> + Send + Sync,
    ) -> Result<(StoredProject, Option<Rewritten>), Error> {
        self.rewrite_as(by, id, meant, write, Vec::new).await
    }

    async fn rewrite_as(
        &self,
        by: By<'_>,
        id: ProjectId,
        meant: Expect,
        write: impl Fn(&mut Project) -> Result<Option<Rewritten>, Error> + Send + Sync,
        with: impl Fn() -> Vec<Change> + Send + Sync,
    ) -> Result<(StoredProject, Option<Rewritten>), Error> {
        for _ in 0..ROUNDS {
            let known = self.store().stored_project(id).await?;
            let known = known.ok_or_else(|| FieldError::new("project", "does not exist"))?;
            let StoredProject { version, mut project } = known;
            meant.check(version)?;
            let Some(told) = write(&mut project)? else {
                return Ok((StoredProject { version, project }, None));
            };
            let (setting, before, after) = told.clone();
            let deed = Deed::Changed { project: Some(id), setting: setting.to_owned(), before, after };
            let put = Change::PutProject { expect: version, project: Box::new(project.clone()) };
            let mut unit = Unit::new().with(put);
            unit.changes.extend(with());
            unit.changes.extend(self.deed(by, deed));
            match self.store().commit(unit).await {
                Ok(()) => return Ok((StoredProject { version: version + 1, project }, Some(told))),
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }
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
