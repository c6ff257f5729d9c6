//! Lines of CSV that spreadsheets take for what they are.

use std::borrow::Cow;

use bytes::Bytes;
use csv::{Terminator, WriterBuilder};

/// What spreadsheets begin a formula with, or skip before one (OWASP, CSV Injection); the wide ones are those of Japanese
/// keyboards.
const BEGINS_FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Lines as RFC 4180 has them. A cell that a spreadsheet would calculate is a text, by an apostrophe before it.
pub(super) fn lines(lines: impl IntoIterator<Item = Vec<String>>) -> anyhow::Result<Bytes> {
    let mut out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        out.write_record(line.iter().map(|cell| text(cell).into_owned()))?;
    }
    Ok(out.into_inner().map_err(|error| anyhow::Error::msg(error.to_string()))?.into())
}

fn text(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(BEGINS_FORMULA) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+12…14", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["", "a=b", "1-1", "'=1", " ", "Zoë"] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let line = ["a,b", "say \"x\"", "two\r\nlines", "Zoë", "", "=\"x\""].map(str::to_owned).to_vec();
        let written = lines([line]).unwrap();
        assert_eq!(
            String::from_utf8(written.to_vec()).unwrap(),
            "\"a,b\",\"say \"\"x\"\"\",\"two\r\nlines\",Zoë,,\"'=\"\"x\"\"\"\r\n"
        );
    }
}
