//! Verifications that wait for a phone, and the press that ends them.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ringtrue_wire::{
    device::Envelope,
    verify::{VerifyRequest, VerifyResponse},
};

use super::{
    super::http::{Call, Connection},
    wait::Waiting,
};

const NUMBER: &str = "+12001004014";

/// Begins a verification on a desktop; its authToken.
pub(super) async fn begin(connection: &mut Connection, token: &str) -> anyhow::Result<String> {
    let text = |text: &str| Some(text.to_owned());
    let request = VerifyRequest {
        possession_type: text("desktop"),
        phone_number: text(NUMBER),
        first_name: text("Lorant"),
        last_name: text("Nerger"),
        final_target_url: text("https://shop.example/back"),
        ..VerifyRequest::default()
    };
    let body = serde_json::to_vec(&request)?;
    let call = Call { method: "POST", target: "/v3/verify", bearer: token, body: &body };
    let answer = connection.send(call).await?;
    ensure!(answer.status == 200, "verify: {}", answer.status);
    let started: VerifyResponse = serde_json::from_slice(answer.body)?;
    started.auth_token.context("verify: no authToken")
}

/// Has a link sent for the flow of `device`, presses it, and waits for the socket's last word; says how long that took
/// from the press on.
pub(super) async fn press(
    connection: &mut Connection,
    token: &str,
    device: &str,
    socket: &mut Waiting,
) -> anyhow::Result<Duration> {
    let start =
        Call { method: "POST", target: "/v1/client/mobile/instantlink/start", bearer: device, body: b"{}" };
    let answer = connection.send(start).await?;
    ensure!(answer.status == 200, "instantlink/start: {}", answer.status);
    let outbox = format!("/v3/sandbox/messages?limit=1&to=%2B{}", NUMBER.trim_start_matches('+'));
    let answer = connection.send(Call { method: "GET", target: &outbox, bearer: token, body: b"" }).await?;
    let link = link_in(&String::from_utf8_lossy(answer.body)).context("outbox: no link")?;
    let began = Instant::now();
    let call = Call { method: "POST", target: &link, bearer: "", body: b"" };
    let (pressed, said) = tokio::join!(connection.send(call), async {
        socket.text().await.map(|text| (text, began.elapsed()))
    });
    ensure!(pressed?.status == 303, "the press was refused");
    let (text, took) = said?;
    let word: Envelope = serde_json::from_str(&text)?;
    ensure!(word.next == "done" && word.error.is_none(), "the socket says {text}");
    Ok(took)
}

/// The path of the first link in a list of messages.
fn link_in(outbox: &str) -> Option<String> {
    let from = outbox.find("/l/")?;
    let token: String = (outbox[from + 3..].chars())
        .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
        .collect();
    Some(format!("/l/{token}"))
}

#[cfg(test)]
mod tests {
    use super::link_in;

    #[test]
    fn the_newest_link_is_found() {
        let outbox = r#"[{"body":"Open http://x/l/new-1_A"},{"body":"http://x/l/old"}]"#;
        assert_eq!(link_in(outbox).as_deref(), Some("/l/new-1_A"));
        assert_eq!(link_in("[]"), None);
    }
}
