//! Links between projects: each then sees that the other has identities of the same number.

use ringtrue_domain::{FieldError, ProjectId, member::Permission};

use crate::{
    Engine, Error,
    model::{By, Expect, Project},
};

/// Another project that one is linked with, or that wants to be linked with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectLink {
    /// The other project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// Whether this side wants it.
    pub wanted: bool,
    /// Whether the other side wants it.
    pub wanted_by_other: bool,
}

impl ProjectLink {
    /// Whether both want it, without which it has no effect.
    pub const fn is_mutual(&self) -> bool {
        self.wanted && self.wanted_by_other
    }

    /// How one project stands to another one.
    pub fn between(project: &Project, other: &Project) -> Self {
        Self {
            project: other.id,
            name: other.name.clone(),
            wanted: project.settings.linked.contains(&other.id),
            wanted_by_other: other.settings.linked.contains(&project.id),
        }
    }

    /// Those of a project that one side or both want, in the order of `all`.
    pub fn of(project: &Project, all: &[Project]) -> Vec<Self> {
        let others = all.iter().filter(|other| other.id != project.id);
        others
            .map(|other| Self::between(project, other))
            .filter(|link| link.wanted || link.wanted_by_other)
            .collect()
    }
}

impl Engine {
    /// Lets a project see another one's identities of the same number, or not any more. It takes both sides: answers
    /// whether the other one wants it too. What is so already is not written again.
    pub async fn link_project(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        other: ProjectId,
        wanted: bool,
    ) -> Result<bool, Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let known = self.store().project(other).await?;
        let other = known.ok_or_else(|| FieldError::new("other", "does not exist"))?;
        if other.id == id {
            return Err(FieldError::new("other", "must be another project").into());
        }
        let write = |project: &mut Project| {
            let linked = &mut project.settings.linked;
            let was = linked.contains(&other.id);
            if was == wanted {
                return Ok(None);
            }
            linked.retain(|one| *one != other.id);
            if wanted {
                linked.push(other.id);
            }
            let told = |linked: bool| linked.then(|| other.id.to_string());
            Ok(Some(("linked", told(was), told(wanted))))
        };
        self.rewrite_meant(by, id, Expect::Any, write).await?;
        Ok(wanted && other.settings.linked.contains(&id))
    }
}
