//! The logo of the page of a link: uploaded, replaced, taken away.

use axum::{
    extract::{FromRequest, FromRequestParts as _, Request, State},
    response::Response,
};
use ringtrue_domain::FieldError;
use ringtrue_engine::Error;
use serde::Deserialize;

use super::{
    desk::Place,
    fault::{PageError, mistake},
    flash::{Flash, go},
    guard::{self, Form, Posted},
    session::{Permission, Visitor},
    texts, upload,
};
use crate::{http::body, state::App};

/// Bytes of a form with a file that are read; more than a logo may have, so that the page can say so.
const MAX_BYTES: usize = 1024 * 1024;

/// A file that a form of ours sent, by somebody who may.
pub(super) struct Uploaded(Vec<u8>);

impl FromRequest<App> for Uploaded {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (mut parts, sent) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        visitor.must(Permission::ManageProjects)?;
        let raw = body::read(sent, MAX_BYTES).await?;
        let form = upload::read(&parts.headers, &raw, "logo").unwrap_or_default();
        guard::must_be_ours(&visitor, &parts.headers, app, form.csrf.as_deref())?;
        Ok(Self(form.file))
    }
}

/// Takes one.
pub(super) async fn put(
    State(app): State<App>,
    place: Place,
    Uploaded(file): Uploaded,
) -> Result<Response, PageError> {
    let put = if file.is_empty() {
        Err(Error::Field(FieldError::new("logo", "must be chosen first")))
    } else {
        app.engine.put_logo(place.by(), place.project.id, file).await
    };
    match mistake(put)? {
        Ok(()) => {
            go(&place.path("texts"), &Flash::good("The logo was saved. Pages of links show it from now on."))
        }
        Err(problem) => texts::again(&app, &place, problem),
    }
}

#[derive(Deserialize)]
pub(super) struct Remove {}

impl Form for Remove {
    const NEEDS: Permission = Permission::ManageProjects;
}

/// Takes it away.
pub(super) async fn remove(
    State(app): State<App>,
    place: Place,
    Posted(Remove {}): Posted<Remove>,
) -> Result<Response, PageError> {
    app.engine.remove_logo(place.by(), place.project.id).await?;
    go(&place.path("texts"), &Flash::good("The logo was removed."))
}
