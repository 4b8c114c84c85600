//! One table of the configuration while it is read: each setting is taken by its name, and what is left over at the
//! end is a mistake.

use super::mistake::Source;
use super::secret::{self, SecretText};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table that is being read.
pub(super) struct Section<'a> {
    source: &'a Source<'a>,
    name: String,
    table: &'a DeTable<'a>,
    known: BTreeSet<&'static str>,
    /// Where it stands, for one without any setting.
    place: Range<usize>,
}

/// A value with its place.
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

impl<'a> Section<'a> {
    pub(super) fn new(source: &'a Source<'a>, name: String, table: &'a DeTable<'a>) -> Self {
        Self {
            source,
            name,
            table,
            known: BTreeSet::new(),
            place: 0..0,
        }
    }

    /// Notes a mistake at a place.
    pub(super) fn wrong(&self, span: Range<usize>, why: impl Into<String>, hint: impl Into<String>) {
        self.source.add(span, why, hint);
    }

    /// True when the setting is there, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn take(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.insert(key);
        self.table.get(key)
    }

    fn expect<T>(
        &mut self,
        key: &'static str,
        what: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Placed<T>> {
        let value = self.take(key)?;
        let Some(read) = read(value.get_ref()) else {
            let found = value.get_ref().type_str();
            self.wrong(
                value.span(),
                format!("`{key}` is {found}, not {what}"),
                format!("write {what}"),
            );
            return None;
        };
        Some(Placed {
            value: read,
            span: value.span(),
        })
    }

    /// A string, in which no secret is brought in.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Placed<String>> {
        let read = self.expect(key, "a string", |value| value.as_str().map(str::to_owned))?;
        self.plain(key, &read.value, &read.span).then_some(read)
    }

    /// A string that a parser understands.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let read = self.text(key)?;
        self.judge(&read.span, key, &read.value, parse(&read.value))
    }

    /// A string or a whole number that a parser understands.
    pub(super) fn number_or_text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let read = self.expect(key, "a string or a number", |value| match value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
            _ => None,
        })?;
        self.judge(&read.span, key, &read.value, parse(&read.value))
    }

    /// A string that secrets may be brought into. In an address no password is written out.
    pub(super) fn secret(&mut self, key: &'static str, base: &Path) -> Option<Placed<SecretText>> {
        let read = self.expect(key, "a string", |value| value.as_str().map(str::to_owned))?;
        let value = self.judged_secret(key, &read, base)?;
        if secret::has_password(&read.value) {
            self.wrong(
                read.span,
                format!("`{key}` has a password written out in it"),
                secret::ADVICE,
            );
            return None;
        }
        let span = read.span;
        Some(Placed { value, span })
    }

    /// A string that may be an address: only there, before the host, secrets may be brought in, and none is written out.
    pub(super) fn address(&mut self, key: &'static str) -> Option<Placed<String>> {
        let read = self.expect(key, "a string", |value| value.as_str().map(str::to_owned))?;
        let Some(judged) = secret::judged_address(&read.value) else {
            return self.plain(key, &read.value, &read.span).then_some(read);
        };
        let complain = |(why, hint)| self.wrong(read.span.clone(), format!("`{key}` {why}"), hint);
        judged.map_err(complain).ok()?;
        Some(read)
    }

    /// A secret, of which nothing may be written out.
    pub(super) fn password(&mut self, key: &'static str, base: &Path) -> Option<Placed<SecretText>> {
        let read = self.expect(key, "a string", |value| value.as_str().map(str::to_owned))?;
        let value = self.judged_secret(key, &read, base)?;
        if !value.is_only_references() {
            self.wrong(read.span, format!("`{key}` is written out"), secret::ADVICE);
            return None;
        }
        let span = read.span;
        Some(Placed { value, span })
    }

    fn judged_secret(&self, key: &str, read: &Placed<String>, base: &Path) -> Option<SecretText> {
        // What is there may be a secret, so it is not shown again.
        let complain =
            |hint: String| self.wrong(read.span.clone(), format!("`{key}` cannot be understood"), hint);
        SecretText::parse(&read.value, base).map_err(complain).ok()
    }

    /// A yes or no.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.expect(key, "true or false", DeValue::as_bool)
            .map(|read| read.value)
    }

    /// A list of strings, in which no secret is brought in.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Placed<String>>> {
        let mut texts = self.strings(key)?;
        texts.retain(|text| self.plain(key, &text.value, &text.span));
        Some(texts)
    }

    /// A list of strings that secrets may be brought into; none where it is not there.
    pub(super) fn secret_texts(&mut self, key: &'static str) -> Vec<Placed<String>> {
        self.strings(key).unwrap_or_default()
    }

    fn strings(&mut self, key: &'static str) -> Option<Vec<Placed<String>>> {
        let items = self.expect(key, "a list of strings", DeValue::as_array)?.value;
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if let Some(text) = item.get_ref().as_str() {
                texts.push(Placed {
                    value: text.to_owned(),
                    span: item.span(),
                });
            } else {
                let found = item.get_ref().type_str();
                self.wrong(
                    item.span(),
                    format!("`{key}` has {found} in it"),
                    "write a list of strings",
                );
            }
        }
        Some(texts)
    }

    /// A list of whole numbers.
    pub(super) fn numbers(&mut self, key: &'static str) -> Option<Vec<i32>> {
        let list = |value: &'a DeValue<'a>| {
            let items = value.as_array()?.iter();
            items
                .map(|item| item.get_ref().as_integer()?.as_str().parse().ok())
                .collect()
        };
        self.expect(key, "a list of whole numbers", list)
            .map(|read| read.value)
    }

    /// A setting that is understood elsewhere, or not looked at for a reason.
    pub(super) fn know(&mut self, key: &'static str) {
        self.known.insert(key);
    }

    /// A string, or a list of them.
    pub(super) fn one_or_more(&mut self, key: &'static str) -> Vec<Placed<String>> {
        if self.is_list(key) {
            self.texts(key).unwrap_or_default()
        } else {
            self.text(key).into_iter().collect()
        }
    }

    /// A list of whole numbers from 0, as `Ok`, and of strings.
    pub(super) fn numbers_or_texts(&mut self, key: &'static str) -> Option<Placed<Vec<Result<u32, String>>>> {
        let items = self.expect(key, "a list", DeValue::as_array)?;
        let mut read = Vec::with_capacity(items.value.len());
        for item in items.value {
            let one = match item.get_ref() {
                DeValue::Integer(number) => number.as_str().replace('_', "").parse().ok().map(Ok),
                DeValue::String(text) => self.plain(key, text, &item.span()).then(|| Err(text.to_string())),
                _ => None,
            };
            if let Some(one) = one {
                read.push(one);
            } else {
                let why = format!("`{key}` has something in it that is no number from 0 and no name");
                self.wrong(item.span(), why, "write numbers or names");
            }
        }
        let whole = read.len() == items.value.len();
        whole.then_some(Placed {
            value: read,
            span: items.span,
        })
    }

    /// A table of its own, where there is one.
    pub(super) fn table_or_none(&mut self, key: &'static str) -> Option<Section<'a>> {
        self.know(key);
        self.has(key).then(|| self.table(key)).flatten()
    }

    /// True where a list is there.
    pub(super) fn is_list(&self, key: &str) -> bool {
        self.table
            .get(key)
            .is_some_and(|value| value.get_ref().is_array())
    }

    /// A list of tables, `[[name.key]]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let name = self.below(key);
        if let Some(value) = self.table.get(key).filter(|value| value.get_ref().is_table()) {
            self.known.insert(key);
            let hint = format!("write [[{name}]] above each of them");
            self.wrong(
                value.span(),
                format!("`{key}` is one table, not a list of them"),
                hint,
            );
            return Vec::new();
        }
        let Some(items) = self.expect(key, "a list of tables", DeValue::as_array) else {
            return Vec::new();
        };
        let one = |item: &'a Spanned<DeValue<'a>>| {
            let table = item.get_ref().as_table();
            if table.is_none() {
                self.wrong(
                    item.span(),
                    format!("`{key}` has something else than a table in it"),
                    format!("write [[{name}]]"),
                );
            }
            let place = item.span();
            table.map(|table| Section {
                place,
                ..Section::new(self.source, name.clone(), table)
            })
        };
        items.value.iter().filter_map(one).collect()
    }

    /// A table of its own.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Section<'a>> {
        let table = self.expect(key, "a table", DeValue::as_table)?.value;
        Some(Section::new(self.source, self.below(key), table))
    }

    /// Every table in this one, by its name.
    pub(super) fn sections(&mut self) -> Vec<(String, Section<'a>)> {
        let mut sections = Vec::new();
        for (key, value) in self.table {
            let name = key.get_ref().to_string();
            if let Some(table) = value.get_ref().as_table() {
                let section = Section::new(self.source, self.below(&name), table);
                sections.push((name, section));
            } else {
                let hint = format!("write [{}]", self.below("NAME"));
                self.wrong(key.span(), format!("`{name}` is not a table"), hint);
            }
        }
        sections
    }

    /// Tables and settings that a later version understands.
    pub(super) fn later(&mut self, keys: &[&'static str]) {
        for key in keys {
            let Some((found, _)) = self.table.get_key_value(*key) else {
                continue;
            };
            self.known.insert(key);
            let why = format!("`{}` is not supported by this version", self.below(key));
            self.wrong(found.span(), why, "take it out; nothing else here depends on it");
        }
    }

    /// Ends the section: what nobody asked for is a mistake.
    pub(super) fn end(self) {
        let known: Vec<&str> = self.known.iter().copied().collect();
        let place = if self.name.is_empty() {
            "the file".to_owned()
        } else {
            format!("[{}]", self.name)
        };
        for key in self
            .table
            .keys()
            .filter(|key| !self.known.contains(key.get_ref().as_ref()))
        {
            let near = crate::words::nearest(key.get_ref(), &known);
            let hint = match near {
                Some(word) => format!("did you mean `{word}`?"),
                None => format!("{place} takes {}", crate::words::list(&known)),
            };
            self.wrong(
                key.span(),
                format!("unknown setting `{}` in {place}", key.get_ref()),
                hint,
            );
        }
    }

    /// The place of a table in the file, for settings that are missing.
    pub(super) fn span(&self) -> Range<usize> {
        self.table
            .iter()
            .map(|(key, _)| key.span())
            .min_by_key(|span| span.start)
            .unwrap_or_else(|| self.place.clone())
    }

    fn judge<T>(&self, span: &Range<usize>, key: &str, text: &str, parsed: Result<T, String>) -> Option<T> {
        let complain = |hint: String| self.wrong(span.clone(), format!("`{key}` cannot be {text:?}"), hint);
        parsed.map_err(complain).ok()
    }

    fn plain(&self, key: &str, text: &str, span: &Range<usize>) -> bool {
        let Some(reference) = secret::reference(text) else {
            return true;
        };
        let why = format!("`{key}` brings in a secret with `{reference}`, and is no setting that takes one");
        self.wrong(span.clone(), why, "write the value itself");
        false
    }

    fn below(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.name)
        }
    }
}
