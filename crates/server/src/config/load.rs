//! Reading the configuration: file, then files named by `…_file` keys, then the environment.

use std::{fs, path::Path};

use anyhow::{Context as _, anyhow};
use toml::{Table, Value};

use super::{Config, locate::line_of};

const PREFIX: &str = "RINGTRUE__";

/// Reads the configuration for a run. `file` must exist; `fallback` may.
pub(crate) fn load(file: Option<&Path>, fallback: &Path) -> anyhow::Result<Config> {
    let path = file.or_else(|| fallback.exists().then_some(fallback));
    let text = match path {
        Some(path) => {
            fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?
        }
        None => String::new(),
    };
    let environment = std::env::vars().filter(|(name, _)| name.starts_with(PREFIX));
    parse(&text, environment)
        .with_context(|| path.map_or_else(String::new, |path| path.display().to_string()))
}

/// Checks a file alone, without the environment.
pub(crate) fn check(path: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    parse(&text, std::iter::empty()).with_context(|| path.display().to_string()).map(drop)
}

fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Config> {
    let mut table: Table = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        anyhow!("line {line}: {}", error.message())
    })?;
    for (name, value) in environment {
        set(&mut table, &name, &value)?;
    }
    read_files(&mut table)?;
    let config: Config = serde_path_to_error::deserialize(table).map_err(|error| {
        let path = error.path().to_string();
        let reason = error.inner().message().to_owned();
        match line_of(text, &path, &reason) {
            Some(line) => anyhow!("line {line}: {path}: {reason}"),
            None => anyhow!("{path}: {reason}"),
        }
    })?;
    config.validate()?;
    Ok(config)
}

/// `RINGTRUE__SMS__KIND=twilio` sets `sms.kind`. What reads as TOML is taken as such, anything else as text.
fn set(table: &mut Table, name: &str, value: &str) -> anyhow::Result<()> {
    let path = name.trim_start_matches(PREFIX).to_lowercase();
    let mut parts: Vec<&str> = path.split("__").collect();
    let last = parts.pop().filter(|last| !last.is_empty()).ok_or_else(|| anyhow!("{name}: names no key"))?;
    let mut at = table;
    for part in parts {
        let inner = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
        at = inner.as_table_mut().ok_or_else(|| anyhow!("{name}: {part} is not a section"))?;
    }
    let literal =
        toml::from_str::<Table>(&format!("value = {value}")).ok().and_then(|mut read| read.remove("value"));
    at.insert(last.to_owned(), literal.unwrap_or_else(|| Value::String(value.to_owned())));
    Ok(())
}

/// Replaces `key_file = "path"` by `key = <what stands in the file>`, without its last line break.
fn read_files(table: &mut Table) -> anyhow::Result<()> {
    let named: Vec<String> = table.keys().filter(|key| key.ends_with("_file")).cloned().collect();
    for key in named {
        let Some(Value::String(path)) = table.remove(&key) else {
            return Err(anyhow!("{key}: must be a path"));
        };
        let text = fs::read_to_string(&path).with_context(|| format!("{key}: {path} cannot be read"))?;
        let plain = key.trim_end_matches("_file").to_owned();
        if table.contains_key(&plain) {
            return Err(anyhow!("{plain}: is given twice, also as {key}"));
        }
        table.insert(plain, Value::String(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    for (_, value) in table.iter_mut() {
        match value {
            Value::Table(inner) => read_files(inner)?,
            Value::Array(items) => {
                for inner in items.iter_mut().filter_map(Value::as_table_mut) {
                    read_files(inner)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        format!("{:#}", parse(text, std::iter::empty()).unwrap_err())
    }

    #[test]
    fn says_where_and_why() {
        assert!(
            error("[server]\nlisten = 5\n").starts_with("line 2: server.listen: "),
            "{}",
            error("[server]\nlisten = 5\n")
        );
        let unknown = error("[limits]\n\nrequests_per_hour = 5\n");
        assert!(unknown.starts_with("line 3: limits"), "{unknown}");
        assert!(unknown.contains("requests_per_hour"), "{unknown}");
        assert!(error("[server\n").starts_with("line 1: "));
        assert_eq!(error("[sms]\nkind = \"twilio\"\n"), "sms.twilio: is needed for kind = \"twilio\"");
        let second = error("[[feed]]\nname = \"a\"\n[[feed]]\nname = \"b\"\nsecrte = \"c\"\n");
        assert!(second.starts_with("line 5: feed[1]"), "{second}");
        let second = error("[[feed]]\nname = \"a\"\n\n[[feed]]\nname = 5\n");
        assert!(second.starts_with("line 5: feed[1].name: "), "{second}");
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let environment = [
            ("RINGTRUE__LIMITS__REQUESTS_PER_SECOND".to_owned(), "7".to_owned()),
            ("RINGTRUE__SERVER__LISTEN".to_owned(), "127.0.0.1:1".to_owned()),
        ];
        let config = parse("[limits]\nrequests_per_second = 3\n", environment.into_iter()).unwrap();
        assert_eq!((config.limits.requests_per_second, config.server.listen.port()), (7, 1));
        assert!(parse("", [("RINGTRUE__NO__SUCH".to_owned(), "1".to_owned())].into_iter()).is_err());
    }

    #[test]
    fn a_secret_can_stand_in_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        fs::write(&file, "[hidden]\n").unwrap();
        let text = format!(
            "[sms]\nkind = \"twilio\"\n[sms.twilio]\naccount_sid = \"AC{}\"\nfrom = \"+14155550123\"\nsecret_file = {:?}\n",
            "0".repeat(32),
            file
        );
        parse(&text, std::iter::empty()).unwrap();
    }

    #[test]
    fn a_list_can_come_from_the_environment_with_secrets_in_files() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("secret");
        fs::write(&file, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        let feeds = format!("[{{ name = \"a\", secret_file = {file:?} }}, {{ name = \"b\" }}]");
        let config = parse("", [("RINGTRUE__FEED".to_owned(), feeds)].into_iter()).unwrap();
        let secrets: Vec<_> = config.feed.iter().map(|feed| feed.secret.is_some()).collect();
        assert_eq!(secrets, [true, false]);
    }
}
