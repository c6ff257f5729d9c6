//! Invitations, roles, and who leaves.

use std::{sync::Arc, time::Duration};

use ringtrue_domain::{
    FlowId,
    member::{InvitationState, Role},
};
use ringtrue_engine::{
    Engine, SignedIn,
    model::{Deed, Way},
};

use super::{AGENT, complaint, deeds, first_owner, joined, not_permitted, unauthorized, world};
use crate::world::pass;

const LAST_OWNER: &str = "member: must stay owner: a team needs one, make somebody else owner first";

#[tokio::test(start_paused = true)]
async fn an_invitation_makes_a_member_with_its_role() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let invited = engine.invite(&ada, "Bob@team.example", Role::Analyst).await.unwrap();
    let token = invited.token.expose();
    assert_eq!(engine.look_at_invitation(token).await.unwrap(), invited.invitation);
    assert_eq!(
        complaint(engine.accept_invitation(token, " ", AGENT).await),
        "name: must be 1 to 80 characters without control characters"
    );
    let (session, bob) = engine.accept_invitation(token, "Bob", AGENT).await.unwrap();
    assert_eq!((bob.member.role, bob.member.email.expose()), (Role::Analyst, "Bob@team.example"));
    assert_eq!(engine.session(session.expose()).await.unwrap().as_ref(), Some(&bob));
    assert!(unauthorized(&engine.accept_invitation(token, "Eve", AGENT).await));
    let (member, invitation) = (bob.member.id, invited.invitation.id);
    let noted = deeds(&engine, &ada).await;
    assert_eq!(
        noted[noted.len() - 3..],
        [
            Deed::Invited { invitation, role: Role::Analyst },
            Deed::Joined { member, role: Role::Analyst, invitation: Some(invitation) },
            Deed::SignedIn { session: bob.session, way: Way::Invitation },
        ]
    );
    let state = engine.invitations(&ada, None, 50).await.unwrap()[0].state;
    assert_eq!(state, InvitationState::Accepted { member, at: bob.member.created_at });
    assert_eq!(
        complaint(engine.invite(&ada, "bob@TEAM.example", Role::Owner).await),
        "email: must not belong to a member already"
    );
}

#[tokio::test(start_paused = true)]
async fn an_invitation_is_void_when_it_expired_or_was_taken_back() {
    const WEEK: Duration = Duration::from_hours(7 * 24);
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let old = engine.invite(&ada, "a@team.example", Role::Analyst).await.unwrap();
    pass(WEEK.checked_sub(Duration::from_secs(1)).unwrap()).await;
    assert!(engine.look_at_invitation(old.token.expose()).await.is_ok());
    pass(Duration::from_secs(1)).await;
    assert!(unauthorized(&engine.look_at_invitation(old.token.expose()).await));
    assert!(unauthorized(&engine.accept_invitation(old.token.expose(), "A", AGENT).await));

    let revoked = engine.invite(&ada, "b@team.example", Role::Analyst).await.unwrap();
    engine.revoke_invitation(&ada, revoked.invitation.id).await.unwrap();
    engine.revoke_invitation(&ada, revoked.invitation.id).await.unwrap();
    assert!(unauthorized(&engine.accept_invitation(revoked.token.expose(), "B", AGENT).await));
    // Another one to the same address takes the place of the first.
    let first = engine.invite(&ada, "c@team.example", Role::Owner).await.unwrap();
    let second = engine.invite(&ada, "C@team.example", Role::ReadOnly).await.unwrap();
    assert!(unauthorized(&engine.accept_invitation(first.token.expose(), "C", AGENT).await));
    assert!(engine.accept_invitation(second.token.expose(), "C", AGENT).await.is_ok());
    let taken_back = |deed: &Deed| matches!(deed, Deed::InvitationRevoked { .. });
    assert_eq!(deeds(&engine, &ada).await.iter().filter(|deed| taken_back(deed)).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_invitation_is_void_when_its_maker_may_not_invite_any_more() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, bob) = joined(&engine, &ada, "bob", Role::Owner).await;
    let invited = engine.invite(&bob, "eve@team.example", Role::Owner).await.unwrap();
    engine.change_role(&ada, bob.member.id, Role::Developer).await.unwrap();
    assert!(unauthorized(&engine.accept_invitation(invited.token.expose(), "Eve", AGENT).await));
    // He is still signed in as what he was; what he is counts.
    assert!(not_permitted(&engine.invite(&bob, "eve@team.example", Role::Owner).await));
    engine.remove_member(&ada, bob.member.id).await.unwrap();
    assert!(unauthorized(&engine.invite(&bob, "eve@team.example", Role::Owner).await));
}

#[tokio::test(start_paused = true)]
async fn the_last_owner_stays() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (token, bob) = joined(&engine, &ada, "bob", Role::Developer).await;
    for role in [Role::Developer, Role::Analyst, Role::ReadOnly] {
        assert_eq!(complaint(engine.change_role(&ada, ada.member.id, role).await), LAST_OWNER);
    }
    assert_eq!(complaint(engine.remove_member(&ada, ada.member.id).await), LAST_OWNER);
    assert!(engine.change_role(&ada, ada.member.id, Role::Owner).await.is_ok(), "nothing changes");
    engine.change_role(&ada, bob.member.id, Role::Owner).await.unwrap();
    let bob = engine.session(token.expose()).await.unwrap().unwrap();
    engine.remove_member(&ada, ada.member.id).await.unwrap();
    assert_eq!(complaint(engine.remove_member(&bob, bob.member.id).await), LAST_OWNER);
    assert_eq!(complaint(engine.remove_member(&bob, ada.member.id).await), "member: does not exist");
    let noted = deeds(&engine, &bob).await;
    let (member, before, after) = (bob.member.id, Role::Developer, Role::Owner);
    assert_eq!(
        noted[noted.len() - 2..],
        [
            Deed::RoleChanged { member, before, after },
            Deed::Removed { member: ada.member.id, role: Role::Owner },
        ]
    );
}

/// Two owners who take the role from each other at once, on two nodes, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_owners_do_not_leave_a_team_without_one() {
    let world = world().await;
    let (one, other) = (world.engine(), world.another_node().engine);
    let mut ada = first_owner(&one).await;
    let (_, mut bob) = joined(&one, &ada, "bob", Role::Owner).await;
    for round in 0..50 {
        let demote = |engine: &Arc<Engine>, by: &SignedIn, whom| {
            let (engine, by) = (Arc::clone(engine), by.clone());
            tokio::spawn(async move { engine.change_role(&by, whom, Role::Analyst).await })
        };
        let (first, second) = (demote(&one, &ada, bob.member.id), demote(&other, &bob, ada.member.id));
        let (first, second) = (first.await.unwrap(), second.await.unwrap());
        assert_ne!(first.is_ok(), second.is_ok(), "round {round}: {first:?}, {second:?}");
        if second.is_ok() {
            (ada, bob) = (bob, ada);
        }
        // Ada is the one who stayed.
        one.change_role(&ada, bob.member.id, Role::Owner).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_no_owner_changes_nothing_and_is_told_nothing() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let open = engine.invite(&ada, "open@team.example", Role::ReadOnly).await.unwrap().invitation;
    for (name, role) in [("d", Role::Developer), ("a", Role::Analyst), ("r", Role::ReadOnly)] {
        let (_, they) = joined(&engine, &ada, name, role).await;
        let before = deeds(&engine, &ada).await;
        assert!(not_permitted(&engine.members(&they).await));
        assert!(not_permitted(&engine.invitations(&they, None, 50).await));
        assert!(not_permitted(&engine.invite(&they, "x@team.example", Role::ReadOnly).await));
        assert!(not_permitted(&engine.revoke_invitation(&they, open.id).await));
        assert!(not_permitted(&engine.change_role(&they, they.member.id, Role::Owner).await));
        assert!(not_permitted(&engine.remove_member(&they, ada.member.id).await));
        assert!(not_permitted(&engine.admin_entries(&they, None, 9).await));
        assert_eq!(deeds(&engine, &ada).await, before);
        let unmasked = engine.note_unmasking(&they, FlowId::from_bytes([1; 16])).await;
        assert_eq!(unmasked.is_ok(), role == Role::Analyst);
    }
}
