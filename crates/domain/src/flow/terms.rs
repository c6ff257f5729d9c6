//! What was agreed when a flow began; only the subject can change later.

use serde::{Deserialize, Serialize};

use crate::{
    PersonName, PhoneNumber, TargetUrl, origin,
    sms::SmsTemplate,
    text::{CallerText, EmailAddress},
};

/// How the person proves possession of the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PossessionType {
    /// At another device than the phone: an instant link goes to the phone.
    Desktop,
    /// On the phone: silent network authentication or a one-time code.
    Mobile,
    /// Not asked; only ownership is judged.
    None,
}

/// Whether real people and money are involved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Personas, outbox and a clock that can be moved.
    Sandbox,
    /// Real numbers and connectors.
    Production,
}

/// How a number behaves. Real numbers are ordinary; a sandbox persona may be scripted otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conduct {
    /// The person has to do what is asked.
    Ordinary,
    /// Succeeds even when the client SDK is never run.
    Unaided,
    /// Fails whatever is entered or clicked.
    Refuses,
}

impl Conduct {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::Unaided, Self::Refuses];

    /// Its name in forms, files and storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Unaided => "unaided",
            Self::Refuses => "refuses",
        }
    }

    /// Reads its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|conduct| conduct.as_str() == text)
    }
}

/// The number that a flow is about at the moment, and what is known of it beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The number that messages go to and ownership is judged for.
    pub phone: PhoneNumber,
    /// How the number behaves.
    pub conduct: Conduct,
    /// Whether silent network authentication may be tried for it.
    pub network_auth: bool,
}

/// What was agreed when a flow began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How possession is proven.
    pub possession: PossessionType,
    /// Sandbox or production.
    pub environment: Environment,
    /// The name whose ownership of the number is judged.
    pub name: PersonName,
    /// Where the phone's browser goes after the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_url: Option<TargetUrl>,
    /// The text of messages.
    pub message: SmsTemplate,
    /// Address of the landing page; a link is this and the token.
    pub link_base: String,
    /// The caller's e-mail address for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// The caller's id of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_customer_id: Option<CallerText>,
    /// The caller's id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_request_id: Option<CallerText>,
    /// Wrong codes that end the flow: 1, or 3 with `allowOTPRetry`.
    pub tries: u8,
    /// Whether the page has a retry step for instant links, which changes the answer to its start.
    pub retry_page: bool,
    /// Number changes allowed: 0 to 3.
    pub number_changes: u8,
    /// Seconds before a resend sends again.
    pub resend_pause_seconds: u32,
    /// Origins of the pages that may call; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
}

impl Terms {
    /// Whether a page may call, by the `Origin` that its browser sent.
    pub fn may_be_called_from(&self, origin: &str) -> bool {
        let sandbox = self.environment == Environment::Sandbox;
        self.origins.is_empty() || origin::is_allowed(&self.origins, origin, sandbox)
    }
}
