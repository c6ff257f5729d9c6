//! Ownership in sandbox: the personas answer.

use async_trait::async_trait;
use ringtrue_domain::{
    Findings, KnownName, LineType, NameMatch, PhoneNumber, RiskCode, identity::Line, name::compare,
};
use ringtrue_engine::{
    model::{Persona, Project},
    ports::{Fault, IdentitySource, Question},
};

use super::personas;

/// The operator of every persona. No such company should exist.
const CARRIER: &str = "Ringtrue Sandbox Mobile";

/// Answers from the personas of the project that asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SandboxIdentity;

#[async_trait]
impl IdentitySource for SandboxIdentity {
    async fn owners(&self, question: Question<'_>) -> Result<Findings, Fault> {
        let Some(persona) = personas::find(question.project, question.phone) else {
            return Ok(Findings::unknown_number());
        };
        let name = if persona.ownership_fails {
            NameMatch::Mismatch
        } else {
            compare(question.name, &known_name(persona))
        };
        let Line { carrier, line_type, country } = line_of(persona);
        let risks = Some(persona.risks.clone());
        Ok(Findings { number_known: true, name, risks, carrier, line_type, country })
    }

    async fn line(&self, phone: &PhoneNumber, project: &Project) -> Result<Option<Line>, Fault> {
        Ok(personas::find(project, phone).map(line_of))
    }

    fn is_local(&self) -> bool {
        true
    }
}

fn line_of(persona: &Persona) -> Line {
    let voip = persona.risks.contains(&RiskCode::VoipLine);
    Line {
        carrier: Some(CARRIER.to_owned()),
        line_type: Some(if voip { LineType::NonFixedVoip } else { LineType::Mobile }),
        country: country(&persona.phone),
    }
}

fn known_name(persona: &Persona) -> KnownName {
    KnownName {
        first: Some(persona.first_name.clone()),
        last: Some(persona.last_name.clone()),
        ..KnownName::default()
    }
}

/// The area code 200 of most personas belongs to no country of North America's numbering plan; they are American.
fn country(phone: &PhoneNumber) -> Option<String> {
    if phone.expose().starts_with("+1200") { Some("US".to_owned()) } else { phone.country() }
}
