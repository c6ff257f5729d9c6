//! A call that somebody may follow.

use std::{convert::Infallible, time::Instant};

use axum::{extract::Request, http::Method, response::Response};
use jiff::Timestamp;
use ringtrue_engine::Error;

use super::{Line, answer, path, whose::Asker};
use crate::{http::idempotent::to_json, state::App};

/// A call on its way, from before it is let in.
pub(crate) struct Watched {
    app: App,
    at: Timestamp,
    begun: Instant,
    method: Method,
    path: String,
    asker: Asker,
}

impl Watched {
    /// Takes down what will be shown of a request.
    pub(crate) fn begin(app: &App, request: &mut Request) -> Self {
        Self {
            app: App::clone(app),
            at: app.engine.wall(),
            begun: Instant::now(),
            method: request.method().clone(),
            path: path::shown(request),
            asker: Asker::of(request),
        }
    }

    /// Waits for the answer and tells those who follow.
    pub(crate) async fn follow(
        self,
        answer: impl Future<Output = Result<Response, Infallible>>,
    ) -> Result<Response, Infallible> {
        let response = answer.await?;
        let micros = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        match self.tell(response, micros).await {
            (response, Ok(())) => Ok(response),
            (response, Err(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "a call was not shown on consoles");
                Ok(response)
            }
        }
    }

    async fn tell(self, response: Response, micros: u64) -> (Response, Result<(), Error>) {
        let (project, flow) = match self.asker.followed(&self.app).await {
            Ok(Some(followed)) => followed,
            Ok(None) => return (response, Ok(())),
            Err(error) => return (response, Err(error)),
        };
        let (response, said) = answer::read(response).await;
        let line = Line {
            at: self.at,
            method: self.method.to_string(),
            path: self.path,
            status: response.status().as_u16(),
            micros,
            code: said.code,
            message: said.message,
            correlation_id: flow.or(said.correlation_id),
        };
        self.app.engine.bus().say(project, to_json(&line).into());
        (response, Ok(()))
    }
}
