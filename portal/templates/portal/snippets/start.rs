// cargo add anyhow serde_json; cargo add reqwest --features form,json; cargo add tokio --features macros,rt
use anyhow::Context as _;
use serde_json::{Value, json};

const ORIGIN: &str = "{{ self.0.origin }}";
const CLIENT_ID: &str = "{{ self.0.client_id }}";

/// Good for `expires_in` seconds: keep it for as long.
async fn access_token(http: &reqwest::Client) -> anyhow::Result<String> {
    let secret = std::env::var("RINGTRUE_CLIENT_SECRET")?;
    let form = [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", &secret)];
    let response = http.post(format!("{ORIGIN}/token")).form(&form).send().await?.error_for_status()?;
    let got: Value = response.json().await?;
    Ok(got["access_token"].as_str().context("no token")?.to_owned())
}

async fn post(http: &reqwest::Client, token: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    let request = http.post(format!("{ORIGIN}{path}")).bearer_auth(token).json(body);
    Ok(request.send().await?.error_for_status()?.json().await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let http = reqwest::Client::new();
    let token = access_token(&http).await?;
    let person = json!({
        "possessionType": "mobile",
        "phoneNumber": "{{ self.0.number() }}",
        "firstName": "{{ self.0.first_name() }}",
        "lastName": "{{ self.0.last_name() }}",
    });
    let started = post(&http, &token, "/v3/verify", &person).await?;
    // Send `authToken` to the page; keep `correlationId`. When the page is done:
    let which = json!({ "correlationId": started["correlationId"] });
    let status = post(&http, &token, "/v3/verify-status", &which).await?;
    println!("{}", status["success"]);
    Ok(())
}
