//! The comparison: what is decided about each difference, and that a merge of changes says what a merge of everything
//! does.

mod decisions;
mod merging;
