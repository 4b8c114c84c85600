//! Mistakes in a configuration: each with its place, the offending word and what to write instead.

use counterpart_model::{Code, Failure};
use std::cell::RefCell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::DeTable;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: PathBuf,
    /// Line and column, counted from one; `None` where the file as a whole is meant.
    pub place: Option<(usize, usize)>,
    /// What is wrong, with the word.
    pub why: String,
    /// What to do.
    pub hint: String,
}

/// At least one mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

/// The text that is being understood, and the mistakes found so far.
pub(super) struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    found: RefCell<Vec<(usize, Mistake)>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self {
            file,
            text,
            found: RefCell::default(),
        }
    }

    /// Notes a mistake.
    pub(super) fn add(&self, span: Range<usize>, why: impl Into<String>, hint: impl Into<String>) {
        let mistake = self.mistake(&span, why.into(), hint.into());
        self.found.borrow_mut().push((span.start, mistake));
    }

    /// The document, or all mistakes of the language itself.
    pub(super) fn document(&self) -> Result<Spanned<DeTable<'a>>, Mistakes> {
        let (document, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Ok(document);
        }
        Err(Mistakes::of(
            errors.iter().map(|error| self.syntax(error)).collect(),
        ))
    }

    fn syntax(&self, error: &toml::de::Error) -> Mistake {
        let span = error.span().unwrap_or(0..0);
        let why = error.message().replace('\n', ", ");
        self.mistake(
            &span,
            why,
            "see https://toml.io for how a value is written".to_owned(),
        )
    }

    pub(super) fn is_clean(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// All mistakes in the order of their places, if there are any.
    pub(super) fn finish(self) -> Result<(), Mistakes> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|(at, _)| *at);
        if found.is_empty() {
            Ok(())
        } else {
            Err(Mistakes(found.into_iter().map(|(_, mistake)| mistake).collect()))
        }
    }

    fn mistake(&self, span: &Range<usize>, why: String, hint: String) -> Mistake {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[line_start..].chars().count() + 1;
        let line = before.matches('\n').count() + 1;
        Mistake {
            file: self.file.to_owned(),
            place: Some((line, column)),
            why,
            hint,
        }
    }
}

impl Mistake {
    /// `counterpart.toml:12:3`.
    pub fn at(&self) -> String {
        let file = self.file.display();
        self.place.map_or_else(
            || file.to_string(),
            |(line, column)| format!("{file}:{line}:{column}"),
        )
    }

    fn failure(&self) -> Failure {
        Failure::new(Code::Config, format!("reading {}", self.at()), &self.why).hint(&self.hint)
    }
}

impl Mistakes {
    pub(super) fn of(mistakes: Vec<Mistake>) -> Self {
        Self(mistakes)
    }

    pub(super) fn unreadable(file: &Path, why: &str) -> Self {
        let hint = "Name another file with --config, or write one with `counterpart init`.".to_owned();
        Self(vec![Mistake {
            file: file.to_owned(),
            place: None,
            why: why.to_owned(),
            hint,
        }])
    }

    /// The first mistake as a failure, which says how many more there are.
    pub fn failure(&self) -> Failure {
        let Some(first) = self.0.first() else {
            return Failure::new(
                Code::Config,
                "reading the configuration",
                "it cannot be understood",
            );
        };
        let failure = first.failure();
        match self.0.len() - 1 {
            0 => failure,
            more => {
                let hint = format!("{} (`counterpart check` shows {more} more)", failure.hint);
                failure.hint(hint)
            }
        }
    }
}
