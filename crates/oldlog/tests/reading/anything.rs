//! Any bytes: nothing panics, no line is lost, and what is understood says no more than the line.

use counterpart_oldlog::{Line, Lines, Runs, Said, unescape};
use proptest::prelude::*;

/// Lines near to those that rsync writes: whole ones with some bytes exchanged, taken out or put in.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::sample::select(vec![
        "2011/11/16 00:08:10 [1685] <+++++ 035/dfschema/111115-163212",
        "2011/11/16 00:08:11 [1685] <f.st..... 035/lib/DFschema.st ← Updated Files",
        ">f..t...... a/b",
        ".f          back\\slash",
        "cL+++++++++ link -> odd -> d/one",
        "hf+++++++++ a => b",
        "*deleting   d/",
        "rsync: [sender] send_files failed to open \"/a\": Permission denied (13)",
        "total size is 28  speedup is 0.04 (DRY RUN)",
        "rsync error: some (code 23) at main.c(1)",
        "      32,768 100%   31.25MB/s    0:00:00 (xfr#1, to-chk=0/2)",
        "building file list",
        "lit\\#134#012x",
    ]);
    let change = (any::<prop::sample::Index>(), 0..3_u8, any::<u8>());
    (lines, prop::collection::vec(change, 0..4)).prop_map(|(line, changes)| {
        let mut bytes = line.as_bytes().to_vec();
        for (index, how, byte) in changes {
            let at = index.index(bytes.len().max(1));
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

fn any_line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        nearly(),
        prop::collection::vec(any::<u8>(), 0..80),
        "[<>ch.*][fdLDS]?[.+cst ]{0,11} [a -=>]{0,12}".prop_map(String::into_bytes)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn any_line_is_one_thing(line in any_line()) {
        let read = Line::of(&line);
        prop_assert!(line.len() >= read.text.len());
        if let Said::Change(change) = read.said {
            prop_assert_eq!(change.letters.len(), 11);
            prop_assert!(!change.readings.is_empty() && change.readings.len() <= 16);
            for reading in change.readings {
                // Nothing is in a name that is not in the line.
                let whole = unescape(read.text);
                let holds = |part: &[u8]| part.is_empty() || whole.windows(part.len()).any(|window| window == part);
                prop_assert!(holds(&reading.path) || read.text.contains(&b'\\'));
                prop_assert!(reading.link.is_none_or(|link| holds(&link) || read.text.contains(&b'\\')));
            }
        }
    }

    #[test]
    fn no_line_of_a_log_is_lost(lines in prop::collection::vec(any_line(), 0..60)) {
        let text = lines.join(&b'\n');
        let expected = if text.is_empty() { 0 } else { text.split(|&byte| byte == b'\n').count() - usize::from(text.ends_with(b"\n")) };
        let (mut lines, mut runs) = (Lines::new(text.as_slice()), Runs::default());
        let (mut counted, mut kinds, mut first) = (0, [0_usize; 4], 0);
        while let Some((number, line)) = lines.next().unwrap() {
            counted += 1;
            prop_assert_eq!(number, counted);
            let line = Line::of(line);
            let kind = match line.said {
                Said::Change(_) => 0,
                Said::Trouble(_) => 1,
                Said::Note(_) => 2,
                Said::NotUnderstood => 3,
            };
            kinds[kind] += 1;
            let place = runs.place(line.stamp.and_then(|stamp| stamp.pid), &line.said);
            prop_assert!(place.run >= 1 && place.run <= runs.begun());
            first += u64::from(place.first);
        }
        prop_assert_eq!(kinds.iter().sum::<usize>(), expected);
        prop_assert_eq!(first, runs.begun());
    }
}
