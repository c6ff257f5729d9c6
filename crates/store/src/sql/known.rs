//! What was opened a moment ago, by the mark of the sealed body that it came from. A read names the mark, and the body
//! travels only if it is another one by now. So nothing here can be stale: it saves carrying, opening and parsing, never
//! the question.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringtrue_domain::{FlowId, ProjectId, flow::Flow, secret::Digest};
use ringtrue_engine::model::Project;

use super::recent::{Generations, Learnt};
use crate::seal::Mark;

/// Something opened, and the mark of its sealed body.
#[derive(Debug)]
pub(super) struct Opened<T> {
    pub(super) mark: Mark,
    pub(super) value: Arc<T>,
}

impl<T> Clone for Opened<T> {
    fn clone(&self) -> Self {
        Self { mark: self.mark, value: Arc::clone(&self.value) }
    }
}

#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Maps>);

#[derive(Debug, Default)]
struct Maps {
    flows: Generations<FlowId, Opened<Flow>>,
    projects: Generations<ProjectId, Opened<Project>>,
    /// Whose token it was.
    tokens: Generations<[u8; 32], ProjectId>,
}

impl Known {
    pub(super) fn flow(&self, id: FlowId) -> Option<Opened<Flow>> {
        self.maps().flows.get(&id)
    }

    pub(super) fn project(&self, id: ProjectId) -> Option<Opened<Project>> {
        self.maps().projects.get(&id)
    }

    /// The project that a token was found to be of.
    pub(super) fn project_of(&self, token: Digest) -> Option<Opened<Project>> {
        let maps = self.maps();
        maps.projects.get(&maps.tokens.get(token.as_bytes())?)
    }

    pub(super) fn put_flow(&self, id: FlowId, flow: Opened<Flow>) {
        self.maps().flows.put(id, flow);
    }

    pub(super) fn put_project(&self, id: ProjectId, project: Opened<Project>) {
        self.maps().projects.put(id, project);
    }

    pub(super) fn put_token(&self, token: Digest, project: ProjectId) {
        self.maps().tokens.put(*token.as_bytes(), project);
    }

    /// Takes over what was committed.
    pub(super) fn learn(&self, learnt: Vec<Learnt>) {
        let mut maps = self.maps();
        for learnt in learnt {
            if let Learnt::Flow { mark, flow, .. } = learnt {
                maps.flows.put(flow.id(), Opened { mark, value: flow });
            }
        }
    }

    fn maps(&self) -> MutexGuard<'_, Maps> {
        // Every statement leaves the maps whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
