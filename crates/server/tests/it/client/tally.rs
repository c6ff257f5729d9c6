//! The metrics of this test process, for counts that must stay zero and counts that must not.

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

/// What a counter without labels stands at.
pub(crate) fn counted(name: &str) -> u64 {
    let page = handle().render();
    let mut lines = page.lines().filter_map(|line| line.split_once(' '));
    lines.find_map(|(key, value)| (key == name).then(|| value.parse().unwrap())).unwrap_or_default()
}
