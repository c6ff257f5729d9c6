//! One person, verified by many flows at once, is enrolled under one identity.

use std::collections::HashSet;

use serde_json::json;

use super::nodes;
use crate::client::{LORANT, SHEILA};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn flows_of_one_person_share_an_identity() {
    let nodes = nodes(2).await;
    for customer in ["", "7", "8"] {
        let begun: Vec<_> = (0..40)
            .map(|n| {
                let api = nodes[n % 2].api.clone();
                let request = LORANT.verify_with("none", "clientCustomerId", json!(customer));
                tokio::spawn(async move { api.post("/v3/verify", &request).await })
            })
            .collect();
        let mut identities = HashSet::new();
        let mut good = 0;
        for flow in begun {
            let answer = flow.await.unwrap();
            if answer.status == 503 {
                continue;
            }
            let id = answer.ok()["correlationId"].as_str().unwrap().to_owned();
            identities.insert(nodes[0].status(&id).await["identityId"].as_str().unwrap().to_owned());
            good += 1;
        }
        assert!(good > 0 && identities.len() == 1, "{good} flows, {identities:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flow_that_needs_no_device_is_finished_once_by_whoever_asks() {
    let nodes = nodes(2).await;
    let session = nodes[0].begin(SHEILA, "mobile").await;
    let asked: Vec<_> = (0..200)
        .map(|n| {
            let (api, id) = (nodes[n % 2].api.clone(), session.id.clone());
            tokio::spawn(async move { api.post("/v3/verify-status", &json!({ "correlationId": id })).await })
        })
        .collect();
    let mut answers = HashSet::new();
    for call in asked {
        let answer = call.await.unwrap();
        if answer.status != 503 {
            answers.insert(answer.ok().to_string());
        }
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.contains(r#""success":"true""#)));
}
