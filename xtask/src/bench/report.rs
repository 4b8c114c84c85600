//! What a case found, as the table that people read: medians, ratios, and the bar beside each.
//! Where the text goes is for `document`.

use std::fmt::Write;

use super::race::{Series, Unit};

/// What a figure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// Our figure, divided by the peer's, at most this.
    Ratio(f64),
    /// Our time, at most so many seconds longer than the peer's.
    More(f64),
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
    /// Whether it is a run of ours: its memory is known, and the rows after it are compared with it.
    pub ours: bool,
    /// What it is held against.
    pub bar: Bar,
}

/// What one case found.
#[derive(Debug)]
pub struct Report {
    /// What was measured, and how: a sentence or two.
    pub setting: String,
    /// What is compared.
    pub unit: Unit,
    /// The lines: of each scene, ours first.
    pub rows: Vec<Row>,
}

impl Unit {
    /// The heads of the columns of its median and its spread.
    fn heads(self) -> &'static str {
        match self {
            Self::Seconds => "median s | fastest - slowest",
            Self::WireBytes => "median bytes on the wire | fewest - most",
        }
    }

    fn shown(self, figure: f64) -> String {
        match self {
            Self::Seconds => format!("{figure:.2}"),
            Self::WireBytes => format!("{figure:.0}"),
        }
    }

    /// Of bytes, ours may be a small part of theirs.
    fn shown_ratio(self, ratio: f64) -> String {
        match self {
            Self::Seconds => format!("{ratio:.2}"),
            Self::WireBytes => format!("{ratio:.4}"),
        }
    }
}

impl Report {
    /// Whether every bar was kept.
    pub fn kept(&self) -> bool {
        self.rows
            .iter()
            .zip(self.ratios())
            .all(|(row, ratio)| row.keeps(ratio))
    }

    /// The table, with the machine beneath it.
    pub fn render(&self, machine: &str) -> String {
        let runs = self.rows.iter().map(|row| row.series.heats.len()).max();
        let mut text = format!("{}\n\n", self.setting);
        let heads = self.unit.heads();
        writeln!(text, "| | {heads} | peak MiB | ours / it | bar | |").unwrap_or_default();
        text.push_str("| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
        for (row, ratio) in self.rows.iter().zip(self.ratios()) {
            text.push_str(&self.line(row, ratio));
        }
        write!(text, "\nRuns: {}. {machine}.\n", runs.unwrap_or_default()).unwrap_or_default();
        text
    }

    fn line(&self, row: &Row, ratio: f64) -> String {
        let unit = self.unit;
        let (least, most) = row.series.spread(unit);
        let (peak, ratio_shown) = if row.ours {
            (row.series.peak_mib().to_string(), String::new())
        } else {
            (String::new(), unit.shown_ratio(ratio))
        };
        format!(
            "| {} | {} | {} - {} | {peak} | {ratio_shown} | {} | {} |\n",
            row.name,
            unit.shown(row.series.median(unit)),
            unit.shown(least),
            unit.shown(most),
            row.bar.shown(),
            row.verdict(ratio)
        )
    }

    /// Of each row, the median of ours over its own; ours is the last before it.
    fn ratios(&self) -> Vec<f64> {
        let mut ours = f64::NAN;
        let ratio = |row: &Row| {
            let median = row.series.median(self.unit);
            if row.ours {
                ours = median;
            }
            ours / median
        };
        self.rows.iter().map(ratio).collect()
    }
}

impl Row {
    fn verdict(&self, ratio: f64) -> &'static str {
        match self.bar {
            Bar::None => "",
            _ if self.keeps(ratio) => "kept",
            _ => "MISSED",
        }
    }

    fn keeps(&self, ratio: f64) -> bool {
        match self.bar {
            Bar::Ratio(most) => ratio <= most,
            Bar::More(most) => (ratio - 1.0) * self.series.median(Unit::Seconds) <= most,
            Bar::Memory(most) => self.series.peak_mib() <= most,
            Bar::None => true,
        }
    }
}

impl Bar {
    fn shown(self) -> String {
        match self {
            Self::Ratio(most) => format!("{most}"),
            Self::More(most) => format!("{most} s more"),
            Self::Memory(most) => format!("{most} MiB"),
            Self::None => String::new(),
        }
    }
}
