//! The demo's archive: three studies, a tree of case report pages, and what a day does to them.

use super::dicom::{Modality, Study, image};
use counterpart_model::{Code, Failure};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The studies that are there from the start.
const STUDIES: [Study; 3] = [
    Study {
        patient: "Demo^Anna",
        patient_id: "DEMO-001",
        born: ("19610412", "F"),
        modality: Modality::Ct,
        date: "20260302",
        accession: "A1001",
        images: 24,
    },
    Study {
        patient: "Demo^Anna",
        patient_id: "DEMO-001",
        born: ("19610412", "F"),
        modality: Modality::Mr,
        date: "20260302",
        accession: "A1002",
        images: 20,
    },
    Study {
        patient: "Demo^Bruno",
        patient_id: "DEMO-002",
        born: ("19790923", "M"),
        modality: Modality::Ct,
        date: "20260303",
        accession: "A1003",
        images: 16,
    },
];

/// The study that the day brings.
pub(crate) const NEW: Study = Study {
    patient: "Demo^Clara",
    patient_id: "DEMO-003",
    born: ("19880106", "F"),
    modality: Modality::Mr,
    date: "20260304",
    accession: "A1004",
    images: 18,
};

/// The page that the day retires, and its name then.
pub(crate) const RETIRED: (&str, &str) = ("035/pages/0842/0060002", "035/pages/0842/X0060002");

/// The instance that somebody deletes by mistake.
pub(crate) const DELETED: &str = "images/20260302/A1001-CT/IM0007.dcm";

/// The file that is edited.
pub(crate) const EDITED: &str = "035/lib/DFschema";

/// How many pages of case reports there are.
const PAGES: u32 = 12;

/// Files have the times of these days, so that the archive is the same whenever it is built.
const FIRST_DAY: u64 = 1_772_526_600;
const SECOND_DAY: u64 = FIRST_DAY + 86_400;

const SCHEMA: &str =
    "Setup of the made-up study 035\n1|DATE|Visit date|dd/mm/yyyy\n2|NUM|Weight in kg|nnn.n\n";

/// Writes the archive as it is before the day; gives the number of its files.
pub(crate) fn build(root: &Path) -> Result<u64, Failure> {
    let mut files = 0;
    for study in &STUDIES {
        files += write_study(root, study, FIRST_DAY)?;
    }
    for number in 1..=PAGES {
        let page = format!("035/pages/0842/{:07}", 60_000 + number);
        let text = format!(
            "Case report page {number} of the made-up subject 0842\nweight {}.5 kg\n",
            60 + number
        );
        write(root, &page, text.as_bytes(), FIRST_DAY)?;
    }
    write(root, EDITED, SCHEMA.as_bytes(), FIRST_DAY)?;
    Ok(files + u64::from(PAGES) + 1)
}

/// Lets the day pass.
pub(crate) fn live_a_day(root: &Path) -> Result<(), Failure> {
    write_study(root, &NEW, SECOND_DAY)?;
    retire(root)?;
    remove(&root.join(DELETED))?;
    let edited = format!("{SCHEMA}3|NUM|Height in cm|nnn\n");
    write(root, EDITED, edited.as_bytes(), SECOND_DAY)
}

fn write_study(root: &Path, study: &Study, day: u64) -> Result<u64, Failure> {
    for number in 1..=study.images {
        let name = format!(
            "images/{}/{}-{}/IM{number:04}.dcm",
            study.date,
            study.accession,
            study.modality.word()
        );
        write(root, &name, &image(study, number)?, day + u64::from(number))?;
    }
    Ok(u64::from(study.images))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo builds the archive that it shows"
)]
fn write(root: &Path, name: &str, bytes: &[u8], seconds: u64) -> Result<(), Failure> {
    let path = root.join(name);
    let written = || -> std::io::Result<()> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, bytes)?;
        let file = std::fs::File::open(&path)?;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    };
    written().map_err(|error| failing("writing", &path, &error))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo's application retires a page of its own"
)]
fn retire(root: &Path) -> Result<(), Failure> {
    let (from, to) = (root.join(RETIRED.0), root.join(RETIRED.1));
    std::fs::rename(&from, to).map_err(|error| failing("renaming", &from, &error))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo's user deletes a file of the demo"
)]
fn remove(path: &Path) -> Result<(), Failure> {
    std::fs::remove_file(path).map_err(|error| failing("removing", path, &error))
}

/// Moves everything from one directory to another.
#[expect(
    clippy::disallowed_methods,
    reason = "the demo empties its own production, and fills it again"
)]
pub(crate) fn move_all(from: &Path, to: &Path) -> Result<(), Failure> {
    let moved = || -> std::io::Result<()> {
        let names = std::fs::read_dir(from)?.map(|entry| entry.map(|entry| entry.file_name()));
        for name in names.collect::<Result<Vec<_>, _>>()? {
            std::fs::rename(from.join(&name), to.join(&name))?;
        }
        Ok(())
    };
    moved().map_err(|error| failing("emptying", from, &error))
}

/// An empty directory beside production, with the time that production has.
#[expect(clippy::disallowed_methods, reason = "the demo makes a directory of its own")]
pub(crate) fn beside(production: &Path, aside: &Path) -> Result<SystemTime, Failure> {
    let made = std::fs::create_dir(aside).and_then(|()| std::fs::metadata(production)?.modified());
    made.map_err(|error| failing("making", aside, &error))
}

/// Removes the empty directory, and gives production its time back.
#[expect(
    clippy::disallowed_methods,
    reason = "the demo removes a directory that it made"
)]
pub(crate) fn no_longer_beside(production: &Path, aside: &Path, time: SystemTime) -> Result<(), Failure> {
    let removed =
        std::fs::remove_dir(aside).and_then(|()| std::fs::File::open(production)?.set_modified(time));
    removed.map_err(|error| failing("removing", aside, &error))
}

fn failing(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::Io, format!("{verb} {}", path.display()), error)
}
