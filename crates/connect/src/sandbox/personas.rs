//! The personas: the only numbers that exist in sandbox (contract `sandbox.md`).

use std::sync::LazyLock;

use ringtrue_domain::{PhoneNumber, RiskCode, flow::Conduct};
use ringtrue_engine::{
    model::{Persona, Project},
    ports::Personas,
};

static BUILT_IN: LazyLock<Vec<Persona>> = LazyLock::new(built_in);

/// The persona that has this number in a project's sandbox. The project's own come first, so that a project can
/// give a built-in number another conduct.
pub fn find<'a>(project: &'a Project, phone: &PhoneNumber) -> Option<&'a Persona> {
    all(project).find(|persona| persona.phone == *phone)
}

/// Every persona of a project: its own, then the built-in ones that it does not replace.
pub fn all(project: &Project) -> impl Iterator<Item = &Persona> {
    let own = project.settings.personas.as_slice();
    let replaced = |phone: &PhoneNumber| own.iter().any(|persona| persona.phone == *phone);
    own.iter().chain(BUILT_IN.iter().filter(move |persona| !replaced(&persona.phone)))
}

/// The personas as the engine asks for them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SandboxPersonas;

impl Personas for SandboxPersonas {
    fn find<'a>(&'a self, project: &'a Project, phone: &PhoneNumber) -> Option<&'a Persona> {
        find(project, phone)
    }

    fn all<'a>(&'a self, project: &'a Project) -> Vec<&'a Persona> {
        all(project).collect()
    }
}

fn built_in() -> Vec<Persona> {
    let unaided = |persona| Persona { conduct: Conduct::Unaided, ..persona };
    vec![
        unaided(persona(
            "+12001004011",
            "Sheilakathryn",
            "Butrimovich",
            "everything succeeds, even without a device",
        )),
        unaided(persona(
            "+447968900002",
            "Rozella",
            "Kimpton",
            "everything succeeds, even without a device; international",
        )),
        Persona {
            ownership_fails: true,
            ..persona("+12001004012", "Kurt", "Mathen", "the number is not the person's")
        },
        Persona {
            conduct: Conduct::Refuses,
            ..persona("+12001004013", "Janek", "Ambrogio", "possession fails, whatever is entered or clicked")
        },
        persona("+12001004014", "Lorant", "Nerger", "ordinary: succeeds when the person does what is asked"),
        persona("+12001004015", "Laney", "Dyball", "ordinary: succeeds when the person does what is asked"),
        Persona {
            network: Some(true),
            ..persona("+12001004016", "Inge", "Galier", "silent network authentication succeeds")
        },
        Persona {
            network: Some(false),
            ..persona(
                "+12001004017",
                "Jesse",
                "Mashro",
                "silent network authentication fails, a code takes over",
            )
        },
        Persona {
            risks: vec![RiskCode::VoipLine],
            ..persona(
                "+12001004018",
                "Barbaraanne",
                "Canet",
                "the line is non-fixed VoIP: risk fails with 9134",
            )
        },
        Persona {
            risks: vec![RiskCode::SimSwapped],
            ..persona(
                "+12001004041",
                "Penny",
                "Jowers",
                "the SIM was swapped an hour ago: risk fails with 9135",
            )
        },
        persona("+12001004031", "Merla", "Schumacher", "monitored: ready for simulated change events"),
    ]
}

fn persona(phone: &str, first_name: &str, last_name: &str, outcome: &str) -> Persona {
    Persona {
        phone: phone.parse().expect("a built-in number is E.164"),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        outcome: outcome.to_owned(),
        conduct: Conduct::Ordinary,
        ownership_fails: false,
        network: None,
        risks: vec![],
        timeline: vec![],
    }
}
