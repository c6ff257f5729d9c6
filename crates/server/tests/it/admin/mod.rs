//! The admin API, by automation with access keys.

mod go_live;
mod links;
mod person;
mod personas;
mod problems;
mod projects;
mod roles;
mod team;
mod texts;
mod watching;

use ringtrue_domain::member::Role;
use ringtrue_engine::By;

use crate::client::{Api, World};

/// A client with an access key of this role.
async fn automation(world: &World, role: Role) -> Api {
    let made = world.engine().make_access_key(By::Operator, "Terraform", role, 30).await.unwrap();
    world.api.bearing(made.token.expose())
}

/// The path of the sandbox project.
async fn project(world: &World) -> String {
    let id = world.engine().caller(world.api.token()).await.unwrap().project.id;
    format!("/admin/v1/projects/{id}")
}
