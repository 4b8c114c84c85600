//! Placeholder head; written next.
