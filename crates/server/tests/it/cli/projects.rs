//! `ringtrue project link` and `unlink`

use serde_json::json;

use super::{Project, create, credential, word};
use crate::client::{LORANT, output, refusal, ringtrue};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn linked_projects_see_each_others_identities() {
    let project = Project::new(&[]).await;
    let (path, mine) = (project.path(), project.id.as_str());
    let theirs = create(path, "Other");
    let api = project.signed_in("sandbox").await;
    let [id, secret] = credential(path, &theirs, "sandbox");
    let other = project.server.api.signed_in(&id, &secret).await;
    let request = json!({ "phoneNumber": LORANT.number });
    let own = word(&api.post("/v3/identity", &request).await.ok()["identityId"]);
    let foreign = word(&other.post("/v3/identity", &request).await.ok()["identityId"]);
    let seen = async || {
        let answer = api.post(&format!("/v3/identity/{own}/cross-domain"), &json!({})).await.ok();
        let found = answer["identities"].as_array().unwrap().clone();
        assert_eq!(answer["count"], found.len());
        found.iter().map(|one| word(&one["identityId"])).collect::<Vec<_>>()
    };

    let linked = ringtrue(path, &["project", "link", mine, &theirs]);
    assert_eq!(linked, json!({ "linked": true, "mutual": false }));
    assert!(seen().await.is_empty(), "the other side does not want it yet");
    assert_eq!(
        ringtrue(path, &["project", "link", &theirs, mine]),
        json!({ "linked": true, "mutual": true })
    );
    assert_eq!(seen().await, [foreign]);

    let said = output(path, &["project", "unlink", mine, &theirs]);
    assert!(said.status.success());
    assert_eq!(String::from_utf8(said.stdout).unwrap(), "not linked any more\n");
    assert!(seen().await.is_empty());
    let said = output(path, &["project", "link", mine, &theirs]);
    assert_eq!(
        String::from_utf8(said.stdout).unwrap(),
        "linked: both projects see each other's identities\n"
    );
    assert_eq!(seen().await.len(), 1);
}

#[test]
fn only_two_projects_can_be_linked() {
    let directory = tempfile::tempdir().unwrap();
    let id = create(directory.path(), "Example");
    let nobody = "01900000-0000-7000-8000-000000000000";
    for (other, why) in [(id.as_str(), "other: must be another project"), (nobody, "other: does not exist")] {
        let said = refusal(directory.path(), &["project", "link", &id, other], &[]);
        assert!(said.contains(why), "{said}");
    }
}
