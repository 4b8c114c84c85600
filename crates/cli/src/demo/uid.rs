//! Unique identifiers for the demo's DICOM objects: the same ones every time, none of them anybody else's.

use counterpart_model::Algorithm;

/// A UID beneath `2.25`, made of a UUID (ISO/IEC 9834-8) that is made of a name.
pub(crate) fn uid(name: &str) -> String {
    let digest = Algorithm::Sha256
        .of(format!("counterpart demo {name}").as_bytes())
        .0;
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // Version 8 (made by the program's own rule) and the variant of RFC 9562.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    format!("2.25.{}", u128::from_be_bytes(bytes))
}
