//! Charts, drawn on the server: an SVG, the same figures as a table for those who do not see it, and as CSV.

use std::{borrow::Cow, fmt::Write as _};

use askama::{Template, filters::HtmlSafe};
use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};

use crate::http::ApiError;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;
/// Between a text and what it belongs to.
const GAP: f64 = 8.0;
/// Of a chart in rows: where bars begin, room for the value behind the longest, a bar's thickness and the next row's distance.
const ROW_LEFT: f64 = 200.0;
const ROW_RIGHT: f64 = 72.0;
const ROW_BAR: f64 = 16.0;
const ROW_PAUSE: f64 = 12.0;
/// Labels below the chart at most; more would run into each other.
const MAX_LABELS: usize = 8;
/// Classes that the style sheet has colours and dashes for.
const STYLES: usize = 4;

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Over time.
    Line,
    /// Side by side.
    Bars,
    /// Below one another, for labels of several words.
    Rows,
}

/// Series over the same labels.
#[derive(Debug)]
pub(crate) struct Chart {
    title: &'static str,
    unit: &'static str,
    shape: Shape,
    /// What the labels are.
    along: &'static str,
    labels: Vec<String>,
    series: Vec<(&'static str, Vec<u64>)>,
    csv: Option<String>,
}

impl HtmlSafe for Chart {}

impl std::fmt::Display for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.drawing().render_into(f).map_err(|_| std::fmt::Error)
    }
}

#[derive(Template)]
#[template(path = "portal/chart.html")]
struct Drawing<'a> {
    chart: &'a Chart,
    grid: Vec<String>,
    texts: Vec<Text<'a>>,
    bars: Vec<Bar>,
    lines: Vec<Line>,
    /// The table's: a label and the value of each series.
    rows: Vec<(&'a str, Vec<u64>)>,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    summary: String,
}

struct Text<'a> {
    x: String,
    y: String,
    anchor: &'static str,
    /// Whether it stands below the chart; on small screens there is room for every other one.
    is_mark: bool,
    words: Cow<'a, str>,
}

struct Bar {
    x: String,
    y: String,
    width: String,
    height: String,
    style: usize,
    text: String,
}

struct Line {
    points: String,
    style: usize,
}

impl Chart {
    /// A chart without series. `along` says what the labels are: "Day".
    pub(crate) fn new(
        title: &'static str,
        unit: &'static str,
        shape: Shape,
        along: &'static str,
        labels: Vec<String>,
    ) -> Self {
        Self { title, unit, shape, along, labels, series: Vec::new(), csv: None }
    }

    /// Adds a series with a value for each label; what is missing counts as 0.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, mut values: Vec<u64>) -> Self {
        values.resize(self.labels.len(), 0);
        self.series.push((name, values));
        self
    }

    /// Says where its figures are.
    #[must_use]
    pub(crate) fn csv_at(mut self, address: String) -> Self {
        self.csv = Some(address);
        self
    }

    /// The figures, one line for each label.
    pub(crate) fn to_csv(&self) -> Result<String, ApiError> {
        let head = self.series.iter().map(|(name, _)| format!("{name} ({})", self.unit));
        let head = std::iter::once(self.along.to_owned()).chain(head).collect();
        let line = |(label, values): (&str, Vec<u64>)| {
            std::iter::once(label.to_owned()).chain(values.iter().map(u64::to_string)).collect()
        };
        csv_text(std::iter::once(head).chain(self.rows().map(line)))
    }

    fn rows(&self) -> impl Iterator<Item = (&str, Vec<u64>)> {
        let values = |at: usize| self.series.iter().map(|(_, values)| values[at]).collect();
        self.labels.iter().enumerate().map(move |(at, label)| (label.as_str(), values(at)))
    }

    fn top(&self) -> u64 {
        round_up(self.series.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(0))
    }

    fn drawing(&self) -> Drawing<'_> {
        let top = self.top();
        let (grid, texts, height) = match self.shape {
            Shape::Line | Shape::Bars => (grid(top), self.texts(top), HEIGHT),
            Shape::Rows => (Vec::new(), self.row_texts(top), count(self.labels.len()) * self.row()),
        };
        Drawing {
            chart: self,
            grid,
            texts,
            bars: match self.shape {
                Shape::Line => Vec::new(),
                Shape::Bars => self.bars(top),
                Shape::Rows => self.row_bars(top),
            },
            lines: if self.shape == Shape::Line { self.lines(top) } else { Vec::new() },
            rows: self.rows().collect(),
            width: WIDTH,
            height,
            left: LEFT,
            right: WIDTH - RIGHT,
            summary: self.summary(),
        }
    }

    /// Values beside the grid, and labels below.
    fn texts(&self, top: u64) -> Vec<Text<'_>> {
        let tick = |quarter: u64| Text {
            x: short(LEFT - GAP),
            y: short(y(top / 4 * quarter, top)),
            anchor: "end",
            is_mark: false,
            words: (top / 4 * quarter).to_string().into(),
        };
        // At most so many labels, evenly chosen, the first one always.
        let step = self.labels.len().div_ceil(MAX_LABELS).max(1);
        let marks = self.labels.iter().enumerate().step_by(step).map(|(at, text)| Text {
            x: short(self.middle(at)),
            y: short(HEIGHT - GAP),
            anchor: "middle",
            is_mark: true,
            words: text.into(),
        });
        (0..=4).map(tick).chain(marks).collect()
    }

    /// The distance of two rows.
    fn row(&self) -> f64 {
        count(self.series.len()).mul_add(ROW_BAR, ROW_PAUSE)
    }

    /// Labels before their rows, and values behind their bars.
    fn row_texts(&self, top: u64) -> Vec<Text<'_>> {
        let mut texts = Vec::new();
        for (at, (label, values)) in self.rows().enumerate() {
            let begin = self.row() * count(at);
            let middle = begin + self.row() / 2.0;
            let (x, words) = (short(ROW_LEFT - GAP), label.into());
            texts.push(Text { x, y: short(middle), anchor: "end", is_mark: false, words });
            for (style, value) in values.into_iter().enumerate() {
                let x = short(ROW_LEFT + row_width(value, top) + GAP);
                let y = short(count(style).mul_add(ROW_BAR, begin + f64::midpoint(ROW_PAUSE, ROW_BAR)));
                texts.push(Text { x, y, anchor: "start", is_mark: false, words: value.to_string().into() });
            }
        }
        texts
    }

    fn row_bars(&self, top: u64) -> Vec<Bar> {
        let mut bars = Vec::new();
        for (style, (name, values)) in self.series.iter().enumerate() {
            for (at, value) in values.iter().enumerate() {
                let begin = self.row().mul_add(count(at), ROW_PAUSE / 2.0);
                bars.push(Bar {
                    x: short(ROW_LEFT),
                    y: short(count(style).mul_add(ROW_BAR, begin)),
                    width: short(row_width(*value, top)),
                    height: short(ROW_BAR - 2.0),
                    style: style % STYLES,
                    text: self.told(at, name, *value),
                });
            }
        }
        bars
    }

    /// A value as a pointer on it shows it.
    fn told(&self, at: usize, name: &str, value: u64) -> String {
        format!("{} {}: {name} {value} {}", self.along, self.labels[at], self.unit)
    }

    fn slot(&self) -> f64 {
        (WIDTH - LEFT - RIGHT) / count(self.labels.len().max(1))
    }

    fn middle(&self, at: usize) -> f64 {
        self.slot().mul_add(count(at) + 0.5, LEFT)
    }

    fn bars(&self, top: u64) -> Vec<Bar> {
        let width = self.slot() * 0.7 / count(self.series.len().max(1));
        let mut bars = Vec::new();
        for (style, (name, values)) in self.series.iter().enumerate() {
            for (at, value) in values.iter().enumerate() {
                let begin = width.mul_add(count(style), self.slot().mul_add(-0.35, self.middle(at)));
                bars.push(Bar {
                    x: short(begin),
                    y: short(y(*value, top)),
                    width: short(width),
                    height: short(y(0, top) - y(*value, top)),
                    style: style % STYLES,
                    text: self.told(at, name, *value),
                });
            }
        }
        bars
    }

    fn lines(&self, top: u64) -> Vec<Line> {
        let line = |(style, (_, values)): (usize, &(&str, Vec<u64>))| {
            let mut points = String::new();
            for (at, value) in values.iter().enumerate() {
                let _ = write!(points, "{},{} ", short(self.middle(at)), short(y(*value, top)));
            }
            Line { points: points.trim_end().to_owned(), style: style % STYLES }
        };
        self.series.iter().enumerate().map(line).collect()
    }

    /// For those who do not see the drawing: what it shows, and where the figures are.
    fn summary(&self) -> String {
        let mut text = format!("{} by {}.", self.title, self.along.to_lowercase());
        for (name, values) in &self.series {
            let (low, high) =
                (values.iter().min().copied().unwrap_or(0), values.iter().max().copied().unwrap_or(0));
            let _ = write!(text, " {name}: from {low} to {high} {}.", self.unit);
        }
        text + " The table below has all figures."
    }
}

/// Lines as CSV.
pub(crate) fn csv_text(lines: impl Iterator<Item = Vec<String>>) -> Result<String, ApiError> {
    let bug = |error: anyhow::Error| ApiError::from(ringtrue_engine::Error::Bug(error));
    let mut out = csv::Writer::from_writer(Vec::new());
    for line in lines {
        out.write_record(line).map_err(|error| bug(error.into()))?;
    }
    let bytes = out.into_inner().map_err(|error| bug(anyhow::Error::msg(error.to_string())))?;
    String::from_utf8(bytes).map_err(|error| bug(error.into()))
}

/// CSV as a file to be kept; `disposition` names it (RFC 6266).
pub(crate) fn csv_file(disposition: &'static str, text: String) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)];
    (headers, text).into_response()
}

/// Indexes and counts of a chart, which are small.
#[expect(clippy::cast_precision_loss, reason = "a drawing has fewer places than a float has digits")]
fn count(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "a pixel is less than what is lost")]
fn share(value: u64, top: u64) -> f64 {
    value as f64 / top.max(1) as f64
}

fn y(value: u64, top: u64) -> f64 {
    (1.0 - share(value, top)).mul_add(HEIGHT - TOP - BOTTOM, TOP)
}

fn grid(top: u64) -> Vec<String> {
    (0..=4).map(|quarter| short(y(top / 4 * quarter, top))).collect()
}

fn row_width(value: u64, top: u64) -> f64 {
    share(value, top) * (WIDTH - ROW_LEFT - ROW_RIGHT)
}

fn short(number: f64) -> String {
    format!("{number:.1}")
}

/// The next number that divides into four round parts.
fn round_up(value: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for step in [4, 8, 20] {
            let top = unit.saturating_mul(step);
            if value <= top || top == u64::MAX {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(shape: Shape) -> Chart {
        let labels = vec!["<1>".to_owned(), "2".to_owned(), "3".to_owned()];
        Chart::new("Starts", "flows", shape, "Day", labels)
            .with("All", vec![3, 40])
            .with("Good", vec![1, 2, 3])
    }

    #[test]
    fn the_axis_ends_at_a_round_number() {
        let tops = [0, 4, 5, 8, 9, 20, 21, 41, 99, 201].map(round_up);
        assert_eq!(tops, [4, 4, 8, 8, 20, 20, 40, 80, 200, 400]);
        assert_eq!(round_up(u64::MAX), u64::MAX);
    }

    #[test]
    fn figures_stand_in_drawing_table_and_csv_and_nothing_breaks_out() {
        let bars = chart(Shape::Bars).to_string();
        assert_eq!(bars.matches("<rect").count(), 6, "{bars}");
        assert!(bars.contains("role=\"img\"") && bars.contains("<table") && !bars.contains("<1>"), "{bars}");
        let rows = chart(Shape::Rows).to_string();
        assert_eq!(rows.matches("<rect").count(), 6, "{rows}");
        assert!(rows.contains(">40</text>") && rows.contains("viewBox=\"0 0 640 132\""), "{rows}");
        let line = chart(Shape::Line).to_string();
        assert_eq!(line.matches("<polyline").count(), 2, "{line}");
        let csv = chart(Shape::Line).to_csv().expect("it can be written");
        assert_eq!(csv, "Day,All (flows),Good (flows)\n<1>,3,1\n2,40,2\n3,0,3\n");
    }

    #[test]
    fn no_figures_are_drawn_as_none() {
        let empty = Chart::new("Starts", "flows", Shape::Line, "Day", Vec::new()).with("All", Vec::new());
        assert!(!empty.to_string().contains("NaN"));
    }
}
