//! The page that an instant link opens. Looking at it changes nothing; pressing its button does.

use jiff::Timestamp;
use ringtrue_domain::{
    Flow, FlowId,
    flow::{Command, LinkStanding, PossessionFailure, Reply},
    secret::Digest,
    sms::{LandingWords, Wording},
};

use crate::{Engine, Error, decide::any, model::Project};

/// A project's own words for the page of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWords {
    /// The language that they are in, as BCP 47 has it.
    pub language: String,
    /// The words.
    pub words: LandingWords,
}

/// What the page shows.
#[derive(Debug)]
pub enum LinkPage {
    /// The link is good: whose request it is, and from where.
    Ask {
        /// The project.
        project: Box<Project>,
        /// The project's own words, if it has any for this number.
        words: Option<OwnWords>,
        /// The browser that waits, in words.
        asked_from: Option<String>,
        /// Seconds since the request.
        age_seconds: i64,
    },
    /// This browser has used it.
    Done {
        /// The project.
        project: Box<Project>,
        /// As above.
        words: Option<OwnWords>,
    },
    /// It is no longer good.
    Gone(GoneLink),
}

/// Why a link is no longer good.
#[derive(Debug, Default)]
pub struct GoneLink {
    /// `None` for a link that was never ours.
    pub standing: Option<LinkStanding>,
    /// The project's own words, if the link is or was one of its.
    pub words: Option<OwnWords>,
}

/// What pressing the button did.
#[derive(Debug)]
pub enum LinkUse {
    /// Go on to this address.
    Redirect(String),
    /// Possession was not accepted. With the project's own words.
    Refused(Option<OwnWords>),
    /// It is no longer good.
    Gone(GoneLink),
}

impl Engine {
    /// What a link shows to a browser. Changes nothing: previews and scanners open links too.
    pub async fn link_page(&self, token: &str, browser: Option<Digest>) -> Result<LinkPage, Error> {
        let token = Digest::of(token.as_bytes());
        let unknown = || Ok(LinkPage::Gone(GoneLink::default()));
        let Some(id) = self.store().flow_by_link(token).await? else { return unknown() };
        let Some(stored) = self.store().flow(id).await? else { return unknown() };
        let (flow, now) = (stored.flow, self.now(stored.clock_ahead_micros));
        let project = self.project(flow.project()).await?;
        let words = own_words(&project, &flow);
        if browser.is_some_and(|browser| flow.was_used_by(token, browser)) {
            return Ok(LinkPage::Done { project: project.into(), words });
        }
        let standing = flow.link_standing(token, now);
        if standing != LinkStanding::Live {
            return Ok(LinkPage::Gone(GoneLink { standing: Some(standing), words }));
        }
        Ok(LinkPage::Ask {
            project: project.into(),
            words,
            asked_from: flow.asked_from().map(str::to_owned),
            age_seconds: age(flow.opened_at(), now),
        })
    }

    /// A person pressed the button. The same browser may press it twice.
    pub async fn use_link(&self, token: &str, browser: Digest) -> Result<LinkUse, Error> {
        let token = Digest::of(token.as_bytes());
        let Some(id): Option<FlowId> = self.store().flow_by_link(token).await? else {
            return Ok(LinkUse::Gone(GoneLink::default()));
        };
        let decided = match self.decide(id, Command::UseLink { token, browser }, Vec::new, any).await {
            Ok(decided) => decided,
            Err(Error::UnknownFlow) => return Ok(LinkUse::Gone(GoneLink::default())),
            Err(other) => return Err(other),
        };
        let flow = decided.flow;
        match decided.reply {
            Reply::Done if flow.was_used_by(token, browser) => {
                let target = flow.terms().target_url.as_ref();
                let target = target.ok_or_else(|| Error::bug("a flow with a link has no target"))?;
                Ok(LinkUse::Redirect(target.with_outcome(&flow.id().to_string())))
            }
            Reply::Over(PossessionFailure::Refused) => {
                Ok(LinkUse::Refused(own_words(&self.project(flow.project()).await?, &flow)))
            }
            _ => {
                let words = own_words(&self.project(flow.project()).await?, &flow);
                let standing = Some(flow.link_standing(token, decided.now));
                Ok(LinkUse::Gone(GoneLink { standing, words }))
            }
        }
    }
}

/// What a project says to the person of a flow, if it says anything in its own words.
fn own_words(project: &Project, flow: &Flow) -> Option<OwnWords> {
    let wording = Wording::of(&project.settings.wordings, &flow.subject().phone)?;
    let own = || OwnWords { language: wording.language.clone(), words: wording.landing.clone() };
    (!wording.landing.is_empty()).then(own)
}

fn age(from: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(from).as_secs()
}
