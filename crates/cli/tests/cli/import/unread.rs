//! Any bytes as a log: the program does not stumble, and every line is counted.

use super::place;
use proptest::prelude::*;

proptest! {
    // Each case starts the program.
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_line_of_any_log_is_counted(
        lines in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "2012/05/0[1-9] 02:00:03 \\[[1-9]{1,2}\\] [<>ch.*][fdLS][.+cst ]{9} [a-c/ ]{1,9}".prop_map(String::into_bytes),
            Just(b"building file list".to_vec()), Just(b"".to_vec()), Just(b"total size is 3  speedup is 1".to_vec()),
        ], 1..80)
    ) {
        let place = place();
        let mut text = lines.join(&b'\n');
        text.push(b'\n');
        place.write("any.log", &text);
        let (code, document) = place.json(&["import", "any.log"]);
        let log = &document["logs"][0];
        let counts = ["changes", "troubles", "notes", "blank", "not_understood"];
        let number = |name: &str| log[name].as_u64().unwrap();
        match code {
            0 => {
                let all = text.split(|byte| *byte == b'\n').count() as u64 - 1;
                prop_assert_eq!(number("lines"), all);
                prop_assert_eq!(counts.iter().map(|name| number(name)).sum::<u64>(), all);
                // What is kept is all but the empty lines.
                let (_, runs) = place.json(&["log", "--imported"]);
                let mut kept = 0;
                for run in runs["runs"].as_array().unwrap() {
                    let (_, shown) = place.json(&["log", "--pass", run["run"].as_str().unwrap()]);
                    kept += shown["entries"].as_array().unwrap().len() as u64;
                }
                prop_assert_eq!(kept, all - number("blank"));
            }
            3 => prop_assert_eq!(&log["failure"]["code"], "log-not-understood"),
            // Bytes may look like the beginning of a packed file.
            4 => prop_assert_eq!(&log["failure"]["code"], "unreadable"),
            code => prop_assert!(false, "{code}: {document}"),
        }
    }
}
