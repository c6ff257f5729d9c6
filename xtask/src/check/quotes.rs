//! Documentation that quotes code says what the code says. A fenced block under `<!-- quoted: PATH -->` has to stand in
//! that file, line by line, whatever its indentation.

use std::path::Path;

use anyhow::bail;

use crate::repo;

/// Fails on a quotation that its file does not have any more.
pub(super) fn check() -> anyhow::Result<String> {
    let mut wrong = Vec::new();
    let mut count = 0_usize;
    let is_document = |path: &String| Path::new(path).extension().is_some_and(|kind| kind == "md");
    for path in repo::files()?.into_iter().filter(is_document) {
        let Some(text) = repo::read(&path)? else { continue };
        for (source, quoted) in quotations(&text) {
            count += 1;
            let code = if repo::root().join(source).is_file() { repo::read(source)? } else { None };
            if !code.is_some_and(|code| stands_in(&quoted, &code)) {
                wrong.push(format!("{path}: {source} does not say that any more: `{}`", quoted.join(" ⏎ ")));
            }
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(format!("{count} quotations"))
}

/// The file that each quotation names, and its lines without indentation.
fn quotations(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let named = line.strip_prefix("<!-- quoted: ").and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(source) = named {
            let fence = |line: &&str| line.starts_with("```");
            lines.by_ref().find(fence);
            found.push((source, lines.by_ref().take_while(|line| !fence(line)).collect()));
        }
    }
    found
}

fn stands_in(quoted: &[&str], code: &str) -> bool {
    let code: Vec<&str> = code.lines().map(str::trim).collect();
    !quoted.is_empty() && code.windows(quoted.len()).any(|window| window == quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_compared_without_its_indentation() {
        let text = "1. Do:\n   <!-- quoted: a.js -->\n   ```js\n     one();\n     two();\n   ```\nand so on";
        let found = quotations(text);
        assert_eq!(found, [("a.js", vec!["one();", "two();"])]);
        assert!(stands_in(&found[0].1, "function f() {\n  one();\n  two();\n}"));
        assert!(!stands_in(&found[0].1, "one();\nthree();\ntwo();"));
    }
}
