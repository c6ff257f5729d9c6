//! Who may depend on whom. Dependencies fan out and never chain; the domain does no I/O and speaks no JSON.

use anyhow::bail;

use super::tree;

/// What a crate may name itself, and what it must not meet at any distance.
struct Border {
    krate: &'static str,
    /// `None`: anything that is not forbidden.
    direct: Option<&'static [&'static str]>,
    forbidden: &'static [&'static str],
}

const BORDERS: [Border; 5] = [
    Border {
        krate: "ringtrue-domain",
        direct: Some(&[
            "aws-lc-rs",
            "base64",
            "deunicode",
            "jiff",
            "rlibphonenumber",
            "serde",
            "strsim",
            "thiserror",
            "unicode-normalization",
            "url",
            "uuid",
            "zeroize",
        ]),
        forbidden: &["tokio", "serde_json", "rusqlite", "reqwest", "hyper", "axum", "ringtrue-wire"],
    },
    Border {
        krate: "ringtrue-wire",
        direct: Some(&["serde", "serde_json", "utoipa"]),
        forbidden: &["tokio", "axum", "hyper", "ringtrue-domain", "ringtrue-engine"],
    },
    Border {
        krate: "ringtrue-engine",
        direct: None,
        forbidden: &[
            "rusqlite",
            "reqwest",
            "hyper",
            "axum",
            "ringtrue-store",
            "ringtrue-connect",
            "ringtrue-wire",
        ],
    },
    Border {
        krate: "ringtrue-store",
        direct: None,
        forbidden: &["reqwest", "hyper", "axum", "ringtrue-connect", "ringtrue-wire"],
    },
    Border {
        krate: "ringtrue-connect",
        direct: None,
        forbidden: &["rusqlite", "axum", "ringtrue-store", "ringtrue-wire"],
    },
];

/// Fails when a crate reaches over its border.
pub(super) fn check() -> anyhow::Result<String> {
    let mut wrong = Vec::new();
    for border in &BORDERS {
        let krate = border.krate;
        if let Some(allowed) = border.direct {
            let named = tree::needs_of(krate, true)?;
            let extra = named.iter().filter(|name| !allowed.contains(&name.as_str()));
            wrong.extend(
                extra.map(|name| format!("{krate} may not name {name} (xtask/src/check/borders.rs)")),
            );
        }
        let reached = tree::needs_of(krate, false)?;
        let met = border.forbidden.iter().filter(|name| reached.contains(**name));
        wrong.extend(met.map(|name| format!("{krate} must not reach {name}")));
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(format!("{} crates", BORDERS.len()))
}
