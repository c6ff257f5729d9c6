//! The line that a key stands in, for error messages about values that were read before they were checked.

use std::collections::HashMap;

/// Finds the line (from 1) of the key at `path`. For an unknown key the parser names the key in `reason`, and `path`
/// only its section.
pub(super) fn line_of(text: &str, path: &str, reason: &str) -> Option<usize> {
    let unknown = reason.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let full = match unknown {
        Some(key) if path == "." || path.is_empty() => key.to_owned(),
        Some(key) if path.ends_with(key) => path.to_owned(),
        Some(key) => format!("{path}.{key}"),
        None => path.to_owned(),
    };
    let mut section = String::new();
    let mut section_line = None;
    // How often each section of a list came.
    let mut times: HashMap<&str, usize> = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix('[') {
            let name = heading.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
            name.clone_into(&mut section);
            if heading.starts_with('[') {
                let time = times.entry(name).or_default();
                section = format!("{name}[{time}]");
                *time += 1;
            }
            if full == section || full.starts_with(&format!("{section}.")) {
                section_line = Some(number);
            }
        } else if let Some((key, _)) = line.split_once('=') {
            let key = key.trim().trim_matches('"');
            let here = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
            if here == full || full.starts_with(&format!("{here}.")) {
                return Some(number);
            }
        }
    }
    section_line
}
