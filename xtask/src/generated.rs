//! `cargo xtask openapi` and `docs`: files that the server's test `generated` writes from the code:
//! `docs/openapi.json`, `docs/admin-openapi.json`, `docs/configuration.toml`, `docs/errors.md`.

use anyhow::ensure;

use crate::{command, repo};

const FILES: [&str; 4] =
    ["docs/openapi.json", "docs/admin-openapi.json", "docs/configuration.toml", "docs/errors.md"];

/// Writes the generated files anew and says which changed.
pub(crate) fn rewrite() -> anyhow::Result<()> {
    let before = read_all();
    run_test(true)?;
    for (path, old) in FILES.iter().zip(before) {
        let new = std::fs::read(repo::root().join(path)).ok();
        println!("{path}: {}", if old == new { "unchanged" } else { "rewritten" });
    }
    Ok(())
}

/// Fails when a generated file is not what the code gives.
pub(crate) fn check() -> anyhow::Result<String> {
    run_test(false)?;
    for path in FILES {
        ensure!(repo::root().join(path).is_file(), "{path} is missing; run `cargo xtask openapi`");
    }
    Ok(format!("{} files up to date", FILES.len()))
}

fn read_all() -> [Option<Vec<u8>>; 4] {
    FILES.map(|path| std::fs::read(repo::root().join(path)).ok())
}

fn run_test(update: bool) -> anyhow::Result<()> {
    let mut test =
        command::cargo(&["test", "--locked", "--package", "ringtrue", "--test", "it", "--", "generated"]);
    test.env_remove("UPDATE_GENERATED");
    if update {
        test.env("UPDATE_GENERATED", "1");
    }
    let said = command::logged("generated", &mut test)?;
    ensure!(!said.contains("ok. 0 passed"), "the server's suite has no test named `generated` any more");
    Ok(())
}
