//! Ownership from the server's own registry of subscribers.

use std::sync::Arc;

use async_trait::async_trait;
use ringtrue_domain::{Findings, LineType, PhoneNumber, RiskCode, identity::Line, name::compare};
use ringtrue_engine::{
    model::{LineStatus, Project},
    ports::{Fault, IdentitySource, Question, Store},
};

use crate::fault::from_store;

/// Answers from the subscribers that the operator of this server has loaded.
pub struct RegistryIdentity {
    store: Arc<dyn Store>,
}

impl RegistryIdentity {
    /// A source that reads from `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl IdentitySource for RegistryIdentity {
    async fn owners(&self, question: Question<'_>) -> Result<Findings, Fault> {
        let subscriber = self.store.subscriber(question.phone).await.map_err(from_store)?;
        // A number that was given back is nobody's, whatever name is still written beside it.
        let Some(subscriber) = subscriber.filter(|known| known.status != LineStatus::Disconnected) else {
            return Ok(Findings::unknown_number());
        };
        Ok(Findings {
            number_known: true,
            name: compare(question.name, &subscriber.name),
            risks: subscriber.line_type.and_then(risks),
            carrier: subscriber.carrier,
            line_type: subscriber.line_type,
            country: subscriber.country,
        })
    }

    async fn line(&self, phone: &PhoneNumber, _project: &Project) -> Result<Option<Line>, Fault> {
        let subscriber = self.store.subscriber(phone).await.map_err(from_store)?;
        Ok(subscriber.map(|known| known.line()))
    }

    fn is_local(&self) -> bool {
        true
    }
}

/// A line of unknown kind is not an innocent one: then the registry says nothing about risk.
fn risks(line: LineType) -> Option<Vec<RiskCode>> {
    match line {
        LineType::Unknown => None,
        line if line.is_loose_voip() => Some(vec![RiskCode::VoipLine]),
        _ => Some(vec![]),
    }
}
