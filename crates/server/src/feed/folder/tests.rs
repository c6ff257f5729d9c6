//! Real directories, before a real store; looks are taken one by one.

use ringtrue_domain::{IdentityId, PhoneNumber, ProjectId, flow::Environment, identity::Identity};
use ringtrue_engine::{
    By,
    model::{KeyScope, ProjectSettings},
    ports::{Change, Unit},
};
use tempfile::TempDir;

use super::*;
use crate::{assemble::Installation, config::Config};

const NUMBER: &str = "+14155552671";
const HEADER: &str = "phoneNumber,eventType\n";

/// An installation with one watched number, and a directory for files.
struct Scene {
    engine: Arc<Engine>,
    project: ProjectId,
    drop: TempDir,
    stop: CancellationToken,
    _data: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let (data, drop) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let installation = Installation::open(&Config::default(), data.path(), None).await.unwrap();
        let engine = installation.admin_engine().unwrap();
        let project =
            engine.create_project(By::Operator, "Shop", ProjectSettings::default()).await.unwrap().id;
        let id = IdentityId::from_bytes([7; 16]);
        let phone = PhoneNumber::normalize("phoneNumber", NUMBER).unwrap();
        let identity = Identity::new(id, project, Environment::Production, phone, None, engine.wall());
        let put = Change::PutIdentity { expect: 0, identity: Box::new(identity) };
        engine.store().commit(Unit::new().with(put)).await.unwrap();
        Self { engine, project, drop, stop: CancellationToken::new(), _data: data }
    }

    /// A node's view of the directory.
    fn folder(&self) -> Folder {
        let directory = self.drop.path().to_owned();
        Folder { feed: "carrier".to_owned(), directory, seen: HashMap::new(), away: false }
    }

    async fn look(&self, folder: &mut Folder) -> usize {
        folder.look(&self.engine, &self.stop).await
    }

    fn put(&self, name: &str, content: &str) {
        fs::write(self.drop.path().join(name), content).unwrap();
    }

    /// The names in one of the directories, without what claiming put in front.
    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.drop.path().join(directory)).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
        let mut names: Vec<_> = files
            .map(|entry| entry.file_name().into_string().unwrap())
            .map(|name| name.split_once("Z-").map_or(name.clone(), |(_, name)| name.to_owned()))
            .collect();
        names.sort();
        names
    }

    fn report(&self, directory: &str) -> String {
        let entries =
            fs::read_dir(self.drop.path().join(directory)).unwrap().map(|entry| entry.unwrap().path());
        let report = entries.filter(|path| path.to_str().unwrap().ends_with(".report.jsonl")).last();
        fs::read_to_string(report.unwrap()).unwrap()
    }

    /// The carriers that events say the number went to, or the kinds of other events.
    async fn events(&self) -> Vec<String> {
        let scope = KeyScope { project: self.project, environment: Environment::Production };
        let events = self.engine.store().events(scope, 0, 1 << 40, 100_000).await.unwrap();
        let what = events.iter().map(|stored| serde_json::to_value(&stored.event.what).unwrap());
        what.map(|what| what["new_carrier"].as_str().or(what["what"].as_str()).unwrap().to_owned()).collect()
    }
}

/// Rows of a SIM swap each, which would be an event again if they were taken in again.
fn swaps(rows: usize) -> String {
    format!("{HEADER}{}", format!("{NUMBER},SIM_SWAP\n").repeat(rows))
}

fn ports(carriers: &[&str]) -> String {
    let rows = carriers.iter().map(|to| format!("{NUMBER},PORT,{to}\n"));
    format!("phoneNumber,eventType,newCarrier\n{}", rows.collect::<String>())
}

#[tokio::test]
async fn a_file_is_taken_at_the_second_look_and_put_away() {
    let scene = Scene::new().await;
    let mut folder = scene.folder();
    assert_eq!(scene.look(&mut folder).await, 0);
    scene.put("day1.csv", &swaps(2));
    scene.put("day1.csv.part", &swaps(3));
    scene.put(".day1.csv", &swaps(4));
    scene.put("notes.txt", "hello");
    std::os::unix::fs::symlink("/etc/hostname", scene.drop.path().join("link.csv")).unwrap();
    assert_eq!(scene.look(&mut folder).await, 0);
    assert_eq!(scene.look(&mut folder).await, 1);
    assert_eq!(scene.look(&mut folder).await, 0);
    assert_eq!(scene.names("taken"), ["day1.csv"]);
    assert_eq!(scene.names("taking"), Vec::<String>::new());
    assert_eq!(scene.names(""), [".day1.csv", "day1.csv.part", "notes.txt"]);
    assert_eq!(scene.events().await, ["sim_swap"; 2]);
    // The same content under another name, and another content under the same name.
    scene.put("day2.csv", &swaps(2));
    scene.put("day1.csv", &swaps(1));
    scene.look(&mut folder).await;
    assert_eq!(scene.look(&mut folder).await, 2);
    assert_eq!(scene.names("taken"), ["day1.csv", "day1.csv", "day2.csv"]);
    assert_eq!(scene.events().await, ["sim_swap"; 3]);
}

#[tokio::test]
async fn a_file_that_still_grows_is_left_alone() {
    let scene = Scene::new().await;
    let mut folder = scene.folder();
    for rows in 1..5 {
        scene.put("day.csv", &swaps(rows));
        assert_eq!(scene.look(&mut folder).await, 0);
    }
    assert_eq!(scene.look(&mut folder).await, 1);
    assert_eq!(scene.events().await, ["sim_swap"; 4]);
}

#[tokio::test]
async fn what_is_wrong_is_reported_by_line_and_rule() {
    let scene = Scene::new().await;
    let mut folder = scene.folder();
    scene.put("some.csv", &format!("{HEADER}{NUMBER},SIM_SWAP\nZq7Marker,SIM_SWAP\n{NUMBER},Zq7Marker\n"));
    scene.look(&mut folder).await;
    assert_eq!(scene.look(&mut folder).await, 1);
    assert_eq!(scene.names("taken"), ["some.csv", "some.csv.report.jsonl"]);
    let report = scene.report("taken");
    let lines: Vec<serde_json::Value> =
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["line"], &lines[1]["line"], lines.len()), (&json!(3), &json!(4), 2));
    assert_eq!(lines[0]["rule"], "phoneNumber: must be a phone number in E.164, such as +14155550123");
    assert!(!report.contains("Zq7Marker") && !report.contains(NUMBER), "{report}");

    scene.put("none.csv", &format!("{HEADER}{NUMBER}\n"));
    scene.look(&mut folder).await;
    assert_eq!(scene.look(&mut folder).await, 1);
    scene.put("header.csv", "number,event\n1,2\n");
    scene.look(&mut folder).await;
    assert_eq!(scene.look(&mut folder).await, 1);
    let failed = ["header.csv", "header.csv.report.jsonl", "none.csv", "none.csv.report.jsonl"];
    assert_eq!(scene.names("failed"), failed);
    // Mended, it is another file, and nothing of the first one is in the way.
    scene.put("header.csv", &swaps(1));
    scene.look(&mut folder).await;
    assert_eq!(scene.look(&mut folder).await, 1);
    assert_eq!(scene.events().await, ["sim_swap"; 2]);
}

#[tokio::test]
async fn files_are_taken_in_the_order_of_their_age() {
    let scene = Scene::new().await;
    let mut folder = scene.folder();
    let now = std::time::UNIX_EPOCH + Duration::from_hours(500_000);
    for (name, carrier, age) in [("c.csv", "One", 3), ("a.csv", "Two", 2), ("b.csv", "Three", 1)] {
        scene.put(name, &ports(&[carrier]));
        let file = fs::File::options().write(true).open(scene.drop.path().join(name)).unwrap();
        file.set_modified(now - Duration::from_mins(age)).unwrap();
    }
    scene.look(&mut folder).await;
    assert_eq!(scene.look(&mut folder).await, 3);
    assert_eq!(scene.events().await, ["One", "Two", "Three"]);
}

#[tokio::test]
async fn what_an_ended_node_left_is_gone_on_with_before_anything_else() {
    let scene = Scene::new().await;
    let mut ended = scene.folder();
    scene.put("1.csv", &ports(&["One"]));
    scene.look(&mut ended).await;
    // It has claimed the file and comes no further.
    let found = list(scene.drop.path()).unwrap().pop().unwrap();
    assert!(ended.claim(&found, scene.engine.wall()).await.unwrap().is_some());
    assert!(ended.claim(&found, scene.engine.wall()).await.unwrap().is_none(), "nobody claims it twice");
    drop(ended);
    let mut next = scene.folder();
    scene.put("2.csv", &ports(&["Two"]));
    assert_eq!(scene.look(&mut next).await, 0);
    assert_eq!(scene.look(&mut next).await, 2);
    assert_eq!(scene.events().await, ["One", "Two"]);

    // A node that sees a file claimed by another one for the first time takes no later one either.
    scene.put("4.csv", &ports(&["Four"]));
    scene.look(&mut next).await;
    scene.put("taking/20990101T000000.000000Z-3.csv", &ports(&["Three"]));
    assert_eq!(scene.look(&mut next).await, 0);
    assert_eq!(scene.look(&mut next).await, 2);
    assert_eq!(scene.events().await, ["One", "Two", "Three", "Four"]);
}

#[tokio::test]
async fn a_stopped_node_goes_on_where_it_was() {
    let scene = Scene::new().await;
    let mut folder = scene.folder();
    scene.put("long.csv", &swaps(2000));
    scene.look(&mut folder).await;
    let (opened, digest) = take::open(&scene.drop.path().join("long.csv")).unwrap();
    drop(opened);
    let stopped = async {
        while scene.engine.store().feed_file(digest).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        scene.stop.cancel();
    };
    let (taken, ()) = tokio::join!(scene.look(&mut folder), stopped);
    let part = scene.engine.store().feed_file(digest).await.unwrap().unwrap();
    assert!(taken == 0 && part.done_at.is_none() && part.rows < 2000, "{part:?}");
    assert_eq!(scene.events().await.len(), usize::try_from(part.rows).unwrap());
    let (mut next, stop) = (scene.folder(), CancellationToken::new());
    next.look(&scene.engine, &stop).await;
    assert_eq!(next.look(&scene.engine, &stop).await, 1);
    assert_eq!((scene.names("taken"), scene.events().await.len()), (vec!["long.csv".to_owned()], 2000));
}

/// Two nodes look at the same directory in the same moments.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_nodes_share_a_directory() {
    let scene = Scene::new().await;
    let (mut one, mut other) = (scene.folder(), scene.folder());
    let mut away = scene.look(&mut one).await;
    for round in 0..5 {
        for file in 0..4 {
            // Some longer than a batch.
            scene.put(&format!("{file}.csv"), &swaps(1 + round * 4 + file + 600 * (file % 2)));
        }
        // Both go on with one that a third node has left.
        scene.put(&format!("taking/{round}Z-left.csv"), &swaps(1500 + round));
        for _ in 0..5 {
            let (first, second) =
                tokio::join!(one.look(&scene.engine, &scene.stop), other.look(&scene.engine, &scene.stop));
            away += first + second;
        }
    }
    assert_eq!((away, scene.names("taken").len()), (25, 25));
    assert_eq!(scene.names("taking").len() + scene.names("failed").len() + scene.names("").len(), 0);
    let dropped: usize = (0..20).map(|number| 1 + number + 600 * (number % 2)).sum();
    let left: usize = (0..5).map(|round| 1500 + round).sum();
    assert_eq!(scene.events().await.len(), dropped + left);
}

#[tokio::test]
async fn a_directory_that_is_away_for_a_while_is_worked_off_after_that() {
    let scene = Scene::new().await;
    let mut folder = scene.folder();
    scene.put("day.csv", &swaps(1));
    let elsewhere = scene.drop.path().with_extension("away");
    fs::rename(scene.drop.path(), &elsewhere).unwrap();
    assert!(try_out(scene.drop.path()).is_err());
    assert_eq!((scene.look(&mut folder).await, folder.away), (0, true));
    fs::rename(&elsewhere, scene.drop.path()).unwrap();
    try_out(scene.drop.path()).unwrap();
    assert_eq!((scene.look(&mut folder).await, folder.away), (0, false));
    assert_eq!(scene.look(&mut folder).await, 1);
}
