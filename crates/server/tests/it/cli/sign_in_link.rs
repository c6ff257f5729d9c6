//! `ringtrue sign-in-link`, and what the first start prints.

use crate::client::{Process, output, refusal, ringtrue};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_prints_the_link_of_the_first_owner_and_logs_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let mut server =
        Process::serve(path, &[("RINGTRUE__SERVER__PUBLIC_ORIGIN", "https://verify.example")]).await;
    let printed = server.printed();
    assert!(printed.contains("no owner yet"), "{printed}");
    let link = printed.lines().find_map(|line| line.trim().strip_prefix("https://verify.example")).unwrap();
    assert_eq!(server.api.get(link).await.status, 200);
    // Whoever lost it asks for another, while the server runs.
    let other = ringtrue(path, &["sign-in-link", "--public-origin", "https://verify.example/"]);
    let other = other["link"].as_str().unwrap().strip_prefix("https://verify.example").unwrap().to_owned();
    assert_ne!(other, link);
    let fields = crate::client::form(&[("email", "ada@team.example"), ("name", "Ada")]);
    let call = server.api.call(http::Method::POST, &other).header("sec-fetch-site", "same-origin");
    assert_eq!(call.form(fields).send().await.status, 303);
    assert_eq!(server.api.get(link).await.status, 410);

    let log = server.log();
    for secret in [link, &other, "ada@team"] {
        assert!(!log.contains(secret.trim_start_matches("/portal/enter/")), "{log}");
    }
    let said = refusal(path, &["sign-in-link"], &[]);
    assert!(said.contains("name the e-mail address of the member"), "{said}");
    let said = refusal(path, &["sign-in-link", "eve@team.example"], &[]);
    assert!(said.contains("email: must be the address of a member"), "{said}");
    let said = output(path, &["sign-in-link", "ADA@team.example", "--listen", "127.0.0.1:8099"]);
    let link = String::from_utf8(said.stdout).unwrap();
    assert!(link.starts_with("http://127.0.0.1:8099/portal/enter/"), "{link}");
}
