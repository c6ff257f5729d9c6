//! A project's own personas as a file: a JSON array, in which the words are those that they are kept in.

use ringtrue_engine::model::Persona;

/// Reads a file. What is said about a mistake names its place and quotes nothing.
pub(crate) fn read(text: &[u8]) -> Result<Vec<Persona>, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let personas: Vec<Persona> = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let line = inner.line();
        let text = inner.to_string();
        // The parser's words quote values; names of fields are ours, or words that the file has in place of one.
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match (missing, path.as_str()) {
            _ if !inner.is_data() => format!("line {line}: is not JSON"),
            (_, ".") => format!("line {line}: is not a list of personas"),
            (Some(field), _) => format!("line {line}: {path} has no {field}"),
            (None, _) => format!("line {line}: {path} is not as a persona has it"),
        }
    })?;
    json.end().map_err(|error| format!("line {}: the list is over, and more follows", error.line()))?;
    Ok(personas)
}

/// The file, one persona a line: comparing two of them shows which persona changed.
pub(crate) fn write(personas: &[Persona]) -> Result<String, serde_json::Error> {
    let lines = personas.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(if lines.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", lines.join(",\n")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"[
        {"phone": "+12001004999", "first_name": "Ann", "last_name": "Lee", "outcome": "ported after a month",
         "timeline": [{"after_days": 30, "change": "ported", "from": null, "to": "Other Mobile"}]},
        {"phone": "+12001004998", "first_name": "Bo", "last_name": "Lee", "outcome": "", "conduct": "unaided",
         "network": true, "risks": ["sim_swapped"], "ownership_fails": true}
    ]"#;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let personas = read(TWO.as_bytes()).unwrap();
        let written = write(&personas).unwrap();
        assert_eq!(written.lines().count(), 4);
        assert_eq!(read(written.as_bytes()).unwrap(), personas);
        assert_eq!(read(write(&[]).unwrap().as_bytes()).unwrap(), []);
    }

    #[test]
    fn a_mistake_is_told_by_its_place() {
        for (from, to, said) in [
            ("\"Bo\"", "7", "line 4: [1].first_name is not as a persona has it"),
            ("\"unaided\"", "\"odd\"", "line 4: [1].conduct is not as a persona has it"),
            ("\"outcome\": \"\", ", "", "line 5: [1] has no outcome"),
            ("\"network\"", "\"newtork\"", "line 5: [1].newtork is not as a persona has it"),
            ("},", "}", "line 4: is not JSON"),
        ] {
            assert_eq!(read(TWO.replacen(from, to, 1).as_bytes()).unwrap_err(), said);
        }
        assert_eq!(read(b"{}").unwrap_err(), "line 1: is not a list of personas");
        assert_eq!(read(b"[] 1").unwrap_err(), "line 1: the list is over, and more follows");
    }
}
