//! TLS of everything that connects from here.

use std::sync::Arc;

use anyhow::Context as _;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;

/// Trusts what the machine trusts; shows no certificate of our own.
pub(crate) fn client_config() -> anyhow::Result<ClientConfig> {
    // The provider is passed on, not installed: a library that sets a process-wide default surprises its neighbours.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("the TLS versions cannot be set")?
        .with_platform_verifier()
        .context("the machine's trusted certificates cannot be loaded")?
        .with_no_client_auth())
}
