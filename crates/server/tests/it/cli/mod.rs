//! Commands of the binary as an operator or a developer gives them.

mod keyboard;
mod listen;
mod projects;
mod receiver;
mod sign_in_link;
mod subscribers;
mod webhook;

use std::path::Path;

use serde_json::Value;

use crate::client::{Api, Process, ringtrue};

/// A project on a running server.
struct Project {
    server: Process,
    id: String,
    directory: tempfile::TempDir,
}

impl Project {
    async fn new(environment: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let server = Process::serve(directory.path(), environment).await;
        let id = create(directory.path(), "Example");
        Self { server, id, directory }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// `clientId` and `clientSecret`.
    fn credential(&self, environment: &str) -> [String; 2] {
        credential(self.path(), &self.id, environment)
    }

    async fn signed_in(&self, environment: &str) -> Api {
        let [id, secret] = self.credential(environment);
        self.server.api.signed_in(&id, &secret).await
    }
}

fn create(directory: &Path, name: &str) -> String {
    word(&ringtrue(directory, &["project", "create", name])["projectId"])
}

fn credential(directory: &Path, project: &str, environment: &str) -> [String; 2] {
    let made =
        ringtrue(directory, &["credentials", "create", "--project", project, "--environment", environment]);
    [word(&made["clientId"]), word(&made["clientSecret"])]
}

#[track_caller]
fn word(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
