//! A server in this process, with a sandbox project and a client for it.

use std::{ops::Deref, sync::Arc};

use http::StatusCode;
use ringtrue::testing::TestServer;
use ringtrue_domain::{FlowId, flow::Environment, member::Role};
use ringtrue_engine::{
    By, Engine, ProjectRules,
    model::{Expect, Limits, PerNumber, ProjectSettings},
};
use tempfile::TempDir;

use super::{Api, Follower, Sandbox, door::Door, eventually, tally};

/// A server in this process. When it is dropped, its queue must be empty and nothing may have been its fault.
pub(crate) struct World {
    server: TestServer,
    /// The back end of the sandbox project.
    sandbox: Sandbox,
    directory: Arc<TempDir>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::over(Arc::new(tempfile::tempdir().unwrap()), None).await
    }

    /// A server that everybody reaches at an origin such as `https://ring.example`.
    pub(crate) async fn reached_at(origin: &str) -> Self {
        Self::over(Arc::new(tempfile::tempdir().unwrap()), Some(origin)).await
    }

    /// Another server on the same directory, as after a restart or as a second node.
    pub(crate) async fn again(&self) -> Self {
        Self::over(Arc::clone(&self.directory), None).await
    }

    async fn over(directory: Arc<TempDir>, origin: Option<&str>) -> Self {
        tally::start();
        let server = TestServer::reached_at(directory.path(), origin).await.unwrap();
        let (id, secret) = server.credentials.clone();
        let api = Api::new(Door::Router(server.router()), &ringtrue::testing::openapi())
            .signed_in(&id, &secret)
            .await;
        Self { server, sandbox: Sandbox { api }, directory }
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        self.server.engine()
    }

    /// Opens a console in the browser of somebody who sends this cookie.
    pub(crate) async fn follow(&self, path: &str, cookie: &str) -> Result<Follower, StatusCode> {
        Follower::in_process(self.server.router(), path, cookie).await
    }

    /// The cookie of somebody who is signed in to the portal.
    pub(crate) async fn sign_in(&self, role: Role) -> String {
        self.server.sign_in(role).await.unwrap()
    }

    /// `client_id` and `client_secret` of the sandbox project.
    pub(crate) fn credentials(&self) -> (&str, &str) {
        (&self.server.credentials.0, &self.server.credentials.1)
    }

    /// A client of another project.
    pub(crate) async fn other_project(&self, environment: Environment) -> Api {
        let project =
            self.engine().create_project(By::Operator, "Other", ProjectSettings::default()).await.unwrap();
        let fresh =
            self.engine().create_credential(By::Operator, project.id, environment, None).await.unwrap();
        self.api.signed_in(&fresh.id.to_string(), fresh.secret.expose()).await
    }

    /// A client of the same project's production environment.
    pub(crate) async fn production(&self) -> Api {
        let project = self.engine().caller(self.api.token()).await.unwrap().project.id;
        let fresh = self
            .engine()
            .create_credential(By::Operator, project, Environment::Production, None)
            .await
            .unwrap();
        self.api.signed_in(&fresh.id.to_string(), fresh.secret.expose()).await
    }

    /// Limits the verifications of the project.
    pub(crate) async fn limit(&self, per_hour: Option<u32>, per_day: Option<u32>, countries: &[&str]) {
        let project = self.engine().caller(self.api.token()).await.unwrap().project;
        let countries = countries.iter().map(|country| (*country).to_owned()).collect();
        let limits = Limits { per_number: PerNumber { per_hour, per_day }, countries };
        let rules = ProjectRules { limits, ..ProjectRules::of(&project.settings) };
        let put =
            self.engine().put_project(By::Operator, project.id, &project.name, rules, Expect::Any).await;
        put.unwrap();
    }

    /// How often a flow was written.
    pub(crate) async fn version(&self, id: &str) -> u64 {
        let id: FlowId = id.parse().unwrap();
        self.engine().store().flow(id).await.unwrap().unwrap().version
    }
}

impl Deref for World {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let engine = Arc::clone(self.engine());
        let drained = async move {
            // A store that the test has closed has nothing more to say.
            let empty =
                || async { (engine.store().jobs_open().await.unwrap_or_default() == 0).then_some(()) };
            eventually("an empty queue", empty).await;
        };
        // A runtime of its own: this one may have a single thread, which is busy here.
        let waiting = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(drained);
        });
        assert!(waiting.join().is_ok(), "jobs are left over");
        assert_eq!(tally::counted("ringtrue_bugs_total"), 0);
    }
}
