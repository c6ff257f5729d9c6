//! Silent network authentication: the phone shows itself to its operator over its own data connection.

use async_trait::async_trait;
use ringtrue_domain::{PhoneNumber, secret::Clear};

use super::Fault;
use crate::model::Project;

/// A check that is about to begin.
#[derive(Debug)]
pub struct Challenge<'a> {
    /// The project that asks.
    pub project: &'a Project,
    /// The number that the phone should have.
    pub phone: &'a PhoneNumber,
    /// 128 random bits that the check goes by.
    pub handle: &'a Clear,
}

/// What came back through the browser. Any page can send any of it, so it proves nothing by itself.
#[derive(Debug)]
pub struct Callback<'a> {
    /// The project that asks.
    pub project: &'a Project,
    /// The number that the phone should have.
    pub phone: &'a PhoneNumber,
    /// The `vfp` of `mobile/instant/finish`; empty in the pixel way.
    pub proof: &'a Clear,
    /// Whether the check's own address was visited.
    pub reached: bool,
    /// Whether the proof is the handle that this flow's check goes by.
    pub proof_is_handle: bool,
}

/// An operator, or somebody who asks operators.
#[async_trait]
pub trait NetworkAuthenticator: Send + Sync {
    /// Whether a check makes sense for this number at all.
    async fn offers(&self, project: &Project, phone: &PhoneNumber) -> bool;

    /// The address that the phone's browser must fetch.
    async fn begin(&self, challenge: Challenge<'_>) -> Result<Clear, Fault>;

    /// Whether the phone has the number, as confirmed by the operator.
    async fn finish(&self, callback: Callback<'_>) -> Result<bool, Fault>;
}
