//! What the company sells, and how each product verifies people.

use ringtrue_domain::flow::PossessionType;
use ringtrue_engine::model::ProjectSettings;

use super::people::{Country, DE, ES, FR, GB, IM, IT, NL, PL, SE, US};

/// A product: one project.
pub(super) struct Product {
    pub(super) name: &'static str,
    /// Where its pages are.
    pub(super) host: &'static str,
    /// What its ids of customers begin with.
    pub(super) prefix: &'static str,
    /// Of all verifications, in hundredths.
    pub(super) share: u32,
    /// How often somebody comes who was there before.
    pub(super) returning: f64,
    pub(super) methods: &'static [(PossessionType, u32)],
    pub(super) countries: &'static [(&'static Country, u32)],
    /// Its own text around a code.
    pub(super) text: Option<&'static str>,
    /// Whether a wrong code may be followed by another.
    pub(super) retry: bool,
    pub(super) number_change: bool,
    /// Where events of production go.
    pub(super) webhook: Option<&'static str>,
}

impl Product {
    pub(super) fn settings(&self) -> ProjectSettings {
        ProjectSettings {
            bound_host: Some(self.host.to_owned()),
            retry_page: self.retry,
            number_change: Some(self.number_change),
            ..ProjectSettings::default()
        }
    }
}

use PossessionType::{Desktop, Mobile, None as Neither};

/// Largest first.
pub(super) const PRODUCTS: [Product; 3] = [
    Product {
        name: "Harbour Lending",
        host: "lending.harbour.example",
        prefix: "cus",
        share: 66,
        returning: 0.22,
        methods: &[(Mobile, 68), (Desktop, 32)],
        countries: &[(&US, 46), (&GB, 22), (&DE, 14), (&FR, 8), (&NL, 5), (&SE, 5)],
        text: None,
        retry: true,
        number_change: true,
        webhook: Some("https://hooks.lending.harbour.example/ringtrue?team=risk"),
    },
    Product {
        name: "Harbour Marketplace",
        host: "market.harbour.example",
        prefix: "seller",
        share: 28,
        returning: 0.4,
        methods: &[(Mobile, 58), (Desktop, 30), (Neither, 12)],
        countries: &[(&DE, 34), (&FR, 22), (&ES, 16), (&IT, 14), (&PL, 14)],
        text: Some("Harbour Marketplace: ###### is your code."),
        retry: false,
        number_change: false,
        webhook: Some("https://api.market.harbour.example/hooks/phone"),
    },
    Product {
        name: "Courier Onboarding",
        host: "couriers.harbour.example",
        prefix: "crew",
        share: 6,
        returning: 0.1,
        methods: &[(Neither, 70), (Mobile, 30)],
        countries: &[(&GB, 60), (&PL, 40)],
        text: None,
        retry: true,
        number_change: false,
        webhook: None,
    },
];

/// When something else than usual happens.
pub(super) struct Spell {
    pub(super) product: usize,
    pub(super) country: &'static Country,
    /// Hours before the end.
    pub(super) hours_before: i64,
    pub(super) hours: i64,
}

/// Messages to a range of numbers that somebody earns money by: nobody types a code.
pub(super) const PUMPING: Spell = Spell { product: 1, country: &IM, hours_before: 9 * 24 + 11, hours: 4 };
/// Of all verifications, in hundredths.
pub(super) const PUMPED_SHARE: u32 = 2;

/// A carrier's bad afternoon: codes come when they are no good any more.
pub(super) const SLOW: Spell = Spell { product: 0, country: &GB, hours_before: 5 * 24 + 3, hours: 3 };
