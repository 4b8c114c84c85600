//! How `cargo xtask test` decides what to install. Nothing is installed here.

use xtask::testing::{PACKAGES, installed_in};

#[test]
fn only_what_is_wholly_installed_counts() {
    let printed = "rsync installed\nb3sum config-files\nacl half-installed\nattr installed\n";
    assert_eq!(installed_in(printed), ["rsync", "attr"]);
}

#[test]
fn no_package_is_named_twice() {
    let mut names = PACKAGES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), PACKAGES.len());
}
