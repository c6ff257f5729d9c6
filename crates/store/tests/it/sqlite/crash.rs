//! `kill -9` at any moment: what was acknowledged is there, and every unit is whole.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use ringtrue_domain::{FlowId, JobId, flow::Event};
use ringtrue_engine::{
    conformance::sample::{PRODUCTION, Sample, enqueue, lease, put},
    model::Task,
    ports::{Change, Store},
};

use super::{open, unit};

const DIR: &str = "RINGTRUE_CRASH_DIR";
const ROUND: &str = "RINGTRUE_CRASH_ROUND";
const ROUNDS: u64 = 25;
const WRITERS: u64 = 16;

/// A unit whose parts can be found from the flow's id: the job's id is the same.
fn parts(sample: &mut Sample) -> (FlowId, Vec<Change>) {
    let flow = sample.flow(PRODUCTION);
    let mut job = sample.job(PRODUCTION, sample.wall);
    job.id = JobId::from_bytes(*flow.id().as_bytes());
    job.task = Task::LookupOwnership { flow: flow.id() };
    let history = Change::Audit(sample.history(flow.id(), vec![Event::Started]));
    (flow.id(), vec![put(0, &flow), enqueue(&job), put(1, &flow), history])
}

/// Not a test by itself: the process that is killed. It prints the id of each unit that the store acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(dir) = env::var(DIR) else { return };
    let round: u64 = env::var(ROUND).unwrap().parse().unwrap();
    let store = Arc::new(open(Path::new(&dir)).await.unwrap());
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            let mut sample = Sample::default();
            sample.entropy =
                ringtrue_engine::conformance::sample::Counted::from_seed(round << 32 | writer << 16);
            tokio::spawn(async move {
                // Until it is killed, or the parent is gone.
                loop {
                    let (id, changes) = parts(&mut sample);
                    store.commit(unit(changes)).await.unwrap();
                    let mut out = std::io::stdout().lock();
                    if writeln!(out, "acknowledged {id}").and_then(|()| out.flush()).is_err() {
                        return;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_unit_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<FlowId> = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "sqlite::crash::child", "--nocapture", "--test-threads=1"])
            .env(DIR, dir.path())
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Some rounds die in their first commits, some after thousands.
        let wanted = acknowledged.len() + 1 + usize::try_from(round * 10).unwrap();
        while acknowledged.len() < wanted {
            let line = lines.next().expect("the child lives until it is killed").unwrap();
            acknowledged.extend(id(&line));
        }
        child.kill().unwrap();
        // A line that was cut off is not an acknowledgement; those before it are.
        acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| id(&line)));
        child.wait().unwrap();
    }
    whole(dir.path(), acknowledged).await;
}

fn id(line: &str) -> Option<FlowId> {
    // The harness may print on the same line before it.
    let id = line.split_once("acknowledged ")?.1;
    (id.len() == 36).then(|| id.parse().ok()).flatten()
}

/// Every acknowledged unit is there, and every unit that is there is whole.
async fn whole(dir: &Path, acknowledged: Vec<FlowId>) {
    let store = open(dir).await.unwrap();
    assert!(acknowledged.len() > 1000, "only {} units acknowledged", acknowledged.len());
    let wall = Sample::default().wall;
    let open_jobs = store.jobs_open().await.unwrap();
    let jobs = store.claim(lease(1, wall), wall, usize::MAX).await.unwrap();
    assert_eq!(jobs.len() as u64, open_jobs);
    let stored: std::collections::HashSet<_> = jobs.iter().map(|job| *job.id.as_bytes()).collect();
    for id in &acknowledged {
        assert!(stored.contains(id.as_bytes()), "{id} was acknowledged and is lost");
    }
    for id in stored {
        let id = FlowId::from_bytes(id);
        assert_eq!(store.flow(id).await.unwrap().unwrap().version, 2, "{id}");
        assert_eq!(store.audit(id).await.unwrap().len(), 1, "{id}");
    }
    store.close().await;
    let raw = super::raw(dir);
    let flows: i64 = raw.query_row("SELECT count(*) FROM flows", [], |row| row.get(0)).unwrap();
    assert_eq!(u64::try_from(flows).unwrap(), open_jobs);
    let check: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}
