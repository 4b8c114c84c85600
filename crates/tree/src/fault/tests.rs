//! Which code a failure gets.

use super::failure;
use counterpart_model::Code;
use rustix::io::Errno;

#[test]
fn a_disk_that_fails_is_no_root_that_is_missing() {
    for missing in [Code::SourceMissing, Code::TargetMissing] {
        assert_eq!(failure(missing, "looking at the root", Errno::IO).code, Code::Io);
        assert_eq!(
            failure(missing, "looking at the root", Errno::NOTCONN).code,
            missing
        );
    }
    assert_eq!(
        failure(Code::Unreadable, "reading", Errno::IO).code,
        Code::Unreadable
    );
}
