//! All of a project's own personas as a file, the one that `ringtrue project personas` takes.

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use ringtrue_engine::{Error, model::Expect};
use serde::Deserialize;

use crate::{
    http::body::MAX_BATCH_BYTES,
    personas_file,
    portal::{
        desk::{Place, Section, Shell},
        fault::{PageError, Problem, mistake},
        flash::{Flash, go},
        form_page,
        guard::{Form, Posted},
        parts::{counted, filled},
        session::Permission,
    },
    state::App,
};

/// Bytes of a text that is shown again beside what is wrong with it: pages stay small, and who sent more has the file.
const MAX_SHOWN_BYTES: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "portal/personas_file.html")]
struct FilePage {
    shell: Shell,
    path: String,
    own: usize,
    /// What the file replaces: another version means that somebody else was faster.
    version: u64,
    text: String,
    problem: Option<Problem>,
}

/// All of them, to be kept elsewhere or changed and brought back.
pub(in crate::portal) async fn download(place: Place) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let text = personas_file::write(&place.project.settings.personas);
    let text = text.map_err(|error| Error::Bug(error.into()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"personas.json\""),
    ];
    Ok((headers, text).into_response())
}

/// A form for a file.
pub(in crate::portal) async fn ask_file(State(app): State<App>, place: Place) -> Result<Response, PageError> {
    place.must(Permission::ManageProjects)?;
    place.sandbox_only()?;
    let stored = app.engine.store().stored_project(place.project.id).await?;
    let version = stored.ok_or_else(|| PageError::not_found("project"))?.version;
    asked(&place, version, String::new(), None)
}

fn asked(place: &Place, version: u64, text: String, problem: Option<Problem>) -> Result<Response, PageError> {
    let is_wrong = problem.is_some();
    let page = FilePage {
        shell: place.below(Section::Personas, "Personas from a file"),
        path: place.path("personas"),
        own: place.project.settings.personas.len(),
        version,
        text: if text.len() > MAX_SHOWN_BYTES { String::new() } else { text },
        problem,
    };
    form_page(&page, is_wrong)
}

#[derive(Deserialize)]
pub(in crate::portal) struct File {
    version: u64,
    personas: String,
}

impl Form for File {
    const NEEDS: Permission = Permission::ManageProjects;
    const MAX_BYTES: usize = MAX_BATCH_BYTES;
}

/// Takes a file over as a whole.
pub(in crate::portal) async fn take_file(
    State(app): State<App>,
    place: Place,
    Posted(File { version, personas }): Posted<File>,
) -> Result<Response, PageError> {
    place.sandbox_only()?;
    let wrong = |text: String| Problem::new("personas", text);
    let Some(text) = filled(&personas) else {
        let text = "Choose a file or paste its text. An empty list is [].".to_owned();
        return asked(&place, version, personas, Some(wrong(text)));
    };
    let read = match personas_file::read(text.as_bytes()) {
        Ok(read) => read,
        Err(place_of_it) => {
            let text = format!("The file cannot be read: {place_of_it}.");
            return asked(&place, version, personas, Some(wrong(text)));
        }
    };
    let meant = Expect::Version(version);
    match mistake(app.engine.set_personas(place.by(), place.project.id, read, meant).await)? {
        Ok(stored) => {
            let count = counted(stored.project.settings.personas.len() as u64, "persona");
            go(&place.path("personas"), &Flash::good(format!("The project has {count} of its own now.")))
        }
        Err(problem) => asked(&place, version, personas, Some(problem)),
    }
}
