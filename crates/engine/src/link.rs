//! The page that an instant link opens. Looking at it changes nothing; pressing its button does.

use jiff::Timestamp;
use ringtrue_domain::{
    FlowId,
    flow::{Command, LinkStanding, Reply},
    secret::Digest,
    sms::{LandingWords, Wording},
};

use crate::{Engine, Error, decide::any};

/// What the page shows.
#[derive(Debug)]
pub enum LinkPage {
    /// The link is good: whose request it is, and from where.
    Ask {
        /// The project's name.
        project: String,
        /// The project's own words, and their language.
        words: Option<(String, LandingWords)>,
        /// The browser that waits, in words.
        asked_from: Option<String>,
        /// Seconds since the request.
        age_seconds: i64,
    },
    /// This browser has used it.
    Done {
        /// The project's name.
        project: String,
    },
    /// It is no longer good, and why; `None` for a link that was never ours.
    Gone(Option<LinkStanding>),
}

/// What pressing the button did.
#[derive(Debug)]
pub enum LinkUse {
    /// Go on to this address.
    Redirect(String),
    /// Possession was not accepted.
    Refused,
    /// It is no longer good, and why; `None` for a link that was never ours.
    Gone(Option<LinkStanding>),
}

impl Engine {
    /// What a link shows to a browser. Changes nothing: previews and scanners open links too.
    pub async fn link_page(&self, token: &str, browser: Option<Digest>) -> Result<LinkPage, Error> {
        let token = Digest::of(token.as_bytes());
        let Some(id) = self.store().flow_by_link(token).await? else { return Ok(LinkPage::Gone(None)) };
        let Some(stored) = self.store().flow(id).await? else { return Ok(LinkPage::Gone(None)) };
        let (flow, now) = (stored.flow, self.now(stored.clock_ahead_micros));
        if browser.is_some_and(|browser| flow.was_used_by(token, browser)) {
            return Ok(LinkPage::Done { project: self.project(flow.project()).await?.name });
        }
        let standing = flow.link_standing(token, now);
        if standing != LinkStanding::Live {
            return Ok(LinkPage::Gone(Some(standing)));
        }
        let project = self.project(flow.project()).await?;
        let words = Wording::of(&project.settings.wordings, &flow.subject().phone)
            .filter(|wording| !wording.landing.is_empty())
            .map(|wording| (wording.language.clone(), wording.landing.clone()));
        Ok(LinkPage::Ask {
            project: project.name,
            words,
            asked_from: flow.asked_from().map(str::to_owned),
            age_seconds: age(flow.opened_at(), now),
        })
    }

    /// A person pressed the button. The same browser may press it twice.
    pub async fn use_link(&self, token: &str, browser: Digest) -> Result<LinkUse, Error> {
        let token = Digest::of(token.as_bytes());
        let Some(id): Option<FlowId> = self.store().flow_by_link(token).await? else {
            return Ok(LinkUse::Gone(None));
        };
        let decided = match self.decide(id, Command::UseLink { token, browser }, Vec::new, any).await {
            Ok(decided) => decided,
            Err(Error::UnknownFlow) => return Ok(LinkUse::Gone(None)),
            Err(other) => return Err(other),
        };
        let flow = decided.flow;
        match decided.reply {
            Reply::Done if flow.was_used_by(token, browser) => {
                let target = flow.terms().target_url.as_ref();
                let target = target.ok_or_else(|| Error::bug("a flow with a link has no target"))?;
                Ok(LinkUse::Redirect(target.with_outcome(&flow.id().to_string())))
            }
            Reply::Over(ringtrue_domain::flow::PossessionFailure::Refused) => Ok(LinkUse::Refused),
            _ => Ok(LinkUse::Gone(Some(flow.link_standing(token, decided.now)))),
        }
    }
}

fn age(from: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(from).as_secs()
}
