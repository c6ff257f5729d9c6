//! What the tests stand on.
//!
//! [`World`] is a server in this process, [`Process`] the binary itself; both are called through an [`Api`], which
//! holds every answer against the OpenAPI document and the rules of server API §1.

mod api;
mod device;
mod door;
mod follower;
mod patience;
mod probe;
mod process;
mod rules;
mod sandbox;
mod socket;
mod tally;
mod world;

pub(crate) use api::{Answer, Api, form};
pub(crate) use device::Device;
pub(crate) use follower::Follower;
pub(crate) use patience::eventually;
pub(crate) use probe::probe;
pub(crate) use process::{Process, free_address, output, refusal, ringtrue, succeeds};
pub(crate) use sandbox::{Sandbox, Session};
pub(crate) use socket::Socket;
pub(crate) use tally::counted;
pub(crate) use world::World;

use serde_json::{Value, json};

/// A sandbox persona (contract `sandbox.md`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Persona {
    pub(crate) number: &'static str,
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
}

const fn persona(number: &'static str, first: &'static str, last: &'static str) -> Persona {
    Persona { number, first, last }
}

/// Everything succeeds, even when the client SDK is never run.
pub(crate) const SHEILA: Persona = persona("+12001004011", "Sheilakathryn", "Butrimovich");
/// The same, international.
pub(crate) const ROZELLA: Persona = persona("+447968900002", "Rozella", "Kimpton");
/// Ownership fails.
pub(crate) const KURT: Persona = persona("+12001004012", "Kurt", "Mathen");
/// Possession fails.
pub(crate) const JANEK: Persona = persona("+12001004013", "Janek", "Ambrogio");
/// Ordinary.
pub(crate) const LORANT: Persona = persona("+12001004014", "Lorant", "Nerger");
/// Ordinary.
pub(crate) const LANEY: Persona = persona("+12001004015", "Laney", "Dyball");
/// Silent network authentication succeeds.
pub(crate) const INGE: Persona = persona("+12001004016", "Inge", "Galier");
/// Silent network authentication fails.
pub(crate) const JESSE: Persona = persona("+12001004017", "Jesse", "Mashro");
/// Line is non-fixed `VoIP`.
pub(crate) const BARBARAANNE: Persona = persona("+12001004018", "Barbaraanne", "Canet");
/// SIM swapped an hour ago.
pub(crate) const PENNY: Persona = persona("+12001004041", "Penny", "Jowers");

impl Persona {
    /// The smallest good request for a verification of this person.
    pub(crate) fn verify(self, possession: &str) -> Value {
        let mut request = json!({
            "possessionType": possession,
            "phoneNumber": self.number,
            "firstName": self.first,
            "lastName": self.last,
        });
        if possession == "desktop" {
            request["finalTargetUrl"] = json!("https://shop.example/back?order=7");
        }
        request
    }

    /// The same, with a field changed; `null` takes it out.
    pub(crate) fn verify_with(self, possession: &str, field: &str, value: Value) -> Value {
        let mut request = self.verify(possession);
        request[field] = value;
        request
    }
}
