//! What surrounds every call: an id, a span and an access line; what browsers of other origins may do; the headers of
//! the APIs; how a credential stands to its limit.
//!
//! One layer, and its future needs no box: axum copies all layers of a route with each request and boxes the future of
//! each, which was a tenth of the server's time when these were functions of their own. That calls can be followed on
//! consoles costs one load while nobody does.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};
use futures_util::future::{BoxFuture, Either};
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use tracing::instrument::{Instrument as _, Instrumented};

use super::{auth::Meter, cors, headers, request_id};
use crate::{console::Watched, state::App};

/// The layer.
#[derive(Clone)]
pub(crate) struct Around(App);

impl Around {
    /// Around the calls of this server.
    pub(crate) fn new(app: App) -> Self {
        Self(app)
    }
}

impl<S> Layer<S> for Around {
    type Service = Surrounded<S>;

    fn layer(&self, inner: S) -> Surrounded<S> {
        Surrounded { app: App::clone(&self.0), inner }
    }
}

/// A service with everything around it.
#[derive(Clone)]
pub(crate) struct Surrounded<S> {
    app: App,
    inner: S,
}

impl<S> Service<Request> for Surrounded<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let id = request_id::taken_over(&request).unwrap_or_else(|| self.app.request_ids.fresh());
        let span = request_id::span(&id, &request);
        let path = request.uri().path();
        let (open, api, metered) = (cors::is_open(path), headers::is_api(path), Meter::is_for(path));
        let meter = metered.then(|| Meter::install(&mut request));
        let answer = if open && cors::is_preflight(&request) {
            Either::Right(Either::Right(ready(Ok(cors::preflight()))))
        } else if api && self.app.consoles.is_any() {
            let watched = Watched::begin(&self.app, &mut request);
            Either::Right(
                Either::Left(Box::pin(watched.follow(self.inner.call(request))) as BoxFuture<'_, _>),
            )
        } else {
            Either::Left(self.inner.call(request))
        };
        Answering { answer: answer.instrument(span), id: Some(id), open, api, meter }
    }
}

/// An answer that is there at once, or is shown on consoles: only then there is a box.
type Rarely = Either<BoxFuture<'static, Result<Response, Infallible>>, Ready<Result<Response, Infallible>>>;

pin_project! {
    /// The answer on its way.
    pub(crate) struct Answering<F> {
        #[pin]
        answer: Instrumented<Either<F, Rarely>>,
        id: Option<HeaderValue>,
        open: bool,
        api: bool,
        meter: Option<Meter>,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Answering<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Poll::Ready(Ok(mut response)) = this.answer.as_mut().poll(context) else { return Poll::Pending };
        tracing::debug!(parent: this.answer.span(), http.status = response.status().as_u16(), "answered");
        let headers = response.headers_mut();
        if let Some(meter) = this.meter {
            meter.describe(headers);
        }
        if *this.api {
            headers::never_kept(headers);
        }
        if *this.open {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, cors::ANY);
        }
        if let Some(id) = this.id.take() {
            headers.insert(request_id::HEADER, id);
        }
        Poll::Ready(Ok(response))
    }
}
