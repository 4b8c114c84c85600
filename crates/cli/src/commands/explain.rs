//! `explain`: a code of a message, or an exit code, in words.

use crate::args::ExplainArgs;
use crate::context::Context;
use crate::documents::{ExplainDocument, Explained};
use crate::exit::Exit;
use crate::{render, words};
use counterpart_model::{Code, Failure};

/// `explain [CODE]`.
pub(crate) fn explain(context: &Context, args: &ExplainArgs) -> Result<Exit, Failure> {
    let document = match &args.code {
        Some(word) => one(word)?,
        None => ExplainDocument {
            exits: Exit::ALL.map(Explained::from).into(),
            codes: Code::ALL.iter().copied().map(Explained::from).collect(),
        },
    };
    context
        .terminal
        .answer(&document, |paint| render::explain(&document, paint))?;
    Ok(Exit::Done)
}

fn one(word: &str) -> Result<ExplainDocument, Failure> {
    // As it stands in a message: error[max-delete]: …
    let word = word.trim_end_matches(':').trim_start_matches("error");
    let word = word.trim_matches(['[', ']']).to_lowercase();
    let exits = Exit::ALL
        .into_iter()
        .filter(|exit| exit.code().to_string() == word);
    let codes = Code::ALL.iter().copied().filter(|code| code.word() == word);
    let document = ExplainDocument {
        exits: exits.map(Explained::from).collect(),
        codes: codes.map(Explained::from).collect(),
    };
    if document.exits.is_empty() && document.codes.is_empty() {
        return Err(unknown(&word));
    }
    Ok(document)
}

fn unknown(word: &str) -> Failure {
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    let hint = match words::nearest(word, &all) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => "`counterpart explain` lists all.".to_owned(),
    };
    Failure::new(
        Code::NotFound,
        "looking for a code",
        format!("there is no code {word}"),
    )
    .hint(hint)
}
