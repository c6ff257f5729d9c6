//! Projects, credentials, tokens, clocks.

use std::sync::Arc;

use ringtrue_domain::text::Label;

use super::{
    Subject, commit, conflict,
    sample::{PRODUCTION, SANDBOX, Sample, digest, put_project, put_project_from, shifted},
};
use crate::{
    model::{Caller, Credential},
    ports::Change,
};

pub async fn a_token_tells_its_caller(store: Subject) {
    let mut sample = Sample::default();
    let project = sample.project("Zoë's shop");
    let credential = sample.credential(SANDBOX);
    let token = Change::PutToken(sample.token(credential.id, "token"));
    let advance = Change::AdvanceClock { project: project.id, by_micros: 42 };
    let put_credential = Change::PutCredential(credential.clone());
    commit(&store, [put_project(&project), put_credential, token, advance]).await;
    let caller = store.caller(digest("token"), sample.wall).await.unwrap();
    let (environment, credential) = (SANDBOX, credential.id);
    let project = Arc::new(project);
    assert_eq!(caller, Some(Caller { credential, environment, project, clock_ahead_micros: 42 }));
    assert_eq!(store.caller(digest("other"), sample.wall).await.unwrap(), None);
}

/// A project with a token; answers its credential.
async fn with_token(store: &Subject, sample: &mut Sample) -> Credential {
    let credential = sample.credential(PRODUCTION);
    let token = Change::PutToken(sample.token(credential.id, "token"));
    let project = put_project(&sample.project("name"));
    commit(store, [project, Change::PutCredential(credential.clone()), token]).await;
    credential
}

pub async fn a_token_ends_when_it_expires(store: Subject) {
    let mut sample = Sample::default();
    with_token(&store, &mut sample).await;
    for (seconds, good) in [(3599, true), (3600, false), (9999, false)] {
        let wall = shifted(sample.wall, seconds);
        assert_eq!(store.caller(digest("token"), wall).await.unwrap().is_some(), good, "after {seconds} s");
    }
}

pub async fn a_revoked_credential_stops_its_tokens_at_once(store: Subject) {
    let mut sample = Sample::default();
    let credential = with_token(&store, &mut sample).await;
    let other = sample.credential(PRODUCTION);
    let token = Change::PutToken(sample.token(other.id, "other"));
    commit(&store, [Change::PutCredential(other), token]).await;
    // Even an instant in the future counts at once.
    let at = shifted(sample.wall, 60);
    commit(&store, [Change::RevokeCredential { id: credential.id, at }]).await;
    assert_eq!(store.caller(digest("token"), sample.wall).await.unwrap(), None);
    assert!(store.caller(digest("other"), sample.wall).await.unwrap().is_some());
    let revoked = store.credential(credential.id).await.unwrap();
    assert_eq!(revoked, Some(Credential { revoked_at: Some(at), ..credential }));
}

pub async fn a_revocation_keeps_its_first_instant(store: Subject) {
    let mut sample = Sample::default();
    let credential = with_token(&store, &mut sample).await;
    for seconds in [1, 2] {
        let at = shifted(sample.wall, seconds);
        commit(&store, [Change::RevokeCredential { id: credential.id, at }]).await;
    }
    let revoked_at = store.credential(credential.id).await.unwrap().unwrap().revoked_at;
    assert_eq!(revoked_at, Some(shifted(sample.wall, 1)));
}

pub async fn a_credential_is_read_back(store: Subject) {
    let mut sample = Sample::default();
    for environment in [SANDBOX, PRODUCTION] {
        let credential = sample.credential(environment);
        assert_eq!(store.credential(credential.id).await.unwrap(), None);
        commit(&store, [Change::PutCredential(credential.clone())]).await;
        assert_eq!(store.credential(credential.id).await.unwrap(), Some(credential));
    }
}

pub async fn credentials_are_listed_oldest_first(store: Subject) {
    let mut sample = Sample::default();
    let begin = sample.wall;
    let scope = sample.scope(SANDBOX);
    assert_eq!(store.credentials(scope).await.unwrap(), []);
    let mut theirs = Vec::new();
    for seconds in [20, 0, 10] {
        sample.wall = shifted(begin, seconds);
        theirs.push(sample.credential(SANDBOX));
    }
    let of_production = sample.credential(PRODUCTION);
    sample.other_project();
    let of_another = sample.credential(SANDBOX);
    let all = theirs.iter().chain([&of_production, &of_another]);
    commit(&store, all.cloned().map(Change::PutCredential)).await;
    let at = shifted(begin, 60);
    commit(&store, [Change::RevokeCredential { id: theirs[0].id, at }]).await;
    theirs[0].revoked_at = Some(at);
    theirs.sort_by_key(|credential| credential.created_at);
    assert_eq!(store.credentials(scope).await.unwrap(), theirs);
}

pub async fn a_credential_or_token_twice_is_a_conflict(store: Subject) {
    let mut sample = Sample::default();
    let credential = with_token(&store, &mut sample).await;
    conflict(&store, [Change::PutToken(sample.token(credential.id, "token"))]).await;
    conflict(&store, [Change::PutCredential(credential)]).await;
}

pub async fn a_token_needs_a_project(store: Subject) {
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    commit(&store, [Change::PutToken(sample.token(credential.id, "token"))]).await;
    assert_eq!(store.caller(digest("token"), sample.wall).await.unwrap(), None);
    commit(&store, [Change::PutCredential(credential)]).await;
    assert_eq!(store.caller(digest("token"), sample.wall).await.unwrap(), None);
}

pub async fn a_project_is_written_again(store: Subject) {
    let sample = Sample::default();
    let mut project = sample.project("first");
    assert_eq!(store.project(project.id).await.unwrap(), None);
    commit(&store, [put_project(&project)]).await;
    project.name = "द्वितीय \u{1F469}\u{200d}\u{1F680}".into();
    project.settings.personas.clear();
    project.settings.number_change = Some(false);
    commit(&store, [put_project_from(1, &project)]).await;
    assert_eq!(store.project(project.id).await.unwrap().as_ref(), Some(&project));
    assert_eq!(store.projects().await.unwrap(), [project]);
}

pub async fn a_project_of_another_version_is_a_conflict(store: Subject) {
    let sample = Sample::default();
    let mut project = sample.project("first");
    conflict(&store, [put_project_from(1, &project)]).await;
    commit(&store, [put_project(&project)]).await;
    conflict(&store, [put_project(&project)]).await;
    project.name = "second".into();
    for version in 1..4 {
        let known = store.stored_project(project.id).await.unwrap();
        assert_eq!(known.map(|known| known.version), Some(version));
        commit(&store, [put_project_from(version, &project)]).await;
        conflict(&store, [put_project_from(version, &project)]).await;
    }
    assert_eq!(store.project(project.id).await.unwrap(), Some(project));
}

pub async fn a_credential_is_named(store: Subject) {
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    sample.wall = shifted(sample.wall, 1);
    let other = sample.credential(SANDBOX);
    commit(&store, [&credential, &other].map(|one| Change::PutCredential(one.clone()))).await;
    let (project, id) = (credential.project, credential.id);
    for name in [None, Some(Label::parse("name", "CI").unwrap())] {
        commit(&store, [Change::NameCredential { project, id, name: name.clone() }]).await;
        let named = Credential { name, ..credential.clone() };
        assert_eq!(store.credential(id).await.unwrap(), Some(named.clone()));
        assert_eq!(store.credentials(sample.scope(SANDBOX)).await.unwrap(), [named, other.clone()]);
    }
}

pub async fn the_last_use_of_a_credential_only_goes_forward(store: Subject) {
    let mut sample = Sample::default();
    let credential = sample.credential(SANDBOX);
    let id = credential.id;
    commit(&store, [Change::PutCredential(credential)]).await;
    for (seconds, last) in [(5, 5), (3, 5), (9, 9)] {
        commit(&store, [Change::UseCredential { id, at: shifted(sample.wall, seconds) }]).await;
        let used_at = store.credential(id).await.unwrap().unwrap().used_at;
        assert_eq!(used_at, Some(shifted(sample.wall, last)));
    }
}

pub async fn projects_are_listed_oldest_first(store: Subject) {
    let mut sample = Sample::default();
    assert_eq!(store.projects().await.unwrap(), []);
    let begin = sample.wall;
    let mut projects = Vec::new();
    for seconds in [20, 0, 10] {
        sample.other_project();
        sample.wall = shifted(begin, seconds);
        projects.push(sample.project("name"));
    }
    commit(&store, projects.iter().map(put_project)).await;
    projects.sort_by_key(|project| project.created_at);
    assert_eq!(store.projects().await.unwrap(), projects);
}

pub async fn a_clock_only_goes_forward_and_adds_up(store: Subject) {
    let mut sample = Sample::default();
    let project = sample.project;
    assert_eq!(store.clock_ahead(project).await.unwrap(), 0);
    for (by_micros, ahead) in [(5, 5), (7, 12), (-3, 12), (31_536_000_000_000, 31_536_000_000_012)] {
        commit(&store, [Change::AdvanceClock { project, by_micros }]).await;
        assert_eq!(store.clock_ahead(project).await.unwrap(), ahead);
    }
    assert_eq!(store.clock_ahead(sample.other_project()).await.unwrap(), 0);
}

pub async fn the_caller_in_production_has_the_wall_clock(store: Subject) {
    let mut sample = Sample::default();
    with_token(&store, &mut sample).await;
    commit(&store, [Change::AdvanceClock { project: sample.project, by_micros: 42 }]).await;
    let caller = store.caller(digest("token"), sample.wall).await.unwrap().unwrap();
    assert_eq!(caller.clock_ahead_micros, 0);
}

pub async fn a_logo_is_kept_replaced_and_removed(store: Subject) {
    let mut sample = Sample::default();
    let (project, other) = (sample.project, sample.other_project());
    let put = |project, image: &[u8]| Change::SetLogo { project, image: Some(image.to_vec()) };
    assert_eq!(store.logo(project).await.unwrap(), None);
    let long = vec![0xff; 64 * 1024];
    for image in [b"first".as_slice(), b"\0\xff", &long] {
        commit(&store, [put(project, image)]).await;
        assert_eq!(store.logo(project).await.unwrap().as_deref(), Some(image));
    }
    assert_eq!(store.logo(other).await.unwrap(), None);
    let remove = || Change::SetLogo { project, image: None };
    commit(&store, [put(other, b"other"), remove()]).await;
    commit(&store, [remove()]).await;
    assert_eq!(store.logo(project).await.unwrap(), None);
    assert_eq!(store.logo(other).await.unwrap().as_deref(), Some(b"other".as_slice()));
}
