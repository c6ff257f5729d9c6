//! What members and automation change about projects is written down with it; what back ends do is not.

use std::time::Duration;

use ringtrue_domain::{
    FlowId, IdentityId, PhoneNumber,
    flow::Environment,
    member::{AccessKeyId, Role},
    text::Label,
};
use ringtrue_engine::{
    By, Error, Key, MadeCredential, ProjectRules,
    model::{
        Actor, CredentialDeed, Deed, DeliveryQuery, Expect, Identity, IdentityDeed, KeyHolder, KeyScope,
        PauseReason, ProjectSettings, ReplayOf, WebhookDeed,
    },
    ports::{Change, Unit},
};

use super::{deeds, first_owner, joined, not_permitted, world};
use crate::world::number;

const SANDBOX: Environment = Environment::Sandbox;
const URL: &str = "https://shop.example/hook?token=secret";

#[tokio::test(start_paused = true)]
async fn a_projects_changes_are_told_setting_by_setting() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (from, id) = (deeds(&engine, &ada).await.len(), engine.fresh_project_id());
    let put =
        async |name: &str, rules: ProjectRules, meant| engine.put_project(&ada, id, name, rules, meant).await;
    let new = put("Shop", ProjectRules::default(), Expect::Absent).await.unwrap();
    assert!(new.created && new.stored.version == 1);
    let again = put("Shop", ProjectRules::default(), Expect::Any).await.unwrap();
    assert!(!again.created && again.stored == new.stored, "what is so already is no change");
    let rules = ProjectRules { resend_pause_seconds: Some(30), ..ProjectRules::default() };
    let changed = put("Bank", rules.clone(), Expect::Version(1)).await.unwrap();
    assert_eq!((changed.created, changed.stored.version), (false, 2));
    for (meant, known) in [(Expect::Version(1), 2), (Expect::Absent, 2), (Expect::Version(3), 2)] {
        assert!(matches!(put("Late", rules.clone(), meant).await, Err(Error::Stale)), "{meant:?}");
        let version = engine.store().stored_project(id).await.unwrap().unwrap().version;
        assert_eq!(version, known);
    }
    let told = |setting: &str, before: Option<&str>, after: Option<&str>| Deed::Changed {
        project: Some(id),
        setting: setting.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    assert_eq!(
        deeds(&engine, &ada).await[from..],
        [
            Deed::ProjectCreated { project: id },
            told("name", Some("Shop"), Some("Bank")),
            told("resendPauseSeconds", None, Some("30")),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_credential_is_made_once_named_and_revoked() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let project = engine.create_project(By::Nobody, "Shop", ProjectSettings::default()).await.unwrap().id;
    let from = deeds(&engine, &ada).await.len();
    let scope = KeyScope { project, environment: SANDBOX };
    let key = |body: &[u8]| Key::new(scope, b"once", "credentials", body).unwrap();
    let make = async |key| engine.create_credential_once(&ada, scope, Some(" CI "), &key).await;
    let Ok(MadeCredential::Fresh(fresh)) = make(key(b"")).await else { panic!("it is the first") };
    for _ in 0..2 {
        let again = make(key(b"")).await.unwrap();
        assert!(matches!(again, MadeCredential::Before(id) if id == fresh.id));
    }
    assert!(matches!(make(key(b"other")).await, Err(Error::Field(_))));
    let known = engine.store().credentials(scope).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].name.as_ref().map(Label::as_str), known[0].used_at), (Some("CI"), None));
    engine.issue_token(&fresh.id.to_string(), fresh.secret.expose()).await.unwrap();
    let used_at = engine.store().credential(fresh.id).await.unwrap().unwrap().used_at;
    assert_eq!(used_at, Some(engine.wall()));
    for name in [Some("Build"), Some("Build"), None] {
        engine.name_credential(&ada, fresh.id, name).await.unwrap();
    }
    engine.revoke_credential(&ada, fresh.id).await.unwrap();
    engine.revoke_credential(&ada, fresh.id).await.unwrap();
    let told = |done| Deed::Credential { project, environment: SANDBOX, credential: fresh.id, done };
    assert_eq!(
        deeds(&engine, &ada).await[from..],
        [CredentialDeed::Created, CredentialDeed::Named, CredentialDeed::Named, CredentialDeed::Revoked]
            .map(told)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_done_about_a_webhook_is_told_without_its_secrets() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let scope = KeyScope { project: world.project, environment: Environment::Production };
    let from = deeds(&engine, &ada).await.len();
    let saved = engine.save_webhook(&ada, scope, URL, Expect::Absent).await.unwrap();
    assert_eq!(engine.save_webhook(&ada, scope, URL, Expect::Any).await.unwrap().version, saved.version);
    let late = engine.save_webhook(&ada, scope, "https://other.example/", Expect::Absent).await;
    assert!(matches!(late, Err(Error::Stale)));
    engine.test_webhook(&ada, scope).await.unwrap();
    engine.rotate_webhook_secret(&ada, scope, Duration::from_hours(1)).await.unwrap();
    engine.finish_webhook_rotation(&ada, scope).await.unwrap();
    engine.webhook_secrets(&ada, scope).await.unwrap();
    engine.pause_webhook(&ada, scope, PauseReason::Asked).await.unwrap();
    engine.resume_webhook(&ada, scope).await.unwrap();
    let test = engine.deliveries(scope, DeliveryQuery { limit: 1, ..DeliveryQuery::default() });
    let test = test.await.unwrap()[0].id;
    engine.replay_deliveries(&ada, scope, ReplayOf::One(test)).await.unwrap();
    engine.replay_deliveries(&ada, scope, ReplayOf::Failed).await.unwrap();
    engine.remove_webhook(&ada, scope).await.unwrap();
    let told = |done| Deed::Webhook { project: scope.project, environment: scope.environment, done };
    assert_eq!(
        deeds(&engine, &ada).await[from..],
        [
            WebhookDeed::Saved { before: None, after: "https://shop.example".into() },
            WebhookDeed::Tested,
            WebhookDeed::Rotated,
            WebhookDeed::RotationFinished,
            WebhookDeed::SecretsShown,
            WebhookDeed::Paused,
            WebhookDeed::Resumed,
            WebhookDeed::Replayed { delivery: Some(test) },
            WebhookDeed::Removed,
        ]
        .map(told)
    );
}

#[tokio::test(start_paused = true)]
async fn identities_are_switched_by_back_ends_unnoted() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let from = deeds(&engine, &ada).await.len();
    let scope = KeyScope { project: world.project, environment: Environment::Production };
    let phone = PhoneNumber::normalize("phoneNumber", &number(1)).unwrap();
    let identity = IdentityId::from_bytes([7; 16]);
    let person = Identity::new(identity, scope.project, scope.environment, phone, None, engine.wall());
    let put = Change::PutIdentity { expect: 0, identity: Box::new(person) };
    engine.store().commit(Unit::new().with(put)).await.unwrap();
    let id = identity.to_string();
    engine.deactivate(By::Nobody, scope, &id).await.unwrap();
    engine.activate(&ada, scope, &id).await.unwrap();
    engine.activate(&ada, scope, &id).await.unwrap();
    engine.deactivate(&ada, scope, &id).await.unwrap();
    engine.disenrol(&ada, scope, &id).await.unwrap();
    let told =
        |done| Deed::Identity { project: scope.project, environment: scope.environment, identity, done };
    assert_eq!(
        deeds(&engine, &ada).await[from..],
        [IdentityDeed::Activated, IdentityDeed::Deactivated, IdentityDeed::Disenrolled].map(told)
    );
}

#[tokio::test(start_paused = true)]
async fn a_moved_clock_is_told_with_who_moved_it() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (project, holder) = (world.project, key_holder(Role::Developer));
    let move_it =
        async |by: By<'_>| engine.advance_sandbox_clock(by, project, 60, None, |_| String::new()).await;
    move_it(By::Nobody).await.unwrap();
    move_it((&holder).into()).await.unwrap();
    move_it(By::Operator).await.unwrap();
    let entries = engine.admin_entries(&ada, None, 2).await.unwrap();
    let deed = Deed::ClockMoved { project, seconds: 60 };
    let told: Vec<_> = entries.into_iter().map(|entry| (entry.who, entry.deed)).collect();
    assert_eq!(told, [(Actor::Operator, deed.clone()), (Actor::Key(holder.key), deed)]);
}

fn key_holder(role: Role) -> KeyHolder {
    KeyHolder { key: AccessKeyId::from_bytes([7; 16]), role, maker: None }
}

/// The engine itself asks, so that neither a page nor the admin API can forget it.
#[tokio::test(start_paused = true)]
async fn who_may_not_changes_nothing() {
    let world = world().await;
    let engine = world.engine();
    let ada = first_owner(&engine).await;
    let (_, reader) = joined(&engine, &ada, "bob", Role::ReadOnly).await;
    let holder = key_holder(Role::ReadOnly);
    let scope = KeyScope { project: world.project, environment: SANDBOX };
    for by in [By::Member(&reader), By::Key(&holder)] {
        let (project, id) = (scope.project, engine.fresh_project_id());
        let refused = [
            not_permitted(&engine.put_project(by, id, "x", ProjectRules::default(), Expect::Any).await),
            not_permitted(&engine.create_credential(by, project, SANDBOX, None).await),
            not_permitted(&engine.save_webhook(by, scope, URL, Expect::Any).await),
            not_permitted(&engine.webhook_secrets(by, scope).await),
            not_permitted(&engine.replay_deliveries(by, scope, ReplayOf::Failed).await),
            not_permitted(&engine.disenrol(by, scope, "x").await),
            not_permitted(&engine.advance_sandbox_clock(by, project, 1, None, |_| String::new()).await),
            not_permitted(&engine.invite(by, "c@team.example", Role::ReadOnly).await),
            not_permitted(&engine.admin_entries(by, None, 1).await),
            not_permitted(&engine.note_unmasking(by, FlowId::from_bytes([1; 16])).await),
        ];
        assert_eq!(refused, [true; 10], "{by:?}");
    }
}
