//! The upper limit: the HTTP client that the server uses too, posting what the server has posted, and nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::{Context, ensure};
use reqwest::{
    Client,
    header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue},
};

use super::super::{
    drive::as_f64,
    receiver::{Receipt, Receiver},
};

/// Posts per second of a client on every core, as many at once.
pub(super) fn measure(posts: &[Receipt], receiver: &Receiver, at_once: usize) -> anyhow::Result<f64> {
    let requests: Arc<Vec<_>> = Arc::new(posts.iter().map(request).collect::<anyhow::Result<_>>()?);
    receiver.take();
    let runtime = tokio::runtime::Runtime::new().context("cannot start a runtime")?;
    let began = Instant::now();
    runtime.block_on(post_all(&requests, &receiver.url(), at_once))?;
    let seconds = began.elapsed().as_secs_f64();
    ensure!(receiver.take().len() == requests.len(), "the bare client's posts did not all arrive");
    Ok(as_f64(requests.len() as u64) / seconds)
}

type Request = (HeaderMap, Vec<u8>);

fn request(receipt: &Receipt) -> anyhow::Result<Request> {
    let mut headers = HeaderMap::new();
    for (name, value) in receipt.fields()? {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    // The client writes these itself.
    headers.remove(HOST);
    headers.remove(CONTENT_LENGTH);
    Ok((headers, receipt.body().to_vec()))
}

async fn post_all(requests: &Arc<Vec<Request>>, url: &str, at_once: usize) -> anyhow::Result<()> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().build()?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (client, url) = (client.clone(), url.to_owned());
        let (next, requests) = (Arc::clone(&next), Arc::clone(requests));
        workers.spawn(async move {
            while let Some((headers, body)) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let request = client.post(&url).headers(headers.clone()).body(body.clone());
                let answer = request.send().await?;
                ensure!(answer.status() == 200, "the receiver answers {}", answer.status());
                answer.bytes().await?;
            }
            Ok(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(())
}
