//! How long functions and files are, and that they do not grow beyond what is recorded.
//! Length is a sign to look at, not the point: a short function can be bad, and the reviewer's eye is not replaced.

use std::fs;

use anyhow::{Context, Result};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::Complaint;
use super::ratchet::{Figures, LIMITS, median};
use crate::workspace::{SourceFile, Workspace};

const RECORD: &str = "xtask/house.toml";

/// One function and where it is.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its file and first line.
    pub place: String,
    /// Its name.
    pub name: String,
    /// From its signature to its closing brace.
    pub lines: usize,
}

/// Checks the limits, and the ratchet.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let files = own_files(workspace)?;
    let functions = all_functions(&files)?;
    let mut complaints = too_long(&files, &functions);
    let measured = measure(&files, &functions);
    println!(
        "{measured:?} over {} functions in {} files",
        functions.len(),
        files.len()
    );
    let hint = "shorten it; `cargo xtask house --tighten` records, it does not raise";
    let recorded = Figures::parse(&workspace.read(RECORD)?)?;
    complaints.extend(
        recorded
            .outgrown(&measured)
            .into_iter()
            .map(|what| Complaint::new(RECORD, what, hint)),
    );
    Ok(complaints)
}

/// Records what is shorter now.
pub fn tighten(workspace: &Workspace) -> Result<()> {
    let files = own_files(workspace)?;
    let measured = measure(&files, &all_functions(&files)?);
    let recorded = Figures::parse(&workspace.read(RECORD)?)?;
    let text = recorded.tightened(&measured).render()?;
    fs::write(workspace.path(RECORD), text).with_context(|| format!("writing {RECORD}"))
}

/// Tests are apart: in files of their own, and exempt.
fn own_files(workspace: &Workspace) -> Result<Vec<SourceFile>> {
    Ok(workspace
        .rust_files()?
        .into_iter()
        .filter(|file| !file.is_test())
        .collect())
}

fn all_functions(files: &[SourceFile]) -> Result<Vec<Function>> {
    let lists: Result<Vec<_>> = files.iter().map(functions_in).collect();
    Ok(lists?.into_iter().flatten().collect())
}

fn measure(files: &[SourceFile], functions: &[Function]) -> Figures {
    let function_lines: Vec<usize> = functions.iter().map(|function| function.lines).collect();
    let file_lines: Vec<usize> = files.iter().map(lines_of).collect();
    Figures {
        longest_function: function_lines.iter().copied().max().unwrap_or(0),
        longest_file: file_lines.iter().copied().max().unwrap_or(0),
        median_function: median(function_lines),
        median_file: median(file_lines),
    }
}

fn lines_of(file: &SourceFile) -> usize {
    file.text.lines().count()
}

fn too_long(files: &[SourceFile], functions: &[Function]) -> Vec<Complaint> {
    let functions = functions
        .iter()
        .filter(|function| function.lines > LIMITS.longest_function)
        .map(|function| {
            let what = format!("`{}` has {} lines", function.name, function.lines);
            Complaint::new(
                &function.place,
                what,
                "a function has at most 100: name its parts and pull them out",
            )
        });
    let files = files
        .iter()
        .filter(|file| lines_of(file) > LIMITS.longest_file)
        .map(|file| {
            let what = format!("has {} lines", lines_of(file));
            Complaint::new(
                &file.name,
                what,
                "a file has at most 600: split it where it has two purposes",
            )
        });
    functions.chain(files).collect()
}

/// Every function of one file that is not a test's.
pub fn functions_in(file: &SourceFile) -> Result<Vec<Function>> {
    let parsed = syn::parse_file(&file.text).with_context(|| format!("parsing {}", file.name))?;
    let mut finder = Finder {
        file: &file.name,
        found: Vec::new(),
    };
    finder.visit_file(&parsed);
    Ok(finder.found)
}

struct Finder<'a> {
    file: &'a str,
    found: Vec<Function>,
}

impl Finder<'_> {
    fn note(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first = signature.span().start().line;
        let last = body.span().end().line;
        self.found.push(Function {
            place: format!("{}:{first}", self.file),
            name: signature.ident.to_string(),
            lines: last + 1 - first,
        });
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.note(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
