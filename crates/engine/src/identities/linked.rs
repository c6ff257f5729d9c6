//! Identities of the same number in projects that are linked.

use ringtrue_domain::{IdentityId, ProjectId};

use super::list::{MAX_OF_NUMBER, OfNumber};
use crate::{
    Engine, Error,
    model::{Caller, KeyScope},
};

/// An identity of another project.
#[derive(Debug)]
pub struct LinkedIdentity {
    /// The other project's name.
    pub project_name: String,
    /// The other project.
    pub project: ProjectId,
    /// The identity.
    pub id: IdentityId,
}

impl Engine {
    /// The identities of an identity's number, in the same environment of the projects that the caller's is linked
    /// with. A link that only one side wants is none.
    pub async fn linked_identities(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<OfNumber<LinkedIdentity>, Error> {
        let phone = self.named(caller.scope(), id).await?.identity.phone;
        let mut found = Vec::new();
        for other in &caller.project.settings.linked {
            let Some(other) = self.store().project(*other).await? else { continue };
            if other.id == caller.project.id || !other.settings.linked.contains(&caller.project.id) {
                continue;
            }
            let scope = KeyScope { project: other.id, environment: caller.environment };
            let room = (MAX_OF_NUMBER + 1).saturating_sub(found.len());
            let theirs = self.store().identities_of(scope, &phone, room).await?;
            found.extend(theirs.into_iter().map(|identity| LinkedIdentity {
                project_name: other.name.clone(),
                project: other.id,
                id: identity.id,
            }));
        }
        Ok(OfNumber::cut(found))
    }
}
