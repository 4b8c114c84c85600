//! Records in compressed blocks with checksums: the stuff of spools and of the sorter's runs.

use counterpart_model::{Code, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Appends a value in postcard's encoding.
pub(crate) fn encode<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), Failure> {
    *out = postcard::to_extend(value, std::mem::take(out))
        .map_err(|error| crate::failing::misuse("encoding a record", error))?;
    Ok(())
}

/// Reads a value from exactly these bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let damaged = |why: String| Failure::new(Code::StateDamaged, "decoding a record", why);
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(damaged("bytes are left over".to_owned())),
        Err(error) => Err(damaged(error.to_string())),
    }
}
