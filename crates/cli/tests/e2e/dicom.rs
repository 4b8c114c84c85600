//! Real DICOM files: those that the package pydicom brings along.

use crate::harness::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Every DICOM file of the package, wherever it was installed.
fn samples() -> Vec<PathBuf> {
    let ask =
        "import pydicom, os, sys; sys.stdout.write(os.path.join(os.path.dirname(pydicom.__file__), 'data'))";
    let data = PathBuf::from(String::from_utf8(done(python().args(["-c", ask])).stdout).unwrap());
    let listed = listing(&data).paths();
    let files: Vec<PathBuf> = listed
        .iter()
        .map(|path| data.join(path))
        .filter(is_dicom)
        .collect();
    assert!(
        files.len() >= 20,
        "{} of {} files in {}",
        files.len(),
        listed.len(),
        data.display()
    );
    files
}

fn is_dicom(path: &PathBuf) -> bool {
    path.is_file() && fs::read(path).unwrap().get(128..132) == Some(b"DICM")
}

/// A study of seven; the file that is corrected later is in one that stays.
fn study_of(name: &str, number: usize) -> usize {
    if name == "CT_small.dcm" { 0 } else { number % 7 }
}

#[test]
fn an_archive_of_real_dicom_files_is_mirrored_changed_and_mirrored_again() {
    let world = World::new();
    let samples = samples();
    for (number, sample) in samples.iter().enumerate() {
        let name = sample.file_name().unwrap().to_str().unwrap();
        world.file(
            format!("studies/{}/{number:03}-{name}", study_of(name, number)),
            fs::read(sample).unwrap(),
        );
    }
    let first = world.congruent_pass();
    assert_eq!(first.document["standby"]["files"], samples.len() as u64);
    // A day passes: a corrected name, a new study, a retired one, a renamed one.
    let correct = "import pydicom, sys\nd = pydicom.dcmread(sys.argv[1]); d.PatientName = 'CORRECTED^NAME'\n\
        d.save_as(sys.argv[1])";
    let wanted = |path: &PathBuf| path.to_string_lossy().contains("CT_small.dcm");
    let corrected = listing(&world.src())
        .paths()
        .into_iter()
        .map(PathBuf::from)
        .find(wanted)
        .expect("CT_small.dcm");
    done(python().args(["-c", correct]).arg(world.src().join(&corrected)));
    world.file("studies/new/image.dcm", fs::read(&samples[0]).unwrap());
    fs::remove_dir_all(world.s("studies/3")).unwrap();
    fs::rename(world.s("studies/4"), world.s("studies/four")).unwrap();
    let second = world.congruent_pass();
    assert!(
        second.document["changes"]["deleted"].as_u64().unwrap() > 0,
        "{second}"
    );
    let copy = world.dst().join(&corrected);
    let printed = String::from_utf8_lossy(&done(Command::new("dcmdump").arg(&copy)).stdout).into_owned();
    assert!(printed.contains("CORRECTED^NAME"), "{printed}");
    // The whole copy is read by another reader of DICOM.
    let read = "import pydicom, os, sys\nn = 0\nfor d, _, fs in os.walk(sys.argv[1]):\n  if '.counterpart' in d: continue\n  \
        for f in fs:\n    pydicom.dcmread(os.path.join(d, f), stop_before_pixels=True, force=True); n += 1\nprint(n)";
    let count = String::from_utf8(done(python().args(["-c", read]).arg(world.dst())).stdout).unwrap();
    assert_eq!(count.trim(), second.document["standby"]["files"].to_string());
    world.verify(&["--reread"]).congruent();
}
