//! What `hold` and `release` print.

use counterpart_engine::hooks::Holding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The document of `hold`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldDocument {
    /// Name of the pair.
    pub pair: String,
    /// How its production is held: `read-only` or `stop`.
    pub method: String,
    /// Who holds it.
    pub holders: Vec<Holding>,
}

/// The document of `release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReleasedDocument {
    /// Name of the pair.
    pub pair: String,
    /// What was held or stopped and is not any more, in words.
    pub undone: Vec<String>,
    /// Who still holds its production.
    pub holders: Vec<Holding>,
}
