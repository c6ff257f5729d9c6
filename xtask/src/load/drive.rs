//! Many clients at once, for a while: each as fast as it can, or all together at a rate.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use ringtrue_wire::token::{TokenRequest, TokenResponse};
use tokio::{task::LocalSet, time::timeout};

use super::{
    flow::{self, Person},
    http::{Call, Connection},
    process::Announcement,
    tally::Tally,
};

/// A flow that takes longer is an error.
const FLOW_PATIENCE: Duration = Duration::from_secs(30);
/// The timer's grain: a client that waits for its turn may wake up so much later without the server being slow.
const TIMER_GRAIN: Duration = Duration::from_millis(2);

/// How hard and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) clients: usize,
    pub(super) warm_up: Duration,
    pub(super) measured: Duration,
    /// Offered flows per second; `None`: each client begins the next when it has finished one.
    pub(super) rate: Option<f64>,
}

/// What the clients share.
struct Shared {
    hosts: Vec<String>,
    people: Vec<Person>,
    token: String,
    plan: Plan,
    began: Instant,
    next: Cell<u64>,
    tally: RefCell<Tally>,
}

/// Runs whole flows against nodes that share a project; `at_window` is called when the measured time begins and when it ends.
pub(super) async fn flows(
    nodes: &[&Announcement],
    people: Vec<Person>,
    plan: Plan,
    mut at_window: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Tally> {
    let hosts =
        nodes.iter().map(|node| node.host().map(str::to_owned)).collect::<anyhow::Result<Vec<_>>>()?;
    let (host, announced) = hosts.first().zip(nodes.first()).context("no server to run flows against")?;
    let token = token(host, announced).await?;
    let tally = RefCell::new(Tally::new(flow::STEPS.len()));
    let shared =
        Rc::new(Shared { hosts, people, token, plan, began: Instant::now(), next: Cell::new(0), tally });
    let clients = LocalSet::new();
    for number in 0..plan.clients {
        clients.spawn_local(client(Rc::clone(&shared), number));
    }
    let window = async {
        tokio::time::sleep_until((shared.began + plan.warm_up).into()).await;
        at_window()?;
        tokio::time::sleep_until((shared.began + plan.warm_up + plan.measured).into()).await;
        at_window()
    };
    clients.run_until(window).await?;
    clients.await;
    let shared = Rc::into_inner(shared).context("a client has not ended")?;
    Ok(shared.tally.into_inner())
}

/// Repeats one call that answers 200; says how many per second.
pub(super) async fn one_call(announced: &Announcement, plan: Plan, body: &[u8]) -> anyhow::Result<f64> {
    let host = announced.host()?;
    let from = Instant::now() + plan.warm_up;
    let until = from + plan.measured;
    let done = Rc::new(Cell::new(0_u32));
    let clients = LocalSet::new();
    let mut handles = Vec::new();
    for _ in 0..plan.clients {
        let (done, mut connection, body) = (Rc::clone(&done), Connection::open(host).await?, body.to_owned());
        handles.push(clients.spawn_local(async move {
            let call = Call { method: "POST", target: "/v3/verify", bearer: "none", body: &body };
            while Instant::now() < until {
                ensure!(connection.send(call).await?.status == 200, "the bare handler refused");
                let now = Instant::now();
                done.set(done.get() + u32::from(now >= from && now < until));
            }
            Ok(())
        }));
    }
    clients.await;
    for handle in handles {
        handle.await??;
    }
    Ok(f64::from(done.get()) / plan.measured.as_secs_f64())
}

/// An access token of the announced credentials.
pub(super) async fn token(host: &str, announced: &Announcement) -> anyhow::Result<String> {
    let request = TokenRequest {
        grant_type: Some("client_credentials".to_owned()),
        client_id: Some(announced.client_id.clone()),
        client_secret: Some(announced.client_secret.clone()),
    };
    let body = serde_json::to_vec(&request)?;
    let mut connection = Connection::open(host).await?;
    let answer = connection.send(Call { method: "POST", target: "/token", bearer: "", body: &body }).await?;
    ensure!(answer.status == 200, "/token answers {}", answer.status);
    Ok(serde_json::from_slice::<TokenResponse>(answer.body)?.access_token)
}

/// A client: one connection, to one of the nodes, and one flow after the other.
async fn client(shared: Rc<Shared>, client: usize) {
    let host = &shared.hosts[client % shared.hosts.len()];
    let until = shared.began + shared.plan.warm_up + shared.plan.measured;
    let mut connection = None;
    while let Some((number, from)) = turn(&shared, until).await {
        let done = timeout(FLOW_PATIENCE, run_one(&shared, host, &mut connection, number)).await;
        let done = done.unwrap_or_else(|_| Err(anyhow::anyhow!("a flow took longer than {FLOW_PATIENCE:?}")));
        let measured_from = shared.began + shared.plan.warm_up;
        let mut tally = shared.tally.borrow_mut();
        match done {
            Ok(flow) => tally.flow(from, &flow, measured_from, until),
            Err(error) => {
                connection = None;
                tally.error(format!("{error:#}"));
            }
        }
    }
}

async fn run_one(
    shared: &Shared,
    host: &str,
    open: &mut Option<Connection>,
    number: u64,
) -> anyhow::Result<flow::Flow> {
    let connection = match open {
        Some(connection) => connection,
        None => open.insert(Connection::open(host).await?),
    };
    let person = &shared.people[usize::try_from(number)? % shared.people.len()];
    flow::run(connection, &shared.token, person, number).await
}

/// The next flow's number, and since when its time counts. At a rate that is the moment it was due, however late a client
/// comes to it: otherwise a slow server would slow its own measurement down (coordinated omission).
async fn turn(shared: &Shared, until: Instant) -> Option<(u64, Instant)> {
    let number = shared.next.get();
    let now = Instant::now();
    let Some(rate) = shared.plan.rate else {
        shared.next.set(number + 1);
        return (now < until).then_some((number, now));
    };
    let due = shared.began + Duration::from_secs_f64(as_f64(number) / rate);
    if due >= until {
        return None;
    }
    shared.next.set(number + 1);
    if due <= now {
        return Some((number, due));
    }
    tokio::time::sleep_until(due.into()).await;
    Some((number, Instant::now().min(due + TIMER_GRAIN)))
}

/// Numbers of flows stay far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "numbers of flows stay far below 2^53")]
pub(super) fn as_f64(number: u64) -> f64 {
    number as f64
}
