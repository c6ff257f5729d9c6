//! Notes as texts between nodes: words of one letter and an id, separated by blanks. Versions of the program understand
//! each other by them: a word that one does not know makes it look at everything.
//!
//! What is said to consoles goes line by line; one that is not understood is skipped.

use std::sync::Arc;

use ringtrue_domain::ProjectId;

use super::Note;

/// Bytes of a text at most; PostgreSQL refuses 8000.
const LENGTH: usize = 7900;

/// Says that notes were lost.
const LOOK: &str = "r";

/// What a word says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    Note(Note),
    /// Notes were lost, or a newer program says something that we do not know: look at everything.
    Look,
}

/// The notes, each once, in as few texts as they fit in. `look` adds that others were lost.
pub(super) fn write(notes: &[Note], look: bool) -> Vec<String> {
    let mut words: Vec<String> = notes
        .iter()
        .map(|note| match note {
            Note::FlowChanged(flow) => format!("f{flow}"),
            Note::ClockMoved(project) => format!("c{project}"),
            Note::JobsReady => "j".to_owned(),
            Note::EventsAdded(project) => format!("e{project}"),
        })
        .collect();
    if look {
        words.push(LOOK.to_owned());
    }
    // Their order means nothing.
    words.sort_unstable();
    words.dedup();
    gather(words, ' ')
}

/// Words in as few texts as they fit in.
fn gather(words: impl IntoIterator<Item = String>, between: char) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for word in words {
        match texts.last_mut() {
            Some(text) if text.len() + 1 + word.len() <= LENGTH => {
                text.push(between);
                text.push_str(&word);
            }
            _ => texts.push(word),
        }
    }
    texts
}

/// What a notification says.
pub(super) fn read(text: &str) -> impl Iterator<Item = Word> {
    text.split_ascii_whitespace().map(|word| {
        let note = match word.split_at_checked(1) {
            Some(("f", id)) => id.parse().ok().map(Note::FlowChanged),
            Some(("c", id)) => id.parse().ok().map(Note::ClockMoved),
            Some(("j", "")) => Some(Note::JobsReady),
            Some(("e", id)) => id.parse().ok().map(Note::EventsAdded),
            _ => None,
        };
        note.map_or(Word::Look, Word::Note)
    })
}

/// What is said about consoles.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A node has one of this project.
    Open(ProjectId),
    /// A line for those of this project.
    Line(ProjectId, Arc<str>),
}

/// What is said, in its order, in as few texts as it fits in.
pub(super) fn write_said(said: &[Said]) -> Vec<String> {
    let words = said.iter().map(|one| match one {
        Said::Open(project) => format!("o{project}"),
        Said::Line(project, line) => format!("l{project} {line}"),
    });
    gather(words, '\n')
}

/// What a text says to consoles.
pub(super) fn read_said(text: &str) -> impl Iterator<Item = Said> {
    text.split('\n').filter_map(|word| match word.split_at_checked(1)? {
        ("o", project) => Some(Said::Open(project.parse().ok()?)),
        ("l", rest) => {
            let (project, line) = rest.split_once(' ')?;
            Some(Said::Line(project.parse().ok()?, line.into()))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use ringtrue_domain::{FlowId, ProjectId};

    use super::super::MAX_LINE_BYTES;

    use super::*;

    #[test]
    fn what_is_written_is_read_in_few_texts() {
        let flows = (0..500_u16).map(|number| {
            let mut id = [7; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            Note::FlowChanged(FlowId::from_bytes(id))
        });
        let mut notes: Vec<Note> = flows.collect();
        let project = ProjectId::from_bytes([3; 16]);
        notes.extend([
            Note::JobsReady,
            Note::ClockMoved(project),
            Note::EventsAdded(project),
            Note::JobsReady,
        ]);
        let texts = write(&notes, true);
        assert_eq!(texts.len(), 3);
        assert!(texts.iter().all(|text| text.len() < 8000));
        let words: Vec<Word> = texts.iter().flat_map(|text| read(text)).collect();
        assert_eq!(words.len(), 504);
        for note in notes {
            assert!(words.contains(&Word::Note(note)));
        }
        assert!(words.contains(&Word::Look));
        assert!(write(&[], false).is_empty());
    }

    #[test]
    fn what_is_not_understood_means_look() {
        for text in ["x", "f", "fnonsense", "c1", "e", "jj", "é"] {
            assert_eq!(read(text).collect::<Vec<_>>(), [Word::Look], "{text}");
        }
    }

    #[test]
    fn what_is_said_to_consoles_is_read_in_its_order() {
        let project = ProjectId::from_bytes([3; 16]);
        let line = |text: &str| Said::Line(project, text.into());
        let long = "é".repeat(MAX_LINE_BYTES / 2);
        let said = [line("b c"), Said::Open(project), line(""), line(&long), line(&long), line("a")];
        let texts = write_said(&said);
        assert_eq!(texts.len(), 2);
        assert!(texts.iter().all(|text| text.len() < 8000));
        assert_eq!(texts.iter().flat_map(|text| read_said(text)).collect::<Vec<_>>(), said);
        for text in ["", "x", "o", "onobody", "lnobody line", "l", "é"] {
            assert_eq!(read_said(text).count(), 0, "{text}");
        }
    }
}
