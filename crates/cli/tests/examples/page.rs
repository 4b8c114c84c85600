//! What a page asks its reader to type, and what it shows in answer.

/// Commands of one fenced `sh` block, and the `text` block that follows, where one does.
pub struct Exchange {
    /// Where it stands, for messages.
    pub line: usize,
    pub commands: String,
    /// The exit of the last command: `exit=N` behind `sh`, else 0.
    pub exit: i32,
    pub answer: Option<String>,
}

/// Every exchange of a page, in order. Other blocks are for reading only.
pub fn exchanges(page: &str) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            continue;
        };
        let block = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"));
        let block: String = block.flat_map(|line| [line, "\n"]).collect();
        let mut words = kind.split_whitespace();
        match words.next() {
            Some("sh") => found.push(Exchange {
                line: number + 1,
                commands: block,
                exit: words.find_map(exit).unwrap_or(0),
                answer: None,
            }),
            Some("text") => {
                let last = found.last_mut().expect("an answer follows its commands");
                assert!(last.answer.is_none(), "line {number}: two answers to one block");
                last.answer = Some(block);
            }
            _ => {}
        }
    }
    found
}

fn exit(word: &str) -> Option<i32> {
    word.strip_prefix("exit=").map(|code| code.parse().unwrap())
}
