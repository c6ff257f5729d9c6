//! Files of rows, CSV or JSON lines, read one row at a time however long they are. What is wrong with one row is said of
//! that row, by its line and the rule, never by its content.

use std::{
    borrow::Cow,
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Read},
    marker::PhantomData,
    path::Path,
};

use ringtrue_domain::FieldError;
use serde::de::DeserializeOwned;

/// Bytes of a row at most.
const MAX_ROW: usize = 64 * 1024;
const TOO_LONG: &str = "is longer than 64 KiB";
/// What some programs begin UTF-8 with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A header line with the fields' names, then a line of values for each row.
    Csv,
    /// A JSON object for each row, each on a line of its own.
    JsonLines,
}

impl Format {
    /// The format that the name of a file says.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// The format that a `Content-Type` says.
    pub(crate) fn of_content_type(value: &str) -> Option<Self> {
        let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "text/csv" => Some(Self::Csv),
            "application/jsonl" | "application/x-ndjson" | "application/ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("line {line}: {rule}")]
    Line { line: u64, rule: Cow<'static, str> },
    #[error("the file cannot be read")]
    Io(#[source] io::Error),
}

/// The line that a row begins at, from 1, and the row or what is wrong with it.
pub(crate) type Numbered<T> = (u64, Result<T, FieldError>);

/// The rows of a file.
pub(crate) struct Rows<R, T> {
    source: Source<R>,
    row: PhantomData<fn() -> T>,
}

enum Source<R> {
    Csv { reader: Box<csv::Reader<Leash<R>>>, header: csv::StringRecord, record: csv::StringRecord },
    JsonLines { reader: BufReader<R>, line: Vec<u8>, number: u64, begun: bool },
}

impl<R: Read, T: DeserializeOwned> Rows<R, T> {
    /// Begins to read. Without these columns every row of a CSV file would be rejected; it is refused at once instead, as
    /// is a file in the wrong format.
    pub(crate) fn open(format: Format, reader: R, columns: &[&str]) -> Result<Self, Unreadable> {
        let source = match format {
            Format::Csv => csv_source(reader, columns)?,
            Format::JsonLines => Source::JsonLines {
                reader: BufReader::new(reader),
                line: Vec::new(),
                number: 0,
                begun: false,
            },
        };
        Ok(Self { source, row: PhantomData })
    }

    /// The next row; `None` after the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Numbered<T>>, Unreadable> {
        match &mut self.source {
            Source::Csv { reader, header, record } => next_record(reader, header, record),
            Source::JsonLines { reader, line, number, begun } => next_line(reader, line, number, begun),
        }
    }
}

fn csv_source<R: Read>(reader: R, columns: &[&str]) -> Result<Source<R>, Unreadable> {
    let refused = |rule: String| Unreadable::Line { line: 1, rule: rule.into() };
    // An export of a spreadsheet may begin with a byte order mark, which the reader strips.
    let mut reader =
        csv::ReaderBuilder::new().flexible(false).trim(csv::Trim::All).from_reader(Leash::new(reader));
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(refused(format!("the header {}", broken(error, 1)?))),
    };
    let names: Vec<&str> = header.iter().filter(|name| !name.is_empty()).collect();
    if let Some(missing) = columns.iter().find(|column| !names.contains(column)) {
        return Err(refused(format!("the header needs a column {missing}")));
    }
    if (1..).zip(&names).any(|(next, name)| names.get(next..).unwrap_or_default().contains(name)) {
        return Err(refused("the header names a column twice".to_owned()));
    }
    Ok(Source::Csv { reader: Box::new(reader), header, record: csv::StringRecord::new() })
}

fn next_record<R: Read, T: DeserializeOwned>(
    reader: &mut csv::Reader<Leash<R>>,
    header: &csv::StringRecord,
    record: &mut csv::StringRecord,
) -> Result<Option<Numbered<T>>, Unreadable> {
    reader.get_mut().left = MAX_ROW;
    let read = reader.read_record(record);
    let end = reader.position().byte();
    let line = reader.get_mut().line_before(end);
    match read {
        Ok(false) => Ok(None),
        Ok(true) => {
            let within = record.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count() as u64;
            let row = record.deserialize(Some(header));
            Ok(Some((line.saturating_sub(within), row.map_err(|_| FieldError::new("row", "cannot be read")))))
        }
        Err(error) => Ok(Some((line, Err(FieldError::new("row", broken(error, line)?))))),
    }
}

/// What is wrong with a record, if others can be read behind it.
fn broken(error: csv::Error, line: u64) -> Result<&'static str, Unreadable> {
    match error.into_kind() {
        csv::ErrorKind::UnequalLengths { .. } => Ok("has another number of fields than the header"),
        csv::ErrorKind::Utf8 { .. } => Ok("is not UTF-8"),
        csv::ErrorKind::Io(error) if at_its_end(&error) => {
            Err(Unreadable::Line { line, rule: format!("{TOO_LONG}: a quote may be missing").into() })
        }
        csv::ErrorKind::Io(error) => Err(Unreadable::Io(error)),
        _ => Ok("cannot be read"),
    }
}

fn next_line<T: DeserializeOwned>(
    reader: &mut BufReader<impl Read>,
    line: &mut Vec<u8>,
    number: &mut u64,
    begun: &mut bool,
) -> Result<Option<Numbered<T>>, Unreadable> {
    loop {
        *number += 1;
        line.clear();
        let read = reader.by_ref().take(MAX_ROW as u64).read_until(b'\n', line).map_err(Unreadable::Io)?;
        if read == 0 {
            return Ok(None);
        }
        let mut text = line.as_slice();
        if *number == 1 {
            text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        }
        if read == MAX_ROW && line.last() != Some(&b'\n') {
            // Reads on past it, without keeping it.
            reader.skip_until(b'\n').map_err(Unreadable::Io)?;
            return Ok(Some((*number, Err(FieldError::new("row", TOO_LONG)))));
        }
        let Some(first) = text.iter().find(|byte| !byte.is_ascii_whitespace()) else { continue };
        if !std::mem::replace(begun, true) && *first != b'{' {
            let rule = Cow::Borrowed("must be a JSON object: each line is one");
            return Err(Unreadable::Line { line: *number, rule });
        }
        let row = crate::http::body::parse(text)
            .map_err(|_| FieldError::new("row", "is not a JSON object with texts in the known fields"));
        return Ok(Some((*number, row)));
    }
}

/// Lets a CSV file be read so far behind the last row and no further: with a quote that never ends, all of the file would
/// be one row, in memory. Counts lines as well: the reader's own count is behind where they end as Windows has it.
struct Leash<R> {
    reader: R,
    left: usize,
    read: u64,
    /// Where lines end that were read ahead.
    ahead: VecDeque<u64>,
    /// Lines that ended before.
    behind: u64,
}

impl<R> Leash<R> {
    fn new(reader: R) -> Self {
        Self { reader, left: MAX_ROW, read: 0, ahead: VecDeque::new(), behind: 0 }
    }

    /// The line that a row is on which ends before the byte `end`, with its line break or the first half of it.
    fn line_before(&mut self, end: u64) -> u64 {
        while self.ahead.front().is_some_and(|line_break| line_break + 1 < end) {
            self.ahead.pop_front();
            self.behind += 1;
        }
        self.behind + 1
    }
}

fn at_its_end(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<AtItsEnd>)
}

/// Why a reader on a leash went no further.
#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct AtItsEnd;

impl<R: Read> Read for Leash<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other(AtItsEnd));
        }
        let read = self.reader.read(buffer)?;
        self.left = self.left.saturating_sub(read);
        let bytes = (self.read..).zip(buffer.iter().take(read));
        self.ahead.extend(bytes.filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at));
        self.read += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Line and value of column `a` of each row, or what is wrong with the row; the last is what is wrong with the file.
    fn read(format: Format, text: &[u8]) -> Vec<String> {
        let mut said = Vec::new();
        let mut rows = match Rows::<_, BTreeMap<String, String>>::open(format, text, &["a"]) {
            Ok(rows) => rows,
            Err(error) => return vec![error.to_string()],
        };
        loop {
            match rows.next() {
                Ok(None) => return said,
                Ok(Some((line, Ok(row)))) => said.push(format!("{line} {}", row["a"])),
                Ok(Some((line, Err(error)))) => said.push(format!("{line} {error}")),
                Err(error) => {
                    said.push(error.to_string());
                    return said;
                }
            }
        }
    }

    #[test]
    fn rows_of_csv_are_read_each_by_itself() {
        let text = b"\xef\xbb\xbfb, a\r\nx, 1\r\n\r\nonly\r\n\"multi\nline\", 2\n\xff,3\nx,4";
        let said = read(Format::Csv, text);
        let wrong = ["4 row: has another number of fields than the header", "7 row: is not UTF-8"];
        assert_eq!(said, ["2 1", wrong[0], "5 2", wrong[1], "8 4"]);
    }

    #[test]
    fn rows_of_json_lines_are_read_each_by_itself() {
        let text = b"\xef\xbb\xbf\n{\"a\":\"1\"}\n\n[1]\n{\"a\":\"2\"} x\n{\"a\":\"3\"}";
        let wrong = "row: is not a JSON object with texts in the known fields";
        let said = read(Format::JsonLines, text);
        assert_eq!(said, ["2 1".to_owned(), format!("4 {wrong}"), format!("5 {wrong}"), "6 3".to_owned()]);
    }

    #[test]
    fn long_rows_are_not_kept() {
        let long = "x".repeat(MAX_ROW + 1);
        let said = read(
            Format::JsonLines,
            format!("{{\"a\":\"1\"}}\n{{\"a\":\"{long}\"}}\n{{\"a\":\"2\"}}").as_bytes(),
        );
        assert_eq!(said, ["1 1", "2 row: is longer than 64 KiB", "3 2"]);
        let said = read(Format::Csv, format!("a,b\n1,x\n2,\"{}", long.repeat(4)).as_bytes());
        assert_eq!(said, ["2 1", "line 3: is longer than 64 KiB: a quote may be missing"]);
        // Many rows that are short together are no long one.
        let many = read(Format::Csv, format!("a\n{}", "1\n".repeat(2 * MAX_ROW)).as_bytes());
        assert_eq!(many.len(), 2 * MAX_ROW);
    }

    #[test]
    fn what_is_no_such_file_is_refused_at_once() {
        for (format, text, refusal) in [
            (Format::Csv, "", "line 1: the header needs a column a"),
            (Format::Csv, "{\"a\":\"1\"}\n", "line 1: the header needs a column a"),
            (Format::Csv, "a,b,b\n1,2,3\n", "line 1: the header names a column twice"),
            (Format::JsonLines, "\na\n1\n", "line 2: must be a JSON object: each line is one"),
        ] {
            assert_eq!(read(format, text.as_bytes()), [refusal]);
        }
        assert_eq!(read(Format::Csv, b"\xff\n"), ["line 1: the header is not UTF-8"]);
        assert!(read(Format::JsonLines, b"").is_empty() && read(Format::Csv, b"a,,").is_empty());
    }

    #[test]
    fn names_and_types_say_the_format() {
        let of_path = |name: &str| Format::of_path(Path::new(name));
        assert_eq!(of_path("a/b.csv"), Some(Format::Csv));
        assert_eq!(
            (of_path("b.jsonl"), of_path("b.ndjson")),
            (Some(Format::JsonLines), Some(Format::JsonLines))
        );
        assert_eq!((of_path("b.csv.part"), of_path("csv")), (None, None));
        let of_type = Format::of_content_type;
        assert_eq!(of_type("Text/CSV; charset=utf-8; header=present"), Some(Format::Csv));
        assert_eq!(of_type("application/x-ndjson"), Some(Format::JsonLines));
        assert_eq!(of_type("application/json"), None);
    }
}
