//! Making a month: the company sets up, everybody lives through the days, and each day is closed.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::ensure;
use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{
    CredentialId, FlowId,
    flow::{Environment, SESSION_SECONDS},
    text::EmailAddress,
};
use ringtrue_engine::{
    model::{Project, SignedIn},
    ports::{Clock as _, SystemClock},
    run_worker,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    Options,
    company::PRODUCTS,
    crowd::{self, CROWDS, Crowd, Verified},
    days::Days,
    dice::Dice,
    endpoint::Endpoints,
    sandbox::Sandbox,
    team::{BEFORE_DAYS, OWNER, Team},
    watch::Watch,
    world::{Actor, World},
};
use crate::accept;

/// Records of a kind purged in one unit.
const PURGE_BITE: usize = 500;
/// How long closing a day may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// Where `ringtrue serve` listens unless it is told otherwise.
const ORIGIN: &str = "http://127.0.0.1:8080";

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let bin = accept::server(options.bin.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(make(options, &bin))
}

async fn make(options: &Options, bin: &Path) -> anyhow::Result<()> {
    let days = Days { until: SystemClock.wall(), count: options.days };
    let seed = options.seed;
    let world = World::open(bin, &options.data, Endpoints::new(days, seed), seed).await?;
    let mut team = Team::begin(&world, seed, days).await?;
    let company = Company::found(&world, team.owner(), days).await?;
    let plan = days.plan(options.verifications, &mut Dice::new(seed, 0));
    let mut crowds: Vec<_> = (0..CROWDS)
        .map(|number| Crowd::new(number, &world, seed, days, Arc::clone(&company.callers)))
        .collect();
    let mut watch = Watch::begin(&world, team.owner(), seed, days, &company.projects).await?;
    let mut sandbox = Sandbox::begin(&world, team.owner(), seed, days, &company.sandboxes).await?;
    let closing = world.actor(6);
    for (day, counts) in (0..days.count).zip(plan.counts) {
        let pumped = plan.pumped;
        let verified;
        (crowds, verified) = together(crowds, day, counts, pumped).await?;
        let flows: Vec<FlowId> = verified.iter().map(|one| one.flow).collect();
        watch.day(day, verified).await?;
        team.day(day, &flows).await?;
        sandbox.day(day).await?;
        close(&closing, days.bounds(day).1).await?;
        println!("day {} of {}: {} verifications", day + 1, days.count, counts.iter().sum::<u32>());
    }
    company.rotate(&world, team.owner(), days).await?;
    watch.end().await?;
    tell(options, &world.safe_actor()).await?;
    world.store.close().await;
    Ok(())
}

/// All crowds live through a day at the same time.
async fn together(
    crowds: Vec<Crowd>,
    day: u16,
    counts: [u32; PRODUCTS.len()],
    pumped: u32,
) -> anyhow::Result<(Vec<Crowd>, Vec<Verified>)> {
    let mut living = JoinSet::new();
    for mut crowd in crowds {
        living.spawn(async move {
            let verified = crowd.day(day, counts, pumped).await;
            verified.map(|verified| (crowd, verified))
        });
    }
    let mut done: Vec<_> = living.join_all().await.into_iter().collect::<anyhow::Result<_>>()?;
    done.sort_by_key(|(crowd, _)| crowd.number());
    let (crowds, verified): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    Ok((crowds, verified.into_iter().flatten().collect()))
}

/// The company's projects and credentials.
struct Company {
    projects: Vec<Project>,
    callers: Arc<[ringtrue_engine::model::Caller]>,
    sandboxes: Vec<(Project, CredentialId)>,
}

impl Company {
    async fn found(world: &World, owner: &SignedIn, days: Days) -> anyhow::Result<Self> {
        let actor = world.actor(7);
        let begin = days.bounds(0).0;
        let (mut projects, mut callers, mut sandboxes) = (Vec::new(), Vec::new(), Vec::new());
        for (product, later) in PRODUCTS.iter().zip(0_i64..) {
            let hours = 24 * (BEFORE_DAYS - 1 - 4 * later);
            actor.clock.set(begin.checked_sub(SignedDuration::from_hours(hours))?);
            let project = actor.engine.create_project(owner, product.name, product.settings()).await?;
            let sandbox = actor
                .engine
                .create_credential(owner, project.id, Environment::Sandbox, Some("laptops"))
                .await?;
            actor.clock.set(begin.checked_sub(SignedDuration::from_hours(30 - later))?);
            let production = actor
                .engine
                .create_credential(owner, project.id, Environment::Production, Some("back end"))
                .await?;
            callers.push(crowd::caller(project.clone(), production.id));
            sandboxes.push((project.clone(), sandbox.id));
            projects.push(project);
        }
        sandboxes.pop();
        Ok(Self { projects, callers: callers.into(), sandboxes })
    }

    /// The first project's credential was changed a week ago, as somebody who does not want to lose a call does it. Done
    /// at the end: what calls with a revoked credential is not asked here.
    async fn rotate(&self, world: &World, owner: &SignedIn, days: Days) -> anyhow::Result<()> {
        let actor = world.actor(8);
        let week = days.before(SignedDuration::from_hours(7 * 24)).max(days.bounds(0).0);
        actor.clock.set(week);
        let Some(first) = self.callers.first() else { return Ok(()) };
        let project = first.project.id;
        actor
            .engine
            .create_credential(owner, project, Environment::Production, Some("back end, new"))
            .await?;
        actor.clock.set(week.checked_add(SignedDuration::from_hours(2))?);
        actor.engine.revoke_credential(owner, first.credential).await?;
        Ok(())
    }
}

/// What a server does every minute, once a day: counts what is over, and purges what has outlived its use.
async fn close(actor: &Actor, at: Timestamp) -> anyhow::Result<()> {
    actor.clock.set(at);
    let store = actor.engine.store();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(run_worker(Arc::clone(&actor.engine), stop.clone()));
    // Those whose session is over for certain.
    let over = SignedDuration::from_secs(i64::from(SESSION_SECONDS) + 300);
    let over = FlowId::first_at(at.checked_sub(over)?);
    let began = std::time::Instant::now();
    while store.uncounted().await?.iter().any(|found| found.next < over) {
        ensure!(began.elapsed() < PATIENCE, "verifications are not counted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    worker.await?;
    while store.purge(at, PURGE_BITE).await? > 0 {}
    Ok(())
}

/// Says how to look at it.
async fn tell(options: &Options, actor: &Actor) -> anyhow::Result<()> {
    actor.clock.set(SystemClock.wall());
    let token = actor.engine.link_for(&EmailAddress::parse("email", OWNER)?).await?;
    let data = options.data.display();
    println!("\nfilled {data}; to look at it:\n\n  ringtrue serve --data {data}");
    println!("  {ORIGIN}/portal/enter/{}\n", token.expose());
    println!("The link signs {OWNER} in, once, within an hour.");
    Ok(())
}
