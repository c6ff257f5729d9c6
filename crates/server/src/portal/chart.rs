//! Charts, drawn on the server: an SVG, the same figures as a table for those who do not see it, and as CSV.

use std::fmt::Write as _;

use askama::{Template, filters::HtmlSafe};

use crate::http::ApiError;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;
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
    ticks: Vec<Tick>,
    marks: Vec<Mark>,
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

struct Tick {
    y: String,
    text: String,
}

struct Mark {
    x: String,
    text: String,
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
        let bug = |error: anyhow::Error| ApiError::from(ringtrue_engine::Error::Bug(error));
        let mut out = csv::Writer::from_writer(Vec::new());
        let head = self.series.iter().map(|(name, _)| format!("{name} ({})", self.unit));
        let head = std::iter::once(self.along.to_owned()).chain(head);
        out.write_record(head).map_err(|error| bug(error.into()))?;
        for (label, values) in self.rows() {
            let line = std::iter::once(label.to_owned()).chain(values.iter().map(u64::to_string));
            out.write_record(line).map_err(|error| bug(error.into()))?;
        }
        let bytes = out.into_inner().map_err(|error| bug(anyhow::Error::msg(error.to_string())))?;
        String::from_utf8(bytes).map_err(|error| bug(error.into()))
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
        let quarters = [0, 1, 2, 3, 4].map(|quarter| top / 4 * quarter);
        let tick = |value: u64| Tick { y: short(y(value, top)), text: value.to_string() };
        // At most so many labels, evenly chosen, the first one always.
        let step = self.labels.len().div_ceil(MAX_LABELS).max(1);
        let marks = self.labels.iter().enumerate().step_by(step);
        Drawing {
            chart: self,
            ticks: quarters.into_iter().map(tick).collect(),
            marks: marks.map(|(at, text)| Mark { x: short(self.middle(at)), text: text.clone() }).collect(),
            bars: if self.shape == Shape::Bars { self.bars(top) } else { Vec::new() },
            lines: if self.shape == Shape::Line { self.lines(top) } else { Vec::new() },
            rows: self.rows().collect(),
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            summary: self.summary(),
        }
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
                let label = &self.labels[at];
                bars.push(Bar {
                    x: short(begin),
                    y: short(y(*value, top)),
                    width: short(width),
                    height: short(y(0, top) - y(*value, top)),
                    style: style % STYLES,
                    text: format!("{} {label}: {name} {value} {}", self.along, self.unit),
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

/// Indexes and counts of a chart, which are small.
#[expect(clippy::cast_precision_loss, reason = "a drawing has fewer places than a float has digits")]
fn count(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "a pixel is less than what is lost")]
fn y(value: u64, top: u64) -> f64 {
    let share = value as f64 / top.max(1) as f64;
    (1.0 - share).mul_add(HEIGHT - TOP - BOTTOM, TOP)
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
