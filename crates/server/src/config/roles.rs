//! Which parts of the service a node does.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

/// One part of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What back ends call, `/token` and `/v3`, and what carriers and vendors do, `/feed`.
    Api,
    /// What the person's devices call: `/v1/client`, `/l/`, `/sdk/`.
    Device,
    /// Pages for people who look on: start page, virtual handset.
    Portal,
    /// Jobs whose time has come, files in directories of feeds, and purging. Answers nobody.
    Worker,
}

impl Role {
    const ALL: [Self; 4] = [Self::Api, Self::Device, Self::Portal, Self::Worker];

    /// The role's name in the configuration.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Device => "device",
            Self::Portal => "portal",
            Self::Worker => "worker",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Some roles, at least one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Roles(u8);

impl Roles {
    /// Everything, as on a node that is alone.
    pub(crate) const ALL: Self =
        Self(Role::Api.bit() | Role::Device.bit() | Role::Portal.bit() | Role::Worker.bit());

    /// Whether a role is among them.
    pub(crate) const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether one of them answers requests of others than operators.
    pub(crate) const fn listens(self) -> bool {
        self.0 & !Role::Worker.bit() != 0
    }

    fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut bits = 0;
        for name in names {
            let role = Role::ALL.into_iter().find(|role| role.name() == name);
            bits |= role
                .ok_or_else(|| format!("unknown role {name:?}, only {} are known", listed(Self::ALL)))?
                .bit();
        }
        if bits == 0 {
            Err(format!("must name one of {} at least", listed(Self::ALL)))
        } else {
            Ok(Self(bits))
        }
    }
}

fn listed(roles: Roles) -> String {
    let names = Role::ALL.into_iter().filter(|role| roles.has(*role)).map(Role::name);
    names.collect::<Vec<_>>().join(", ")
}

impl Default for Roles {
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&listed(*self))
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Roles {
    type Err = String;

    /// Reads names between commas.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::of(text.split(',').map(str::trim).filter(|name| !name.is_empty()))
    }
}

impl<'de> Deserialize<'de> for Roles {
    /// Reads a list of names, or as in the environment names between commas.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> de::Visitor<'de> for Names {
            type Value = Roles;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of roles")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Roles, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Roles, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = list.next_element::<String>()? {
                    names.push(name);
                }
                Roles::of(names.iter().map(String::as_str)).map_err(de::Error::custom)
            }
        }

        deserializer.deserialize_any(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_text() {
        let roles: Roles = "api, worker".parse().unwrap();
        assert!(roles.has(Role::Api) && roles.has(Role::Worker) && !roles.has(Role::Device));
        assert_eq!((roles.to_string(), roles.listens()), ("api, worker".to_owned(), true));
        assert!(!"worker".parse::<Roles>().unwrap().listens());
        assert_eq!("worker,portal,device,api".parse(), Ok(Roles::ALL));
    }

    #[test]
    fn nonsense_is_refused() {
        let error = |text: &str| text.parse::<Roles>().unwrap_err();
        assert_eq!(
            error("api,wroker"),
            "unknown role \"wroker\", only api, device, portal, worker are known"
        );
        for empty in ["", " ", ","] {
            assert_eq!(error(empty), "must name one of api, device, portal, worker at least");
        }
    }
}
