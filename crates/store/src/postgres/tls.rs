//! Encryption of connections: rustls with the crypto library that everything here uses.

use std::{path::PathBuf, sync::Arc};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::AddressError;

/// Whom a connection believes to be the database.
#[derive(Debug, Clone)]
pub(super) enum Trust {
    /// Anybody: `sslmode` up to `require` hides the traffic from listeners and proves nothing, as everywhere.
    Anybody,
    /// Who has a certificate of these, for the host's name.
    Roots(Arc<RootCertStore>),
}

impl Trust {
    /// The certificates of a PEM file.
    pub(super) fn file(path: PathBuf) -> Result<Self, AddressError> {
        let read = || -> Result<RootCertStore, Box<dyn std::error::Error + Send + Sync>> {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(&path)? {
                roots.add(certificate?)?;
            }
            if roots.is_empty() { Err("it holds no certificate".into()) } else { Ok(roots) }
        };
        match read() {
            Ok(roots) => Ok(Self::Roots(Arc::new(roots))),
            Err(source) => Err(AddressError::Root { path, source }),
        }
    }

    /// What opens encrypted connections.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let config = match self {
            Self::Roots(roots) => config.with_root_certificates(Arc::clone(roots)),
            Self::Anybody => {
                config.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider)))
            }
        };
        Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
    }
}

/// Takes any certificate, but not a connection that its holder did not sign.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
