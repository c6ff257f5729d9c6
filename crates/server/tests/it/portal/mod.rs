//! The portal: what its pages show, and what they refuse.

mod browser;
mod console;
mod entry;
mod files;
mod go_live;
mod guard;
mod limits;
mod links;
mod logo;
mod overview;
mod passkeys;
mod person;
mod personas;
mod sandbox;
mod setup;
mod team;
mod texts;
mod verifications;
mod webhook;

use crate::client::World;

/// The address of the sandbox project's pages.
async fn sandbox_of(world: &World) -> String {
    let project = world.engine().caller(world.api.token()).await.unwrap().project.id;
    format!("/portal/p/{project}/sandbox")
}
