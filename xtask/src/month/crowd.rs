//! Some of the people: their verifications one after the other. Many crowds at once are what a server sees.

use std::sync::Arc;

use jiff::Timestamp;
use ringtrue_domain::{
    CredentialId, FlowId, PhoneNumber, TargetUrl,
    flow::{Environment, PossessionType, SESSION_SECONDS},
    sms::{Slot, SmsTemplate},
    text::{CallerText, EmailAddress},
    time::after,
};
use ringtrue_engine::{
    StartVerification, Started,
    model::{Caller, Project},
};

use super::{
    company::{PRODUCTS, PUMPING, Product, SLOW},
    days::{Days, instant},
    dice::Dice,
    people::{Country, Person},
    walk::Walk,
    world::{Actor, World},
};

/// Crowds at once: so many units are written together, and none meets another's people.
pub(super) const CROWDS: u32 = 64;

/// Subscribers written in one unit.
const TOGETHER: usize = 250;
/// People per crowd and day that are told of as verified.
const TOLD: usize = 40;

/// Some of the people.
pub(super) struct Crowd {
    number: u32,
    actor: Actor,
    dice: Dice,
    days: Days,
    callers: Arc<[Caller]>,
    /// Those who were there before, product by product.
    known: Vec<Vec<Known>>,
}

#[derive(Clone)]
struct Known {
    person: Person,
    country: &'static Country,
}

/// Somebody who comes.
struct Arrival {
    at: Timestamp,
    product: usize,
    known: Known,
    pumped: bool,
}

/// Somebody who was verified, for those who watch numbers.
pub(super) struct Verified {
    pub(super) product: usize,
    pub(super) flow: FlowId,
    pub(super) phone: PhoneNumber,
    pub(super) country: &'static Country,
}

impl Crowd {
    pub(super) fn new(number: u32, world: &World, seed: u64, days: Days, callers: Arc<[Caller]>) -> Self {
        Self {
            number,
            actor: world.actor(number.into()),
            dice: Dice::new(seed, u64::from(number) + 1000),
            days,
            callers,
            known: PRODUCTS.iter().map(|_| Vec::new()).collect(),
        }
    }

    pub(super) const fn number(&self) -> u32 {
        self.number
    }

    /// Its part of so many.
    fn part(&self, of: u32) -> u32 {
        of / CROWDS + u32::from(self.number < of % CROWDS)
    }

    /// Lives through a day that has so many verifications of each product, and so many that are pumped; answers with
    /// some of those who were verified.
    pub(super) async fn day(
        &mut self,
        day: u16,
        counts: [u32; PRODUCTS.len()],
        pumped: u32,
    ) -> anyhow::Result<Vec<Verified>> {
        let (from, to) = self.days.bounds(day);
        let mut arrivals = Vec::new();
        for (product, count) in counts.into_iter().enumerate() {
            for _ in 0..self.part(count) {
                let known = self.somebody(product)?;
                let at = instant(from, to, known.country.ahead_hours, &mut self.dice);
                arrivals.push(Arrival { at, product, known, pumped: false });
            }
        }
        arrivals.extend(self.pumped(from, to, pumped)?);
        // Later arrivals of the same person must not come first.
        arrivals.sort_by_key(|arrival| arrival.at);
        self.register(from, &arrivals).await?;
        let mut verified = Vec::new();
        for arrival in arrivals {
            let done = self.verify(&arrival).await?;
            if let Some(flow) = done.filter(|_| verified.len() < TOLD) {
                let Arrival { product, known: Known { person, country }, .. } = arrival;
                verified.push(Verified { product, flow, phone: person.phone, country });
            }
        }
        Ok(verified)
    }

    /// Somebody who wants something of a product: perhaps not for the first time.
    fn somebody(&mut self, product: usize) -> anyhow::Result<Known> {
        let offer: &Product = &PRODUCTS[product];
        let known = &mut self.known[product];
        if !known.is_empty() && self.dice.chance(offer.returning) {
            return Ok(self.dice.one(known).clone());
        }
        let country = self.dice.weighted(offer.countries);
        let fresh = Known { person: Person::new(country, offer.prefix, &mut self.dice)?, country };
        known.push(fresh.clone());
        Ok(fresh)
    }

    fn pumped(&mut self, from: Timestamp, to: Timestamp, count: u32) -> anyhow::Result<Vec<Arrival>> {
        let Some((begin, end)) = self.days.spell(&PUMPING).filter(|(begin, _)| (from..to).contains(begin))
        else {
            return Ok(Vec::new());
        };
        let offer: &Product = &PRODUCTS[PUMPING.product];
        let mut arrivals = Vec::new();
        for _ in 0..self.part(count) {
            let person = Person::new(PUMPING.country, offer.prefix, &mut self.dice)?;
            let at = begin.checked_add(self.dice.within(end.duration_since(begin)))?;
            let known = Known { person, country: PUMPING.country };
            arrivals.push(Arrival { at, product: PUMPING.product, known, pumped: true });
        }
        Ok(arrivals)
    }

    /// Puts those who come today into the registry, as somebody does who imports it at night.
    async fn register(&mut self, at: Timestamp, arrivals: &[Arrival]) -> anyhow::Result<()> {
        self.actor.clock.set(at);
        let mut subscribers = Vec::new();
        for arrival in arrivals.iter().filter(|arrival| !arrival.pumped) {
            let Known { person, country } = &arrival.known;
            // Whoever was there before is the same as then.
            let mut dice = Dice::new(u64::from(self.number), digest(person.phone.expose()));
            subscribers.extend(person.subscriber(country, &mut dice));
            if person.unreachable {
                self.actor.carrier.refuse(person.phone.clone());
            }
        }
        for some in subscribers.chunks(TOGETHER) {
            self.actor.engine.register(some).await?;
        }
        Ok(())
    }

    /// One verification; which it was, if it succeeded.
    async fn verify(&mut self, arrival: &Arrival) -> anyhow::Result<Option<FlowId>> {
        let Arrival { at, product, known, pumped } = arrival;
        let (offer, caller) = (&PRODUCTS[*product], &self.callers[*product]);
        let method = if *pumped { PossessionType::Mobile } else { self.dice.weighted(offer.methods) };
        let request = request(offer, method, &known.person, &mut self.dice)?;
        self.actor.clock.set(*at);
        let Started::Flow { flow, .. } = self.actor.engine.start(caller, request, None).await? else {
            anyhow::bail!("a verification without a key was answered as a repetition");
        };
        let slow = *product == SLOW.product
            && known.country.code == SLOW.country.code
            && self.days.spell(&SLOW).is_some_and(|(begin, end)| (begin..end).contains(at));
        let walk = Walk {
            actor: &self.actor,
            dice: &mut self.dice,
            flow: flow.id(),
            at: *at,
            until: after(*at, SESSION_SECONDS).min(self.days.until),
            country: known.country,
            slow,
        };
        if *pumped {
            walk.pumped().await?;
            return Ok(None);
        }
        match method {
            PossessionType::Mobile => walk.with_code(offer.number_change).await?,
            PossessionType::Desktop => walk.with_link().await?,
            PossessionType::None => {}
        }
        let ended = self.actor.engine.store().flow(flow.id()).await?;
        Ok(ended.filter(|stored| stored.flow.identity().is_some()).map(|_| flow.id()))
    }
}

fn request(
    offer: &Product,
    possession: PossessionType,
    person: &Person,
    dice: &mut Dice,
) -> anyhow::Result<StartVerification> {
    let target = format!("https://{}/welcome/back", offer.host);
    let text = offer.text.filter(|_| possession == PossessionType::Mobile);
    let email = person.email.as_deref();
    Ok(StartVerification {
        possession,
        phone: person.phone.expose().to_owned(),
        name: person.name.clone(),
        target_url: (possession == PossessionType::Desktop)
            .then(|| TargetUrl::parse(&target, false))
            .transpose()?,
        message: text.map(|text| SmsTemplate::parse(text, Slot::Code)).transpose()?,
        email: email.map(|email| EmailAddress::parse("emailAddress", email)).transpose()?,
        client_customer_id: CallerText::parse("clientCustomerId", &person.customer)?,
        client_request_id: CallerText::parse("clientRequestId", &format!("req_{}", dice.letters(16)))?,
        allow_otp_retry: offer.retry,
    })
}

/// Who asks for the verifications of a product.
pub(super) fn caller(project: Project, credential: CredentialId) -> Caller {
    Caller {
        credential,
        environment: Environment::Production,
        project: Arc::new(project),
        clock_ahead_micros: 0,
    }
}

/// A number that a text always has (FNV-1a), to roll the same dice for it.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
