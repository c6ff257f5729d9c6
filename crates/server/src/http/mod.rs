//! What every HTTP surface shares: errors, bodies, request ids, limits, CORS.

pub(crate) mod around;
pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod cookies;
mod cors;
pub(crate) mod error;
mod gcra;
pub(crate) mod headers;
pub(crate) mod idempotent;
pub(crate) mod parts;
pub(crate) mod rate_limit;
pub(crate) mod request_id;
pub(crate) mod sign_ins;
pub(crate) mod useragent;

pub(crate) use auth::Authenticated;
pub(crate) use body::JsonBody;
pub(crate) use error::{ApiError, Code};
