//! The owner of the demo's portal, so that looking at it takes one click.

use anyhow::Context as _;
use ringtrue_domain::{member::Role, secret::Clear};
use ringtrue_engine::Engine;

const EMAIL: &str = "owner@demo.example";
const NAME: &str = "Demo owner";
/// The browser of the session in which the owner is made; it is over at once.
const AGENT: &str = "ringtrue demo";

/// The token of a link that signs an owner in, once, within an hour. Where nobody belongs to the team, one is made.
pub(crate) async fn owner_link(engine: &Engine) -> anyhow::Result<Clear> {
    if let Some(first) = engine.first_link().await? {
        let (_, owner) = engine.become_first_owner(first.expose(), EMAIL, NAME, AGENT).await?;
        engine.end_session(&owner).await?;
    }
    let team = engine.store().team().await?;
    let owner = team.members.iter().find(|member| member.role == Role::Owner);
    Ok(engine.link_for(&owner.context("a team has an owner")?.email).await?)
}
