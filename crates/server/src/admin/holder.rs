//! Who calls: automation with an access key, and the project and environment that its call is about.

use std::marker::PhantomData;

use axum::{extract::FromRequestParts, http::request::Parts};
use ringtrue_domain::{ProjectId, flow::Environment, member::Permission, secret::Digest};
use ringtrue_engine::{
    By, Key,
    model::{KeyHolder, KeyScope, Project, StoredProject},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{
        ApiError, Code,
        auth::{Counted, bearer, count},
        parts::Path,
    },
    state::App,
};

/// Automation whose key is good and within its limit.
#[derive(Clone, Copy)]
pub(super) struct Holder(KeyHolder);

impl Holder {
    /// Who changes something.
    pub(super) fn by(&self) -> By<'_> {
        By::Key(&self.0)
    }

    /// Whether the key's role permits something.
    pub(super) fn may(&self, what: Permission) -> bool {
        self.by().may(what)
    }

    /// Refuses what the key's role does not permit.
    fn must(&self, what: Permission) -> Result<(), ApiError> {
        if self.may(what) {
            return Ok(());
        }
        let role = self.0.role.as_str();
        Err(ApiError::new(Code::Forbidden, format!("not permitted to access keys with the role {role}")))
    }
}

impl FromRequestParts<App> for Holder {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(*known);
        }
        let missing =
            || ApiError::new(Code::Unauthorized, "Authorization: needs an access key as bearer token");
        let token = bearer(&parts.headers).ok_or_else(missing)?;
        let holder = app.engine.key_holder(token).await?;
        count(app, parts, Counted::AccessKey(holder.key))?;
        parts.extensions.insert(Self(holder));
        Ok(Self(holder))
    }
}

/// Refuses whoever has not the permission that `N` names, before anything else of the request is looked at.
pub(super) struct May<N>(PhantomData<N>);

/// A permission as a type.
pub(super) trait Needs {
    const PERMISSION: Permission;
}

macro_rules! needs {
    ($($name:ident)+) => {
        /// Permissions as types.
        pub(super) mod needs {
            $(pub(in crate::admin) struct $name;

            impl super::Needs for $name {
                const PERMISSION: super::Permission = super::Permission::$name;
            })+
        }
    };
}

needs! {
    SeeProjects SeeVerifications SeeIdentities ManageProjects ManageCredentials ManageWebhooks UseSandbox Unmask
    ManageIdentities Erase ManageTeam SeeAudit
}

impl<N: Needs> FromRequestParts<App> for May<N> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Holder::from_request_parts(parts, app).await?.must(N::PERMISSION)?;
        Ok(Self(PhantomData))
    }
}

/// The beginning of most paths.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct PlaceParams {
    /// the project's id
    project: String,
    /// `sandbox` or `production`
    environment: String,
}

/// Automation at one environment of a project that there is.
pub(super) struct At {
    holder: Holder,
    pub(super) project: Project,
    pub(super) environment: Environment,
}

impl FromRequestParts<App> for At {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let holder = Holder::from_request_parts(parts, app).await?;
        let Path(PlaceParams { project, environment }) = Path::from_request_parts(parts, app).await?;
        let id: ProjectId = project.parse().map_err(|_| none("project"))?;
        let known = app.engine.store().project(id).await.map_err(ringtrue_engine::Error::from)?;
        let environment = match environment.as_str() {
            "sandbox" => Environment::Sandbox,
            "production" => Environment::Production,
            _ => return Err(none("environment")),
        };
        Ok(Self { holder, project: known.ok_or_else(|| none("project"))?, environment })
    }
}

impl At {
    /// Whose things are meant.
    pub(super) fn scope(&self) -> KeyScope {
        KeyScope { project: self.project.id, environment: self.environment }
    }

    /// Who changes something.
    pub(super) fn by(&self) -> By<'_> {
        self.holder.by()
    }

    /// Whether the key's role permits something.
    pub(super) fn may(&self, what: Permission) -> bool {
        self.holder.may(what)
    }

    /// Refuses what only sandbox has.
    pub(super) fn sandbox_only(&self) -> Result<(), ApiError> {
        match self.environment {
            Environment::Sandbox => Ok(()),
            Environment::Production => Err(none("thing in production")),
        }
    }

    /// Refuses what only production has.
    pub(super) fn production_only(&self) -> Result<(), ApiError> {
        match self.environment {
            Environment::Production => Ok(()),
            Environment::Sandbox => Err(none("thing in sandbox")),
        }
    }

    /// The idempotency key of a request, apart from those of the project's back ends.
    pub(super) fn key(&self, once: Once, body: &[u8]) -> Result<Option<Key>, ApiError> {
        let Some(header) = once.header else { return Ok(None) };
        // What is wrong with it is told as of the header itself.
        Key::new(self.scope(), &header, &once.path, body)?;
        Ok(Some(Key::new(self.scope(), &apart(&header), &once.path, body)?))
    }
}

/// A header's value as no back end sends it. One that would be longer than a key may be stands there by its digest.
fn apart(header: &[u8]) -> Vec<u8> {
    const MAX_BYTES: usize = 255;
    let ours = [b"admin ".as_slice(), header].concat();
    if ours.len() <= MAX_BYTES {
        return ours;
    }
    format!("admin#{}", Digest::of(header).to_hex()).into_bytes()
}

/// The `Idempotency-Key` of a request, when it has one.
pub(super) struct Once {
    header: Option<Vec<u8>>,
    path: String,
}

impl FromRequestParts<App> for Once {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let header = parts.headers.get("idempotency-key").map(|value| value.as_bytes().to_vec());
        Ok(Self { header, path: parts.uri.path().to_owned() })
    }
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// What the end of the path names. What cannot be read names nothing.
pub(super) struct Id<T>(pub(super) T);

impl<T: std::str::FromStr + Send> FromRequestParts<App> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path(Named { id }) = Path::from_request_parts(parts, app).await?;
        id.parse().map(Self).map_err(|_| none("thing"))
    }
}

/// A project, and what the end of the path names below it.
pub(super) struct Of<T>(pub(super) StoredProject, pub(super) T);

impl<T: std::str::FromStr + Send> FromRequestParts<App> for Of<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Path((project, rest)) = Path::<(String, String)>::from_request_parts(parts, app).await?;
        let project = stored(app, project.parse().map_err(|_| none("project"))?).await?;
        Ok(Self(project, rest.parse().map_err(|_| none("thing"))?))
    }
}

/// A project with its version.
pub(super) async fn stored(app: &App, id: ProjectId) -> Result<StoredProject, ApiError> {
    let known = app.engine.store().stored_project(id).await.map_err(ringtrue_engine::Error::from)?;
    known.ok_or_else(|| none("project"))
}

/// There is no such thing.
pub(super) fn none(what: &str) -> ApiError {
    ApiError::new(Code::NotFound, format!("there is no such {what}"))
}

/// A field that must be there.
pub(super) fn required<T>(field: &'static str, value: Option<T>) -> Result<T, ApiError> {
    value.ok_or_else(|| ApiError::field(field, "is required"))
}

/// A text of a request as what it stands for.
pub(super) fn read<T: std::str::FromStr>(
    field: &'static str,
    rule: &'static str,
    text: Option<&str>,
) -> Result<Option<T>, ApiError> {
    text.map(|text| text.parse().map_err(|_| ApiError::field(field, rule))).transpose()
}
