//! The logo that the page of a link shows.

use ringtrue_domain::{Logo, ProjectId, member::Permission, secret::Digest};

use crate::{
    Engine, Error,
    model::{By, Project},
    ports::Change,
};

impl Engine {
    /// Gives a project a logo, in place of the one that it has.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] as [`Logo::parse`] names it; [`Error::NotPermitted`].
    pub async fn put_logo(&self, by: impl Into<By<'_>>, id: ProjectId, image: Vec<u8>) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let logo = Logo::parse(image)?;
        let digest = Digest::of(logo.bytes());
        let known = self.store().project(id).await?;
        if known.is_some_and(|known| known.settings.logo == Some(digest)) {
            return Ok(());
        }
        let write = |project: &mut Project| {
            let before = project.settings.logo.replace(digest);
            Ok(("logo", before.as_ref().map(Digest::to_hex), Some(digest.to_hex())))
        };
        let with = || vec![Change::SetLogo { project: id, image: Some(logo.bytes().to_vec()) }];
        self.rewrite_with(by, id, write, with).await
    }

    /// Takes a project's logo away, if it has one.
    pub async fn remove_logo(&self, by: impl Into<By<'_>>, id: ProjectId) -> Result<(), Error> {
        let by = by.into();
        by.must(Permission::ManageProjects)?;
        let known = self.store().project(id).await?;
        if known.is_some_and(|known| known.settings.logo.is_none()) {
            return Ok(());
        }
        let write = |project: &mut Project| {
            let before = project.settings.logo.take();
            Ok(("logo", before.as_ref().map(Digest::to_hex), None))
        };
        self.rewrite_with(by, id, write, || vec![Change::SetLogo { project: id, image: None }]).await
    }

    /// A project's logo, if it has one, and the digest of its bytes.
    pub async fn logo(&self, id: ProjectId) -> Result<Option<(Digest, Logo)>, Error> {
        let Some(image) = self.store().logo(id).await? else { return Ok(None) };
        let digest = Digest::of(&image);
        let logo = Logo::parse(image).map_err(|_| Error::bug("a stored logo is none"))?;
        Ok(Some((digest, logo)))
    }
}
