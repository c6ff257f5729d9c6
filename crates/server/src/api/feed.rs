//! `POST /feed/{name}`: a carrier or vendor tells what became of numbers.

use std::{io::Cursor, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, header},
};
use ringtrue_domain::secret::Digest;
use ringtrue_wire::{
    error::ErrorBody,
    feed::{FeedResponse, FeedRowError},
};

use crate::{
    feed::{
        MAX_BYTES,
        signature::Claim,
        take::{self, Report, Source, TakeError},
    },
    http::{
        ApiError, Code,
        auth::{Counted, count},
        body,
        parts::Path,
    },
    rows::Format,
    state::App,
};

/// How long a file may take to arrive.
const READ_TIME: Duration = Duration::from_mins(1);
/// Bad rows that are named.
const NAMED: usize = 100;
/// When a sender whose file was not taken may try again.
const PAUSE: Duration = Duration::from_secs(5);

/// Takes in a file of changes, CSV or JSON lines, up to 32 MiB. It is signed as Standard Webhooks 1.0.0 has it, over the
/// whole body.
///
/// Each file is taken in once: posted again it changes nothing, and the answer is the first one with `alreadyTaken`. Bad
/// rows are reported and hold nothing up. After any other answer than 200 and 4XX post the same file again.
#[utoipa::path(post, path = "/feed/{name}", tag = "feed",
    request_body(content_type = "text/csv", content = String,
        description = "columns phoneNumber, eventType, newPhoneNumber, carrier, newCarrier, lineType, newLineType; or a \
                       JSON object per line with these fields (application/jsonl, application/x-ndjson)"),
    params(
        ("name" = String, Path, description = "the feed"),
        ("webhook-id" = String, Header, description = "the sender's id of the message"),
        ("webhook-timestamp" = i64, Header, description = "seconds since 1970, within five minutes of now"),
        ("webhook-signature" = String, Header,
            description = "v1, and the base64 of HMAC-SHA256 over id.timestamp.body; several between spaces"),
    ),
    responses((status = 200, body = FeedResponse), (status = "4XX", body = ErrorBody), (status = "5XX", body = ErrorBody)))]
pub(crate) async fn post_file(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<FeedResponse>, ApiError> {
    let unknown = || ApiError::new(Code::NotFound, "no such feed");
    let (feed, secrets) = app.feeds.find(&name).ok_or_else(unknown)?;
    let claim = Claim::read(request.headers(), app.engine.wall())
        .map_err(|reason| ApiError::new(Code::BadSignature, reason))?;
    let format = format(request.headers())?;
    let Some(turn) = app.feeds.turn().await else {
        return Err(ApiError::new(Code::Unavailable, "too many files at once, try again later").after(PAUSE));
    };
    let (mut parts, content) = request.into_parts();
    let content = body::read_within(content, MAX_BYTES, READ_TIME).await?;
    if !secrets.signed(&claim, &content) {
        return Err(ApiError::new(Code::BadSignature, "webhook-signature: is not that of this file"));
    }
    count(&app, &mut parts, Counted::Feed(feed))?;
    let source = Source { feed: name, digest: Digest::of(&content), format, reader: Cursor::new(content) };
    // It goes on when the sender hangs up: the answer is there when they ask again.
    let taking = tokio::spawn({
        let app = Arc::clone(&app);
        async move {
            let taken = take::take(&app.engine, source, NAMED, &app.drain.closed).await;
            drop(turn);
            taken
        }
    });
    let report = taking.await.map_err(TakeError::from).and_then(|taken| taken)?;
    Ok(Json(answer(report)))
}

fn format(headers: &HeaderMap) -> Result<Format, ApiError> {
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if header(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(ApiError::new(Code::WrongType, "Content-Encoding: must be left out"));
    }
    header(header::CONTENT_TYPE).and_then(Format::of_content_type).ok_or_else(|| {
        let rule = "Content-Type: must be text/csv, application/jsonl or application/x-ndjson";
        ApiError::new(Code::WrongType, rule)
    })
}

fn answer(report: Report) -> FeedResponse {
    let Report { file, already_taken, errors } = report;
    FeedResponse {
        file: file.digest.to_hex(),
        rows: file.rows,
        rejected: file.rejected,
        events: file.events,
        errors: errors.into_iter().map(|error| FeedRowError { line: error.line, rule: error.rule }).collect(),
        already_taken,
    }
}

impl From<TakeError> for ApiError {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Unreadable(reason) => Self::new(Code::Invalid, format!("body: {reason}")),
            TakeError::Engine(error) => error.into(),
            TakeError::Stopped => {
                Self::new(Code::Unavailable, "not available at the moment, try again later").after(PAUSE)
            }
            TakeError::Panicked(cause) => ringtrue_engine::Error::Bug(cause.into()).into(),
        }
    }
}
