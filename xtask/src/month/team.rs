//! The people of the portal: how they came, and what they did every day.

use jiff::{SignedDuration, Timestamp};
use ringtrue_domain::{FlowId, member::Role};
use ringtrue_engine::{
    Engine,
    model::{SignedIn, Way},
};

use super::{
    days::Days,
    dice::Dice,
    world::{Actor, World},
};

/// Days before the first one on which the server was set up.
pub(super) const BEFORE_DAYS: i64 = 22;

/// Whoever set the server up.
pub(super) const OWNER: &str = "ines.marchetti@harbour.example";
const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/142.0.0.0 Safari/537.36";

/// Who is invited, as what, and how many days before the end.
const INVITED: [(&str, &str, Role, i64); 6] = [
    ("Tomasz Wilk", "tomasz.wilk@harbour.example", Role::Developer, 28),
    ("Adaeze Obi", "adaeze.obi@harbour.example", Role::Developer, 27),
    ("Ruth Calloway", "ruth.calloway@harbour.example", Role::Analyst, 26),
    ("Mikkel Skov", "mikkel.skov@harbour.example", Role::Analyst, 20),
    ("Jean-Baptiste Aubry", "jb.aubry@harbour.example", Role::ReadOnly, 19),
    ("Sam Ferreira", "sam.ferreira@contractor.example", Role::Developer, 17),
];

/// The team.
pub(super) struct Team {
    actor: Actor,
    dice: Dice,
    days: Days,
    owner: SignedIn,
    others: Vec<SignedIn>,
}

impl Team {
    /// The first owner comes in, before all that follows.
    pub(super) async fn begin(world: &World, seed: u64, days: Days) -> anyhow::Result<Self> {
        let actor = world.actor(4);
        let begin = days.bounds(0).0.checked_sub(SignedDuration::from_hours(24 * BEFORE_DAYS))?;
        actor.clock.set(begin);
        let engine = &actor.engine;
        let token = engine.first_link().await?.ok_or_else(|| anyhow::anyhow!("somebody is there already"))?;
        let (_, owner) = engine.become_first_owner(token.expose(), OWNER, "Ines Marchetti", BROWSER).await?;
        engine.make_recovery_codes(&owner).await?;
        Ok(Self { actor, dice: Dice::new(seed, 4), days, owner, others: Vec::new() })
    }

    pub(super) const fn owner(&self) -> &SignedIn {
        &self.owner
    }

    /// Lives through a day, in which these verifications succeeded.
    pub(super) async fn day(&mut self, day: u16, verified: &[FlowId]) -> anyhow::Result<()> {
        let (from, to) = self.days.bounds(day);
        let left = i64::from(self.days.count - day);
        let at = |hours| from.checked_add(SignedDuration::from_hours(hours)).unwrap_or(from);
        // A short life is only long enough for everybody to come on its first day.
        for (name, email, role, before) in INVITED {
            if before == left || (day == 0 && before > left) {
                self.join(name, email, role, at(9)).await?;
            }
        }
        self.change_team(left, at(11)).await?;
        self.work(from, to, verified).await
    }

    async fn join(&mut self, name: &str, email: &str, role: Role, at: Timestamp) -> anyhow::Result<()> {
        self.actor.clock.set(at);
        let engine = &self.actor.engine;
        let made = engine.invite(&self.owner, email, role).await?;
        let later = at.checked_add(self.dice.about(3000.0)).unwrap_or(at);
        self.actor.clock.set(later);
        let (_, joined) = engine.accept_invitation(made.token.expose(), name, BROWSER).await?;
        engine.make_recovery_codes(&joined).await?;
        self.others.push(joined);
        Ok(())
    }

    /// What changes in the team, once.
    async fn change_team(&mut self, days_left: i64, at: Timestamp) -> anyhow::Result<()> {
        self.actor.clock.set(at);
        let engine = &self.actor.engine;
        let position =
            |email: &str| self.others.iter().position(|other| other.member.email.expose() == email);
        match days_left {
            12 => {
                if let Some(second) = position("adaeze.obi@harbour.example") {
                    let id = self.others[second].member.id;
                    self.others[second].member = engine.change_role(&self.owner, id, Role::Owner).await?;
                }
            }
            10 => {
                let mistaken =
                    engine.invite(&self.owner, "ruth.caloway@harbour.example", Role::Analyst).await?;
                engine.revoke_invitation(&self.owner, mistaken.invitation.id).await?;
            }
            7 => {
                if let Some(gone) = position("sam.ferreira@contractor.example") {
                    let gone = self.others.remove(gone);
                    engine.remove_member(&self.owner, gone.member.id).await?;
                }
            }
            3 => drop(engine.invite(&self.owner, "lea.fontaine@harbour.example", Role::Analyst).await?),
            _ => {}
        }
        Ok(())
    }

    /// Everybody signs in by the company's single sign-on; analysts look at some people in the clear.
    async fn work(&mut self, from: Timestamp, to: Timestamp, verified: &[FlowId]) -> anyhow::Result<()> {
        let mut deeds = Vec::new();
        for person in std::iter::once(&self.owner).chain(&self.others) {
            if self.dice.chance(0.7) {
                deeds.push((super::days::instant(from, to, 1, &mut self.dice), person.clone()));
            }
        }
        deeds.sort_by_key(|(at, _)| *at);
        for (at, person) in deeds {
            self.actor.clock.set(at);
            let engine: &Engine = &self.actor.engine;
            let (_, signed_in) = engine.start_session(&person.member, Way::SingleSignOn, BROWSER).await?;
            if signed_in.member.role == Role::Analyst && !verified.is_empty() {
                for _ in 0..=self.dice.below(3) {
                    engine.note_unmasking(&signed_in, *self.dice.one(verified)).await?;
                }
            }
        }
        Ok(())
    }
}
