//! `[[feed]]`: who sends files of changes, and how.

use std::{collections::HashSet, path::PathBuf};

use anyhow::{Context as _, bail, ensure};
use ringtrue_domain::webhook_secret;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// A carrier or vendor that tells of changes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feed {
    /// `/feed/NAME`
    pub(crate) name: String,
    /// What files that are posted are signed with.
    pub(crate) secret: Option<SecretString>,
    /// Good as well, while the sender changes from it to the other.
    pub(crate) old_secret: Option<SecretString>,
    /// Where files are dropped.
    pub(crate) directory: Option<PathBuf>,
}

impl Feed {
    fn validate(&self) -> anyhow::Result<()> {
        for (field, secret) in [("secret", &self.secret), ("old_secret", &self.old_secret)] {
            if let Some(secret) = secret {
                // The error's own field is always `secret`.
                let checked = webhook_secret::key(secret.expose_secret());
                checked.map_err(|error| anyhow::anyhow!("{field}: {}", error.rule))?;
            }
        }
        ensure!(
            self.old_secret.is_none() || self.secret.is_some(),
            "old_secret: must not be given without secret"
        );
        ensure!(
            self.directory.as_ref().is_none_or(|directory| !directory.as_os_str().is_empty()),
            "directory: must not be empty"
        );
        Ok(())
    }
}

/// Checks all feeds, each by itself and beside the others.
pub(super) fn validate(feeds: &[Feed]) -> anyhow::Result<()> {
    let (mut names, mut directories) = (HashSet::new(), HashSet::new());
    for (number, feed) in feeds.iter().enumerate() {
        let good = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if !(1..=40).contains(&feed.name.len()) || !feed.name.bytes().all(good) {
            bail!("feed[{number}].name: must be 1 to 40 of a to z, 0 to 9, - and _");
        }
        if !names.insert(&feed.name) {
            bail!("feed[{number}].name: must not be that of another feed");
        }
        feed.validate().with_context(|| format!("feed {}", feed.name))?;
        if feed.directory.as_ref().is_some_and(|directory| !directories.insert(directory)) {
            bail!("feed {}: directory: must not be that of another feed", feed.name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn verdict(text: &str) -> String {
        #[derive(Deserialize)]
        struct File {
            feed: Vec<Feed>,
        }
        let file: File = toml::from_str(text).unwrap();
        validate(&file.feed).map_or_else(|error| format!("{error:#}"), |()| "fine".to_owned())
    }

    #[test]
    fn what_is_wrong_is_named_and_no_secret_repeated() {
        let name = "must be 1 to 40 of a to z, 0 to 9, - and _";
        for (text, said) in [
            (format!("[[feed]]\nname = \"a-1\"\nsecret = \"{SECRET}\"\nold_secret = \"{SECRET}\""), "fine"),
            ("[[feed]]\nname = \"a\"\ndirectory = \"/a\"\n[[feed]]\nname = \"b\"".to_owned(), "fine"),
            ("[[feed]]\nname = \"A\"".to_owned(), &format!("feed[0].name: {name}")),
            ("[[feed]]\nname = \"\"".to_owned(), &format!("feed[0].name: {name}")),
            (
                "[[feed]]\nname = \"a\"\n[[feed]]\nname = \"a\"".to_owned(),
                "feed[1].name: must not be that of another feed",
            ),
            ("[[feed]]\nname = \"a\"\nsecret = \"Zq7\"".to_owned(), "feed a: secret: must begin with whsec_"),
            (
                format!("[[feed]]\nname = \"a\"\nsecret = \"{SECRET}\"\nold_secret = \"whsec_Zq7\""),
                "feed a: old_secret: must be base64 after whsec_",
            ),
            (
                format!("[[feed]]\nname = \"a\"\nold_secret = \"{SECRET}\""),
                "feed a: old_secret: must not be given without secret",
            ),
            ("[[feed]]\nname = \"a\"\ndirectory = \"\"".to_owned(), "feed a: directory: must not be empty"),
            (
                "[[feed]]\nname = \"a\"\ndirectory = \"/a\"\n[[feed]]\nname = \"b\"\ndirectory = \"/a/\""
                    .to_owned(),
                "feed b: directory: must not be that of another feed",
            ),
        ] {
            assert_eq!(verdict(&text), said, "{text}");
        }
    }
}
