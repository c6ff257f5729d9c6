//! Text that has no place in the repository: unfinished code, silenced lints, addresses of package registries.

use std::path::Path;

use anyhow::bail;

use crate::repo;

/// This file names what it forbids.
const SELF: &str = "xtask/src/check/patterns.rs";

struct Rule {
    needle: &'static str,
    applies: fn(&str) -> bool,
    why: &'static str,
}

const fn rule(needle: &'static str, applies: fn(&str) -> bool, why: &'static str) -> Rule {
    Rule { needle, applies, why }
}

const REGISTRY: &str = "names a package registry; where packages come from is the machine's business";

const RULES: [Rule; 20] = [
    rule("todo!(", rust, "unfinished"),
    rule("unimplemented!(", rust, "unfinished"),
    rule("dbg!(", rust, "left from debugging"),
    rule("#[allow(", rust, "use #[expect(…, reason = \"…\")], which tells when it is no longer needed"),
    rule("#![allow(", rust, "use #![expect(…, reason = \"…\")], which tells when it is no longer needed"),
    rule("#[ignore", rust, "a test that does not run proves nothing"),
    rule("FIXME", code, "an open end belongs into an issue"),
    rule("XXX", code, "an open end belongs into an issue"),
    rule("registry.npmjs.org", any, REGISTRY),
    rule("registry.yarnpkg.com", any, REGISTRY),
    rule("npm.pkg.github.com", any, REGISTRY),
    rule("index.crates.io", any, REGISTRY),
    rule("static.crates.io", any, REGISTRY),
    rule("files.pythonhosted.org", any, REGISTRY),
    rule("deb.debian.org", any, REGISTRY),
    rule("registry-1.docker.io", any, REGISTRY),
    rule("\"resolved\": \"http", package_lock, REGISTRY),
    rule("registry=", npmrc, REGISTRY),
    rule("[source.", cargo_config, REGISTRY),
    rule("[registries", cargo_config, REGISTRY),
];

/// Fails with each place.
pub(super) fn check() -> anyhow::Result<String> {
    let mut wrong = Vec::new();
    let files = repo::files()?;
    for path in files.iter().filter(|path| *path != SELF) {
        let Some(text) = repo::read(path)? else { continue };
        wrong.extend(offences(path, &text));
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(format!("{} files", files.len()))
}

fn offences(path: &str, text: &str) -> Vec<String> {
    let rules = || RULES.iter().filter(|rule| (rule.applies)(path));
    if !rules().any(|rule| text.contains(rule.needle)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for rule in rules().filter(|rule| has_word(line, rule.needle)) {
            found.push(format!("{path}:{}: `{}`: {}", number + 1, rule.needle, rule.why));
        }
    }
    found
}

/// Whether a line has the needle; a word not as a part of a longer one: `mktemp -t x.XXXXXX` is none of our business.
fn has_word(line: &str, needle: &str) -> bool {
    let is_word = needle.chars().all(char::is_alphanumeric);
    line.match_indices(needle).any(|(at, _)| {
        let (before, after) = (line[..at].chars().next_back(), line[at + needle.len()..].chars().next());
        !is_word || ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

fn kind(path: &str) -> &str {
    Path::new(path).extension().and_then(|kind| kind.to_str()).unwrap_or_default()
}

fn name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn rust(path: &str) -> bool {
    kind(path) == "rs"
}

fn code(path: &str) -> bool {
    ["rs", "ts", "js", "mjs", "css", "html", "sql", "sh", "toml", ""].contains(&kind(path)) && !built(path)
}

fn built(path: &str) -> bool {
    path.contains("/dist/") || path.contains("/vendor/")
}

fn any(path: &str) -> bool {
    kind(path) != "lock"
}

fn package_lock(path: &str) -> bool {
    name(path) == "package-lock.json"
}

fn npmrc(path: &str) -> bool {
    name(path) == ".npmrc"
}

fn cargo_config(path: &str) -> bool {
    path == ".cargo/config.toml"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_code_is_found_with_its_line() {
        let found = offences("crates/a.rs", "fn a() {\n    todo!()\n}\n// FIXME later");
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("crates/a.rs:2: `todo!(`"), "{}", found[0]);
    }

    #[test]
    fn longer_words_and_other_files_are_left_alone() {
        assert!(offences("check", "mktemp -d /tmp/x.XXXXXX").is_empty());
        assert!(offences("docs/CONTRIBUTING.md", "no `todo!()`, no FIXME").is_empty());
        assert!(offences("Cargo.lock", "index.crates.io").is_empty());
    }

    #[test]
    fn locked_packages_carry_no_address() {
        let lock = "    \"resolved\": \"https://example.com/a.tgz\",";
        assert_eq!(offences("sdk/web/package-lock.json", lock).len(), 1);
    }
}
