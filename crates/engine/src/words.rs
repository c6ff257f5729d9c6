//! What a project says in its own words, where its links may lead, and which pages may call.

use ringtrue_domain::{
    FieldError, ProjectId,
    member::Permission,
    origin,
    sms::{Wording, check_wordings},
};

use crate::{
    Engine, Error,
    model::{By, Project},
};

/// Origins of a kind at most.
const MAX_ORIGINS: usize = 20;

impl Engine {
    /// Writes a wording of a project; `was` is the language that it had before, if it is there already.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] as [`Wording::checked`] and [`check_wordings`] name it; [`Error::NotPermitted`].
    pub async fn put_wording(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        was: Option<&str>,
        wording: Wording,
    ) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let wording = wording.checked()?;
        let write = |project: &mut Project| {
            let known = &mut project.settings.wordings;
            let before = known.iter().position(|one| Some(one.language.as_str()) == was);
            let told = before.map(|place| told(&known[place]));
            match before {
                Some(place) => known[place] = wording.clone(),
                None => known.push(wording.clone()),
            }
            check_wordings(known)?;
            Ok(("texts", told, Some(self::told(&wording))))
        };
        self.rewrite(by, id, write).await
    }

    /// Takes a wording away, if it is there: people are told in our words again.
    pub async fn remove_wording(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        language: &str,
    ) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let write = |project: &mut Project| {
            project.settings.wordings.retain(|one| one.language != language);
            Ok(("texts", Some(language.to_owned()), None))
        };
        self.rewrite(by, id, write).await
    }

    /// Replaces all wordings of a project.
    ///
    /// # Errors
    ///
    /// As [`Self::put_wording`].
    pub async fn set_wordings(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        wordings: Vec<Wording>,
    ) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let wordings = wordings.into_iter().map(Wording::checked).collect::<Result<Vec<_>, _>>()?;
        check_wordings(&wordings)?;
        let all = |wordings: &[Wording]| Some(wordings.iter().map(told).collect::<Vec<_>>().join("; "));
        let write = |project: &mut Project| {
            let before = std::mem::replace(&mut project.settings.wordings, wordings.clone());
            Ok(("texts", all(&before), all(&wordings)))
        };
        self.rewrite(by, id, write).await
    }

    /// Says where links may lead; nowhere named: anywhere.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `targets`.
    pub async fn set_targets(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        targets: &[String],
    ) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let targets = origins("targets", targets)?;
        let write = |project: &mut Project| {
            let before = std::mem::replace(&mut project.settings.targets, targets.clone());
            Ok(("targets", Some(before.join(" ")), Some(targets.join(" "))))
        };
        self.rewrite(by, id, write).await
    }

    /// Says which pages may call the device API, by their origins; none named: any. Verifications that began before go on
    /// as they began.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] names `origins`.
    pub async fn set_origins(
        &self,
        by: impl Into<By<'_>>,
        id: ProjectId,
        named: &[String],
    ) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let origins = origins("origins", named)?;
        let write = |project: &mut Project| {
            let before = std::mem::replace(&mut project.settings.origins, origins.clone());
            Ok(("origins", Some(before.join(" ")), Some(origins.join(" "))))
        };
        self.rewrite(by, id, write).await
    }
}

/// Origins as they are kept: in one form, each once.
fn origins(field: &'static str, named: &[String]) -> Result<Vec<String>, FieldError> {
    if named.len() > MAX_ORIGINS {
        return Err(FieldError::new(field, "must be at most 20"));
    }
    let mut origins = named.iter().map(|one| origin(field, one)).collect::<Result<Vec<_>, _>>()?;
    origins.sort_unstable();
    origins.dedup();
    Ok(origins)
}

/// A wording in a line of the audit log.
fn told(wording: &Wording) -> String {
    let countries =
        if wording.countries.is_empty() { "others".to_owned() } else { wording.countries.join(" ") };
    format!("{} for {countries}", wording.language)
}
