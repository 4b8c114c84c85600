//! Names for the other tests: hostile ones, as archives have them.

use proptest::prelude::*;

/// One component: any bytes but `/` and NUL, short, and often of the bytes that trip a parser.
pub(crate) fn name() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => proptest::sample::select(b"ab.-\\ \n\t\x01\x7f\x80\xff\xc3\xa9~x0".to_vec()),
        1 => 1_u8..=255,
    ];
    let odd = proptest::sample::select(vec![
        &b"-"[..],
        b"...",
        b"\\x2d",
        b"--",
        b" ",
        b"unread",
        b".counterpart.",
    ]);
    prop_oneof![
        6 => proptest::collection::vec(byte, 1..6),
        1 => odd.prop_map(<[u8]>::to_vec),
    ]
    .prop_map(|name| name.into_iter().filter(|byte| *byte != b'/').collect::<Vec<u8>>())
    .prop_filter("a name", |name| counterpart_model::path::check_name(name).is_ok())
}

/// The components of a path.
pub(crate) fn components() -> impl Strategy<Value = Vec<Vec<u8>>> {
    proptest::collection::vec(name(), 1..5).prop_filter("not reserved", |names| {
        names[0] != counterpart_model::path::RESERVED_NAME
    })
}
