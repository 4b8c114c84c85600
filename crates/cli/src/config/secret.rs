//! `${file:PATH}` and `${env:NAME}`: how a value says that a secret is brought into it after it was parsed.
//!
//! No setting of this version is a secret, so they are only recognised, to be refused where they stand.

/// The first reference in a value.
pub(super) fn reference(text: &str) -> Option<&str> {
    ["${file:", "${env:"]
        .into_iter()
        .filter_map(|opening| whole(text, text.find(opening)?))
        .min_by_key(|found| {
            // The one that stands first.
            found.as_ptr() as usize
        })
}

fn whole(text: &str, at: usize) -> Option<&str> {
    let rest = &text[at..];
    let end = rest.find('}').map_or(rest.len(), |end| end + 1);
    rest.get(..end)
}
