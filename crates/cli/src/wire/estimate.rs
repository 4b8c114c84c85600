//! How long a planned pass would take over a link that is limited: the engine, which knows no link, does not know it.

use crate::clock;
use crate::config::Bandwidth;
use counterpart_engine::PlanReport;

/// Makes the estimate one under these limits, from now on. What compresses goes faster.
pub(super) fn under_limits(report: &mut PlanReport, bandwidth: &Bandwidth) {
    if bandwidth.is_empty() {
        return;
    }
    let moving = bandwidth.seconds_for(report.bytes, clock::second_of_day(), report.bytes_per_second);
    // A run scans as this plan did.
    report.seconds_expected = Some(report.seconds + moving);
    report.bandwidth = bandwidth.lines().map(str::to_owned).collect();
}
