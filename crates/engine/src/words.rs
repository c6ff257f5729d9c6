//! What a project says in its own words, and where its links may lead.

use ringtrue_domain::{
    FieldError, ProjectId, allowed_target,
    member::Permission,
    sms::{Wording, check_wordings},
};

use crate::{
    Engine, Error,
    model::{Deed, Project, ProjectSettings, SignedIn},
    ports::{Change, Unit},
};

/// Origins that links may lead to at most.
const MAX_TARGETS: usize = 20;

impl Engine {
    /// Writes a wording of a project; `was` is the language that it had before, if it is there already.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] as [`Wording::checked`] and [`check_wordings`] name it; [`Error::NotPermitted`].
    pub async fn put_wording(
        &self,
        by: &SignedIn,
        id: ProjectId,
        was: Option<&str>,
        wording: Wording,
    ) -> Result<Project, Error> {
        let wording = wording.checked()?;
        let text = format!("{} ({})", wording.language, wording.countries.join(" "));
        self.set(by, id, "the texts", Some(text), |settings| {
            let before = settings.wordings.iter().position(|one| Some(one.language.as_str()) == was);
            match before {
                Some(place) => settings.wordings[place] = wording,
                None => settings.wordings.push(wording),
            }
            check_wordings(&settings.wordings)
        })
        .await
    }

    /// Takes a wording away, if it is there: people are told in our words again.
    pub async fn remove_wording(
        &self,
        by: &SignedIn,
        id: ProjectId,
        language: &str,
    ) -> Result<Project, Error> {
        self.set(by, id, "the texts", Some(format!("without {language}")), |settings| {
            settings.wordings.retain(|one| one.language != language);
            Ok(())
        })
        .await
    }

    /// Says where links may lead; nowhere named: anywhere.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `targets`.
    pub async fn set_targets(
        &self,
        by: &SignedIn,
        id: ProjectId,
        targets: &[String],
    ) -> Result<Project, Error> {
        if targets.len() > MAX_TARGETS {
            return Err(FieldError::new("targets", "must be at most 20").into());
        }
        let mut targets = targets.iter().map(|one| allowed_target(one)).collect::<Result<Vec<_>, _>>()?;
        targets.sort_unstable();
        targets.dedup();
        self.set(by, id, "where links may lead", Some(targets.join(" ")), |settings| {
            settings.targets = targets;
            Ok(())
        })
        .await
    }

    async fn set(
        &self,
        by: &SignedIn,
        id: ProjectId,
        setting: &str,
        after: Option<String>,
        change: impl FnOnce(&mut ProjectSettings) -> Result<(), FieldError> + Send,
    ) -> Result<Project, Error> {
        if !by.may(Permission::ManageProjects) {
            return Err(Error::NotPermitted);
        }
        let project = self.store().project(id).await?;
        let mut project = project.ok_or_else(|| FieldError::new("project", "does not exist"))?;
        change(&mut project.settings)?;
        let deed = Deed::Changed { project: Some(id), setting: setting.to_owned(), before: None, after };
        let put = Change::PutProject(Box::new(project.clone()));
        self.store().commit(Unit::new().with(put).with(self.deed(by, deed))).await?;
        Ok(project)
    }
}
