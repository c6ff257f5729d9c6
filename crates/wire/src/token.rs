//! `POST /token`

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Client credentials, as a form or as JSON; HTTP Basic may carry the client instead.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[serde(default)]
    #[schema(required, value_type = String, example = "client_credentials")]
    pub grant_type: Option<String>,
    /// The credential's id.
    #[serde(default)]
    #[schema(value_type = String)]
    pub client_id: Option<String>,
    /// The credential's secret.
    #[serde(default)]
    #[schema(value_type = String)]
    pub client_secret: Option<String>,
}

/// An access token.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct TokenResponse {
    /// Goes into `Authorization: Bearer …` of every `/v3` call.
    pub access_token: String,
    /// Exactly `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Seconds that the token is good.
    #[schema(example = 3600)]
    pub expires_in: u32,
}
