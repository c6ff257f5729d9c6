//! One whole flow, as a back end and a phone would make it, and what its answers have to be.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use ringtrue_wire::{
    device::Envelope,
    verify::{VerifyRequest, VerifyResponse, VerifyStatusResponse},
};
use serde::Deserialize;

use super::http::{Call, Connection};

/// The calls of a flow, in order.
pub(super) const STEPS: [&str; 5] = ["verify", "otp/start", "outbox", "otp/finish", "verify-status"];

/// A sandbox persona that succeeds when the code is right, and needs one.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) phone: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
}

/// The personas that every project has.
pub(super) fn built_in() -> Vec<Person> {
    let people = [
        ("+12001004014", "Lorant", "Nerger"),
        ("+12001004015", "Laney", "Dyball"),
        ("+12001004018", "Barbaraanne", "Canet"),
        ("+12001004031", "Merla", "Schumacher"),
        ("+12001004041", "Penny", "Jowers"),
    ];
    let person = |(phone, first, last): (&str, &str, &str)| Person {
        phone: phone.to_owned(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
    };
    people.map(person).into()
}

/// How long a message may be on its way into the outbox before that is an error.
const MESSAGE_PATIENCE: Duration = Duration::from_secs(2);
const CODE_DIGITS: usize = 4;

/// A flow that went as it should.
#[derive(Debug)]
pub(super) struct Flow {
    /// When each call had its answer.
    pub(super) answered_at: [Instant; 5],
    /// Whether the message was not yet there when first looked for.
    pub(super) message_was_late: bool,
}

/// Runs flow number `number`, which no other has.
///
/// # Errors
/// On anything but the one right answer to each call.
pub(super) async fn run(
    connection: &mut Connection,
    token: &str,
    person: &Person,
    number: u64,
) -> anyhow::Result<Flow> {
    let Person { phone, first_name, last_name } = person;
    let mark = format!(" for load-{number:08}.");
    let request = VerifyRequest {
        possession_type: Some("mobile".to_owned()),
        phone_number: Some(phone.clone()),
        first_name: Some(first_name.clone()),
        last_name: Some(last_name.clone()),
        sms_message: Some(format!("####{mark}")),
        client_request_id: Some(format!("load-{number:08}")),
        ..VerifyRequest::default()
    };
    let body = serde_json::to_vec(&request)?;
    let started: VerifyResponse = post(connection, "/v3/verify", token, &body).await?;
    let verified_at = Instant::now();
    ensure!(
        [&started.success, &started.possession_result, &started.verify_result] == ["pending"; 3],
        "verify: {started:?}"
    );
    let device = started.auth_token.context("verify: no authToken")?;

    let reply: Envelope = post(connection, "/v1/client/mobile/otp/start", &device, b"{}").await?;
    ensure!(reply.next.is_empty() && reply.data.is_none() && reply.error.is_none(), "otp/start: {reply:?}");
    let otp_started_at = Instant::now();

    let (code, message_was_late) = read_code(connection, token, phone, &mark).await?;
    let read_at = Instant::now();

    let body = format!("{{\"otp\":\"{code}\"}}");
    let reply: Envelope = post(connection, "/v1/client/mobile/otp/finish", &device, body.as_bytes()).await?;
    ensure!(reply.next == "done" && reply.data.is_none() && reply.error.is_none(), "otp/finish: {reply:?}");
    let finished_at = Instant::now();

    let body = format!("{{\"correlationId\":\"{}\"}}", started.correlation_id);
    let status: VerifyStatusResponse = post(connection, "/v3/verify-status", token, body.as_bytes()).await?;
    ensure!(
        status.success == "true"
            && status.possession_result == "success"
            && status.verify_result == "success"
            && status.identity_id.is_some()
            && status.phone_number == *phone,
        "verify-status: {status:?}"
    );
    let answered_at = [verified_at, otp_started_at, read_at, finished_at, Instant::now()];
    Ok(Flow { answered_at, message_was_late })
}

async fn post<T: for<'a> Deserialize<'a>>(
    connection: &mut Connection,
    target: &str,
    bearer: &str,
    body: &[u8],
) -> anyhow::Result<T> {
    let answer = connection
        .send(Call { method: "POST", target, bearer, body })
        .await
        .with_context(|| target.to_owned())?;
    let text = || String::from_utf8_lossy(answer.body);
    ensure!(answer.status == 200, "{target}: {} {}", answer.status, text());
    serde_json::from_slice(answer.body).with_context(|| format!("{target}: not what was agreed: {}", text()))
}

/// Looks for our message until it is there: among the newest few first, as a test would that knows when it was sent,
/// then among many.
async fn read_code(
    connection: &mut Connection,
    token: &str,
    phone: &str,
    mark: &str,
) -> anyhow::Result<(String, bool)> {
    let mut limit = 8;
    let began = Instant::now();
    let mut was_late = false;
    loop {
        let to = phone.trim_start_matches('+');
        let target = format!("/v3/sandbox/messages?limit={limit}&to=%2B{to}");
        let answer =
            connection.send(Call { method: "GET", target: &target, bearer: token, body: b"" }).await?;
        ensure!(answer.status == 200, "outbox: {} {}", answer.status, String::from_utf8_lossy(answer.body));
        if let Some(code) = code_before(answer.body, mark.as_bytes()) {
            return Ok((code, was_late));
        }
        if began.elapsed() > MESSAGE_PATIENCE {
            bail!("outbox: no message{mark}")
        }
        if limit == 8 {
            limit = 100;
            continue;
        }
        was_late = true;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The digits before our mark. The list is long and ours is among its first: parsing all of it would cost more than the
/// rest of the flow.
fn code_before(outbox: &[u8], mark: &[u8]) -> Option<String> {
    let at = outbox.windows(mark.len()).position(|window| window == mark)?;
    let code = outbox.get(at.checked_sub(CODE_DIGITS)?..at)?;
    code.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(code).into_owned())
}

#[cfg(test)]
mod tests {
    use super::code_before;

    #[test]
    fn the_code_stands_before_the_mark() {
        let outbox = br#"[{"body":"1111 for load-2."},{"body":"4821 for load-1."}]"#;
        assert_eq!(code_before(outbox, b" for load-1.").as_deref(), Some("4821"));
        assert_eq!(code_before(outbox, b" for load-3."), None);
        assert_eq!(code_before(b"[{\"body\":\"12 for load-1.\"}]", b" for load-1."), None);
    }
}
