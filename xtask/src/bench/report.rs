//! What a case found, as the table that people read: medians, ratios, and the bar beside each.
//! Where the text goes is for `document`.

use std::fmt::Write;

use super::race::Series;

/// What a figure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// Our time, divided by the peer's, at most this.
    Ratio(f64),
    /// Our memory, at most so many MiB.
    Memory(u64),
    /// Nothing: the row is there to compare.
    None,
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// The contender, or the scene.
    pub name: String,
    /// Its runs.
    pub series: Series,
    /// Whether its memory is known.
    pub ours: bool,
    /// What it is held against.
    pub bar: Bar,
}

/// What one case found.
#[derive(Debug)]
pub struct Report {
    /// What was measured, and how: a sentence or two.
    pub setting: String,
    /// The lines, ours first.
    pub rows: Vec<Row>,
}

impl Report {
    /// Whether every bar was kept.
    pub fn kept(&self) -> bool {
        self.rows.iter().all(|row| self.keeps(row))
    }

    /// The table, with the machine beneath it.
    pub fn render(&self, machine: &str) -> String {
        let runs = self
            .rows
            .iter()
            .map(|row| row.series.heats.len())
            .max()
            .unwrap_or_default();
        let mut text = format!("{}\n\n", self.setting);
        text.push_str("| | median s | fastest - slowest | peak MiB | ours / it | bar | |\n");
        text.push_str("| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
        for row in &self.rows {
            text.push_str(&self.line(row));
        }
        write!(text, "\nRuns: {runs}. {machine}.\n").unwrap_or_default();
        text
    }

    fn line(&self, row: &Row) -> String {
        let (fastest, slowest) = row.series.spread();
        let peak = if row.ours {
            row.series.peak_mib().to_string()
        } else {
            String::new()
        };
        let ratio = if row.ours {
            String::new()
        } else {
            format!("{:.2}", self.ratio(row))
        };
        let bar = match row.bar {
            Bar::Ratio(most) => format!("{most}"),
            Bar::Memory(most) => format!("{most} MiB"),
            Bar::None => String::new(),
        };
        let median = row.series.median();
        let verdict = self.verdict(row);
        format!(
            "| {} | {median:.2} | {fastest:.2} - {slowest:.2} | {peak} | {ratio} | {bar} | {verdict} |\n",
            row.name
        )
    }

    fn verdict(&self, row: &Row) -> &'static str {
        match row.bar {
            Bar::None => "",
            _ if self.keeps(row) => "kept",
            _ => "MISSED",
        }
    }

    fn keeps(&self, row: &Row) -> bool {
        match row.bar {
            Bar::Ratio(most) => self.ratio(row) <= most,
            Bar::Memory(most) => row.series.peak_mib() <= most,
            Bar::None => true,
        }
    }

    /// Our median over this row's.
    fn ratio(&self, row: &Row) -> f64 {
        self.rows
            .first()
            .map_or(f64::NAN, |ours| ours.series.median() / row.series.median())
    }
}
