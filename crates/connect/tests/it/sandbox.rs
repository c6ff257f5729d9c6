//! Personas, and the silent network authentication that they play.

use std::{path::Path, sync::Arc};

use ringtrue_connect::{
    SandboxIdentity, SandboxNetwork, SandboxPersonas,
    sandbox::personas::{all, find},
};
use ringtrue_domain::{LineType, NameMatch, RiskCode, flow::Conduct, secret::Clear};
use ringtrue_engine::{
    model::{Persona, Project},
    ports::{Callback, Challenge, IdentitySource, NetworkAuthenticator, Personas, Question},
};

use crate::support::{
    name, phone, project,
    store::{FakeStore, Health},
};

/// Number, name, conduct, whether ownership fails, network, risks: the contract's table in our terms.
type Row = (&'static str, &'static str, Conduct, bool, Option<bool>, Vec<RiskCode>);

fn table() -> Vec<Row> {
    let (ordinary, unaided) = (Conduct::Ordinary, Conduct::Unaided);
    vec![
        ("+12001004011", "Sheilakathryn Butrimovich", unaided, false, None, vec![]),
        ("+447968900002", "Rozella Kimpton", unaided, false, None, vec![]),
        ("+12001004012", "Kurt Mathen", ordinary, true, None, vec![]),
        ("+12001004013", "Janek Ambrogio", Conduct::Refuses, false, None, vec![]),
        ("+12001004014", "Lorant Nerger", ordinary, false, None, vec![]),
        ("+12001004015", "Laney Dyball", ordinary, false, None, vec![]),
        ("+12001004016", "Inge Galier", ordinary, false, Some(true), vec![]),
        ("+12001004017", "Jesse Mashro", ordinary, false, Some(false), vec![]),
        ("+12001004018", "Barbaraanne Canet", ordinary, false, None, vec![RiskCode::VoipLine]),
        ("+12001004041", "Penny Jowers", ordinary, false, None, vec![RiskCode::SimSwapped]),
        ("+12001004031", "Merla Schumacher", ordinary, false, None, vec![]),
    ]
}

pub(crate) fn persona(number: &str) -> Persona {
    find(&project(), &phone(number)).unwrap().clone()
}

#[test]
fn personas_are_the_contract_s() {
    let project = project();
    let ours: Vec<_> = all(&project)
        .map(|p| {
            let name = format!("{} {}", p.first_name, p.last_name);
            (p.phone.expose(), name, p.conduct, p.ownership_fails, p.network, p.risks.clone())
        })
        .collect();
    let expected: Vec<_> =
        table().into_iter().map(|(a, b, c, d, e, f)| (a, b.to_owned(), c, d, e, f)).collect();
    assert_eq!(ours, expected);
    assert!(all(&project).all(|p| !p.outcome.is_empty() && !p.outcome.contains('\n')));
    assert_eq!(SandboxPersonas.all(&project).len(), 11);

    // Where the contract lies beside the repository, it is the judge.
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contract/sandbox.md");
    if let Ok(text) = std::fs::read_to_string(contract) {
        let rows: Vec<_> = text
            .lines()
            .filter_map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                cells.get(1).filter(|cell| cell.starts_with('+')).map(|number| (*number, cells[2].to_owned()))
            })
            .collect();
        let numbers: Vec<_> = table().into_iter().map(|row| (row.0, row.1.to_owned())).collect();
        assert_eq!(rows, numbers);
    }
}

#[test]
fn a_project_s_own_persona_comes_first() {
    let mut project = project();
    let own = Persona { first_name: "Own".to_owned(), network: Some(true), ..persona("+12001004014") };
    let new = Persona { phone: phone("+12025550123"), ..own.clone() };
    project.settings.personas = vec![own.clone(), new.clone()];
    assert_eq!(find(&project, &own.phone), Some(&own));
    assert_eq!(find(&project, &new.phone), Some(&new));
    assert_eq!(all(&project).count(), 12, "the replaced one is not listed twice");
    assert_eq!(find(&project, &phone("+12025550124")), None);
}

#[tokio::test]
async fn identities() {
    let project = project();
    for (number, _, _, ownership_fails, _, risks) in table() {
        let persona = persona(number);
        let asked = name(&persona.first_name, &persona.last_name);
        let question = Question { phone: &persona.phone, name: &asked, project: &project };
        let found = SandboxIdentity.owners(question).await.unwrap();
        let voip = risks.contains(&RiskCode::VoipLine);
        assert!(found.number_known, "{number}");
        assert_eq!(
            found.name,
            if ownership_fails { NameMatch::Mismatch } else { NameMatch::Match },
            "{number}"
        );
        assert_eq!(found.risks, Some(risks), "{number}");
        assert_eq!(found.line_type, Some(if voip { LineType::NonFixedVoip } else { LineType::Mobile }));
        let country = if number.starts_with("+44") { "GB" } else { "US" };
        assert_eq!(found.country.as_deref(), Some(country), "{number}");
    }
}

async fn passes(store: FakeStore, number: &str, proof: &str, reached: bool, proof_is_handle: bool) -> String {
    let network = SandboxNetwork::new(Arc::new(store), "https://id.example");
    let (project, phone, proof) = (project(), phone(number), Clear::new(proof.to_owned()));
    let offered = network.offers(&project, &phone).await;
    let callback = Callback { project: &project, phone: &phone, proof: &proof, reached, proof_is_handle };
    format!("{offered} {}", crate::support::fault(network.finish(callback).await))
}

fn switched(on: Option<bool>) -> FakeStore {
    let store = FakeStore::default();
    *store.switched.lock().unwrap() = on;
    store
}

#[tokio::test]
async fn network_by_persona_and_switch() {
    let (ordinary, good, bad) = ("+12001004014", "+12001004016", "+12001004017");
    for (number, switch, expected) in [
        (ordinary, None, "false ok false"),
        (ordinary, Some(true), "true ok true"),
        (ordinary, Some(false), "false ok false"),
        (good, None, "true ok true"),
        (good, Some(true), "true ok true"),
        (good, Some(false), "true ok false"),
        (bad, None, "true ok false"),
        (bad, Some(true), "true ok false"),
        ("+12001004013", Some(true), "true ok false"),
        ("+12025550199", Some(true), "false ok false"),
    ] {
        assert_eq!(passes(switched(switch), number, "h", true, true).await, expected, "{number} {switch:?}");
        assert_eq!(passes(switched(switch), number, "", true, false).await, expected, "the pixel way");
    }
}

#[tokio::test]
async fn network_needs_evidence() {
    let good = "+12001004016";
    for (proof, reached, proof_is_handle) in
        [("", false, false), ("forged", true, false), ("forged", false, false)]
    {
        assert_eq!(passes(switched(None), good, proof, reached, proof_is_handle).await, "true ok false");
    }
}

#[tokio::test]
async fn network_without_a_store_falls_back() {
    let store = FakeStore::default();
    *store.health.lock().unwrap() = Health::Away;
    assert_eq!(passes(store, "+12001004014", "h", true, true).await, "false busy 3");
}

#[tokio::test]
async fn addresses() {
    let (project, phone): (Project, _) = (project(), phone("+12001004016"));
    let handle = Clear::new("a+b/c=".to_owned());
    for (origin, expected) in [
        ("https://id.example/", "https://id.example/v1/sandbox/network?handle=a%2Bb%2Fc%3D"),
        (
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/v1/sandbox/network?handle=a%2Bb%2Fc%3D&testVfp=a%2Bb%2Fc%3D",
        ),
    ] {
        let network = SandboxNetwork::new(Arc::new(FakeStore::default()), origin);
        let challenge = Challenge { project: &project, phone: &phone, handle: &handle };
        assert_eq!(network.begin(challenge).await.unwrap().expose(), expected);
    }
}
