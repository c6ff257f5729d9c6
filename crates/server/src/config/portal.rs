//! `[portal]`: how people come in.

use ringtrue_connect::OpenIdConfig;
use serde::Deserialize;

/// What is set about the portal.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Portal {
    pub(crate) single_sign_on: Option<OpenIdConfig>,
}

impl Portal {
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        let Some(provider) = &self.single_sign_on else { return Ok(()) };
        provider.validate().map_err(|error| anyhow::anyhow!("portal.single_sign_on.{error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "[single_sign_on]\nissuer = \"https://id.example\"\nclient_id = \"a\"\nclient_secret = \"b\"\n";

    #[test]
    fn a_provider_is_described_whole_and_bounds_are_named() {
        let verdict = |text: &str| {
            let portal: Portal = toml::from_str(text).unwrap();
            portal.validate().map_or_else(|error| error.to_string(), |()| "good".to_owned())
        };
        assert_eq!(verdict(""), "good");
        assert_eq!(verdict(GOOD), "good");
        assert_eq!(verdict(&GOOD.replace("https://id.example", "http://127.0.0.1:9000/realms/a")), "good");
        let at = "portal.single_sign_on.";
        let issuer =
            format!("{at}issuer: must be an https address without query (http on this machine only)");
        for bad in ["http://id.example", "id.example", "https://id.example?a=b", "https://id.example#a"] {
            assert_eq!(verdict(&GOOD.replace("https://id.example", bad)), issuer, "{bad}");
        }
        assert_eq!(verdict(&GOOD.replace("\"a\"", "\"\"")), format!("{at}client_id: must not be empty"));
        assert_eq!(verdict(&GOOD.replace("\"b\"", "\"\"")), format!("{at}client_secret: must not be empty"));
        let with = |more: &str| verdict(&format!("{GOOD}{more}"));
        assert_eq!(with("label = \"\""), format!("{at}label: must be 1 to 40 characters"));
        assert_eq!(with("email_domain = \"example.com\""), "good");
        let domain = format!("{at}email_domain: must be a domain such as example.com");
        for bad in ["", "example", "@example.com"] {
            assert_eq!(with(&format!("email_domain = \"{bad}\"")), domain, "{bad}");
        }
        assert!(toml::from_str::<Portal>("[single_sign_on]\nissuer = \"https://id.example\"").is_err());
        assert!(
            !format!("{:?}", toml::from_str::<Portal>(&GOOD.replace("\"b\"", "\"Zq7\"")).unwrap())
                .contains("Zq7")
        );
    }
}
