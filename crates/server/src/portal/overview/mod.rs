//! How verifications go: from the beginning to the end, by method and country, and what they cost.

mod charts;
mod parts;

use askama::Template;
use axum::{extract::State, response::Response};
use ringtrue_engine::model::{DeliveryQuery, DeliveryState};

use self::{charts::Figures, parts::PartRow};
use super::{
    chart::{Chart, csv_file},
    desk::{Link, Place, Section, Shell},
    fault::{PageError, Problem},
    form_page,
    parts::{Asked, Id},
    range::{AskedRange, Range},
    session::Permission,
    webhook,
};
use crate::state::App;

/// Countries of the page's table; its file has all of them.
const SHOWN_COUNTRIES: usize = 20;
/// Deliveries that were given up are counted up to here.
const MAX_COUNTED: usize = 100;

#[derive(Template)]
#[template(path = "portal/overview.html")]
struct OverviewPage {
    shell: Shell,
    path: String,
    integrate: String,
    webhook: String,
    deliveries: String,
    settings: String,
    ranges: Vec<Link>,
    is_custom: bool,
    from: String,
    until: String,
    /// Whether anything began in the range.
    any: bool,
    /// What is read at a glance: a name, a value, and a word on it.
    tiles: Vec<(&'static str, String, String)>,
    charts: Vec<Chart>,
    tables: [(&'static str, Vec<PartRow>); 2],
    more_countries: bool,
    /// What limits refused; none if nothing was.
    limits_hit: Option<Chart>,
    parts_csv: String,
    standing: Option<webhook::Standing>,
    given_up: Option<String>,
    problem: Option<Problem>,
}

/// Over the range of an address, or over the usual one beside what is wrong with that.
async fn figures(
    app: &App,
    place: &Place,
    asked: &AskedRange,
) -> Result<(Figures, Option<Problem>), PageError> {
    place.must(Permission::SeeVerifications)?;
    let zone = place.desk.looks.time_zone();
    let now = app.engine.now_in(place.scope()).await?;
    let (range, problem) = match asked.read(now, zone) {
        Ok(range) => (range, None),
        Err(problem) => (Range::usual("", now, zone), Some(problem)),
    };
    let overview = app.engine.overview(place.scope(), range.from, range.until, zone).await?;
    Ok((Figures { overview, range, now, zone: zone.clone(), path: place.path("overview") }, problem))
}

/// How it goes over a range of time.
pub(super) async fn show(
    State(app): State<App>,
    place: Place,
    Asked(asked): Asked<AskedRange>,
) -> Result<Response, PageError> {
    let (figures, problem) = figures(&app, &place, &asked).await?;
    let Figures { overview, range, path, .. } = &figures;
    let known = webhook::known(&app, &place).await?;
    let query = DeliveryQuery { state: Some(DeliveryState::Failed), before: None, limit: MAX_COUNTED };
    let link = |(query, label, current): (String, &str, bool)| Link {
        href: format!("{path}{query}"),
        label: label.to_owned(),
        current,
    };
    let wrong = problem.is_some();
    let page = OverviewPage {
        shell: place.shell(Section::Overview),
        path: path.clone(),
        integrate: place.path("integrate"),
        webhook: place.path("webhook"),
        deliveries: place.path("deliveries"),
        settings: place.path("settings"),
        ranges: range.choices().into_iter().map(link).collect(),
        is_custom: range.is_custom(),
        from: range.first.to_string(),
        until: range.last.to_string(),
        any: overview.all.started > 0,
        tiles: parts::tiles(&overview.all),
        charts: figures.charts(),
        tables: [
            ("Method", parts::methods(overview).collect()),
            ("Country", parts::countries(overview).take(SHOWN_COUNTRIES).collect()),
        ],
        more_countries: overview.countries.len() > SHOWN_COUNTRIES,
        limits_hit: figures.limits_hit(),
        parts_csv: format!("{path}/parts.csv{}", range.query()),
        standing: known.as_ref().map(|report| webhook::Standing::of(report, &place.desk.looks)),
        given_up: given_up(app.engine.deliveries(place.scope(), query).await?.len()),
        problem,
    };
    form_page(&page, wrong)
}

/// Deliveries that nobody got, as far as they were counted.
fn given_up(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 delivery".to_owned()),
        MAX_COUNTED.. => Some(format!("{MAX_COUNTED} deliveries or more")),
        _ => Some(format!("{count} deliveries")),
    }
}

/// The figures of one chart, or of the table.
pub(super) async fn csv(
    State(app): State<App>,
    place: Place,
    Id(name): Id,
    Asked(asked): Asked<AskedRange>,
) -> Result<Response, PageError> {
    let (figures, problem) = figures(&app, &place, &asked).await?;
    let none = || PageError::not_found("file of figures");
    if problem.is_some() {
        return Err(none());
    }
    let text = match name.as_str() {
        "parts.csv" => parts::to_csv(&figures.overview)?,
        name => figures.chart(name).ok_or_else(none)?.to_csv()?,
    };
    Ok(csv_file("attachment; filename=\"ringtrue.csv\"", text))
}

/// A part of a whole as `12 %`; nothing of nothing is nothing.
fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "–".to_owned(),
        whole => format!("{} %", (part.saturating_mul(100).saturating_add(whole / 2)) / whole),
    }
}

/// A time of whole seconds or minutes, for labels.
fn brief(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}

/// A country as charts and tables name it.
fn country_label(country: Option<&str>) -> String {
    country.unwrap_or("Not known").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_rounded() {
        assert_eq!([percent(0, 0), percent(1, 3), percent(2, 3)], ["–", "33 %", "67 %"]);
        assert_eq!(percent(1, 200), "1 %");
    }
}
