//! The metrics of this test process, for the count that must stay zero.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

fn handle() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap())
}

/// Starts counting.
pub(super) fn start() {
    handle();
}

/// How often a request failed by our fault.
pub(super) fn bugs() -> Option<String> {
    let page = handle().render();
    page.lines().find(|line| line.starts_with("ringtrue_bugs_total")).map(str::to_owned)
}
