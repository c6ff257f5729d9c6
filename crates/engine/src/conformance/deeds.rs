//! What was done in the portal, as it is kept.

use ringtrue_domain::{
    CredentialId, FlowId, IdentityId, ProjectId,
    flow::Environment,
    member::{AccessKeyId, InvitationId, Role, SessionId},
};

use super::{
    Subject, commit, conflict,
    people::{note, owner},
    sample::{PRODUCTION, SANDBOX, Sample, digest, shifted},
};
use crate::model::{Actor, AdminEntry, CredentialDeed, Deed, IdentityDeed, Member, Trial, Way, WebhookDeed};

/// Everything that can be done.
pub fn every_deed(sample: &Sample, of: &Member) -> Vec<Deed> {
    let (member, role) = (of.id, of.role);
    let (session, invitation) = (SessionId::from_bytes([7; 16]), InvitationId::from_bytes([8; 16]));
    let passkey = digest("passkey");
    let (project, environment) = (ProjectId::from_bytes([10; 16]), Environment::Sandbox);
    let (credential, identity) = (CredentialId::from_bytes([11; 16]), IdentityId::from_bytes([12; 16]));
    let key = AccessKeyId::from_bytes([13; 16]);
    let webhook = |done| Deed::Webhook { project, environment, done };
    vec![
        Deed::LinkMade { member: None },
        Deed::Joined { member, role, invitation: None },
        Deed::SignedIn { session, way: Way::Link },
        Deed::SignInRefused { member, way: Way::RecoveryCode },
        Deed::SignedOut { session },
        Deed::OthersSignedOut { kept: session },
        Deed::Invited { invitation, role },
        Deed::InvitationRevoked { invitation },
        Deed::RoleChanged { member, before: Role::Analyst, after: Role::ReadOnly },
        Deed::Removed { member, role },
        Deed::RecoveryCodesMade { count: 10 },
        Deed::PasskeyAdded { passkey },
        Deed::PasskeyRemoved { passkey },
        Deed::Unmasked { flow: FlowId::from_bytes([9; 16]) },
        Deed::Changed {
            project: Some(sample.project),
            setting: "name".into(),
            before: Some("Größe".into()),
            after: None,
        },
        Deed::AccessKeyMade { key, role },
        Deed::AccessKeyRevoked { key },
        Deed::ProjectCreated { project },
        Deed::Credential { project, environment, credential, done: CredentialDeed::Named },
        webhook(WebhookDeed::Saved { before: None, after: "https://shop.example".into() }),
        webhook(WebhookDeed::Rotated),
        webhook(WebhookDeed::Replayed { delivery: None }),
        Deed::Identity { project, environment, identity, done: IdentityDeed::Deactivated },
        Deed::ClockMoved { project, seconds: 3600 },
        Deed::Simulated { project, identity, steps: 2 },
        Deed::Exported { project: sample.project, environment: PRODUCTION, identities: 1, verifications: 2 },
        Deed::Erased { project: sample.project, environment: SANDBOX, identities: 0, verifications: 3 },
        Deed::Tried { project: sample.project, trial: Trial::Message, good: true },
        Deed::TrialBegun { project: sample.project, trial: Trial::Source },
    ]
}

pub async fn what_was_done_is_paged_newest_first(store: Subject) {
    let mut sample = Sample::default();
    let ada = owner(&store, &mut sample).await;
    let mut entries = Vec::new();
    let deeds = every_deed(&sample, &ada);
    for deed in deeds {
        sample.wall = shifted(sample.wall, 1);
        entries.insert(0, sample.admin_entry(&ada, deed));
    }
    entries[0].who = Actor::Operator;
    entries[1].who = Actor::Nobody;
    commit(&store, entries.iter().map(note)).await;
    conflict(&store, [note(&entries[3])]).await;
    assert_eq!(store.admin_entries(None, 99).await.unwrap(), entries);
    let mut paged = Vec::new();
    while let page @ [_, ..] =
        &*store.admin_entries(paged.last().map(|last: &AdminEntry| last.id), 3).await.unwrap()
    {
        paged.extend_from_slice(page);
    }
    assert_eq!(paged, entries);
}
