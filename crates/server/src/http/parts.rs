//! Path and query of a request. What cannot be read of them is answered like any other mistake.

use axum::{
    extract::{self, FromRequestParts},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use super::{ApiError, Code};

/// Fields of the query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match extract::Query::from_request_parts(parts, state).await {
            Ok(extract::Query(fields)) => Ok(Self(fields)),
            Err(_) => Err(ApiError::field("query", "cannot be read, or names a field twice")),
        }
    }
}

/// Variable parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(parts)) => Ok(Self(parts)),
            // Not UTF-8 when decoded: nothing of ours is called that.
            Err(_) => Err(ApiError::new(Code::NotFound, "no such path")),
        }
    }
}
