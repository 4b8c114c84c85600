//! rsync's `%i`: the eleven letters `YXcstpoguax` of rsync(1), the nine that versions before 3.0 wrote (without `u` and
//! `x`), and what is left of either where a copy of the log lost dots, pluses or blanks.
//!
//! Each letter stands for one attribute and they have one order, so a field that lost some of its dots still says the
//! same. What says more than one thing is no such field.

/// How a field was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Eleven letters, as rsync writes them since 3.0.
    Exact,
    /// Nine letters, as older versions wrote them.
    Nine,
    /// What is left after dots, pluses or blanks were lost.
    Collapsed,
    /// The word that versions write which have no field for it: `deleting`.
    Word,
}

/// A field, put back into eleven letters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    pub(crate) letters: [u8; 11],
    pub(crate) form: Form,
}

/// Letters of the nine attributes, in their order.
const ATTRIBUTES: [&[u8]; 9] = [b"c", b"s", b"tT", b"p", b"o", b"g", b"unb", b"a", b"x"];
/// Which of them the older field has.
const OF_NINE: [usize; 7] = [0, 1, 2, 3, 4, 5, 7];

/// The file type is not said.
pub(crate) const NO_TYPE: u8 = b'?';

/// The field at the beginning of a line and the name behind it. Blanks that are left of a field are taken for one only
/// where the line is `sure` to be of a log, or says so itself.
pub(crate) fn field(text: &[u8], sure: bool) -> Option<(Field, &[u8])> {
    let (&update, rest) = text.split_first()?;
    if !b"<>ch.".contains(&update) {
        return None;
    }
    let typed = rest.first().filter(|kind| b"fdLDS".contains(kind));
    let Some(&kind) = typed else {
        return without_type(update, rest);
    };
    let rest = &rest[1..];
    let found = exact(rest)
        .or_else(|| nine(rest))
        .or_else(|| collapsed(rest))
        .or_else(|| blanks(update, kind, rest, sure));
    let (attributes, form, name) = found?;
    Some((Field::of(update, kind, attributes, form), name))
}

impl Field {
    fn of(update: u8, kind: u8, attributes: [u8; 9], form: Form) -> Self {
        let mut letters = [b'.'; 11];
        letters[0] = update;
        letters[1] = kind;
        letters[2..].copy_from_slice(&attributes);
        Self { letters, form }
    }
}

type Found<'a> = ([u8; 9], Form, &'a [u8]);

/// Nine letters, each in its place, and a blank.
fn exact(text: &[u8]) -> Option<Found<'_>> {
    let (field, rest) = text.split_at_checked(9)?;
    let name = rest.strip_prefix(b" ")?;
    let attributes: [u8; 9] = field.try_into().ok()?;
    let placed = || {
        attributes
            .iter()
            .zip(ATTRIBUTES)
            .all(|(letter, own)| is(*letter, own))
    };
    (is_filled(field) || placed()).then_some((attributes, Form::Exact, name))
}

/// Seven letters, each in its place, and a blank.
fn nine(text: &[u8]) -> Option<Found<'_>> {
    let (field, rest) = text.split_at_checked(7)?;
    let name = rest.strip_prefix(b" ")?;
    if is_filled(field) {
        // Of blanks there may be more than were written here, if another program wrote them.
        let blank_name = field[0] == b' ' && name.starts_with(b" ");
        return (!blank_name).then_some(([field[0]; 9], Form::Nine, name));
    }
    let mut attributes = [b'.'; 9];
    for (letter, at) in field.iter().zip(OF_NINE) {
        is(*letter, ATTRIBUTES[at]).then_some(())?;
        attributes[at] = *letter;
    }
    Some((attributes, Form::Nine, name))
}

/// Letters in their order, with as many dots between them as are left.
fn collapsed(text: &[u8]) -> Option<Found<'_>> {
    let end = text.iter().take(11).position(|&byte| byte == b' ')?;
    let (field, name) = (&text[..end], &text[end + 1..]);
    if !(3..=10).contains(&field.len()) {
        return None;
    }
    if is_filled(field) {
        return Some(([field[0]; 9], Form::Collapsed, name));
    }
    let mut attributes = [b'.'; 9];
    let mut from = 0;
    for &letter in field.iter().filter(|letter| **letter != b'.') {
        let at = from + ATTRIBUTES[from..].iter().position(|own| own.contains(&letter))?;
        attributes[at] = letter;
        from = at + 1;
    }
    Some((attributes, Form::Collapsed, name))
}

/// Fewer blanks than rsync writes where nothing changed.
fn blanks(update: u8, kind: u8, text: &[u8], sure: bool) -> Option<Found<'_>> {
    let name = text.trim_ascii_start();
    let lost = text.len() - name.len();
    let says = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
    let sure = sure
        || match kind {
            b'd' => name.ends_with(b"/"),
            b'L' => says(b" -> ") || says(b" => "),
            _ => update == b'h' && says(b" => "),
        };
    let possible = b".hc".contains(&update) && (1..10).contains(&lost) && sure;
    possible.then_some(([b' '; 9], Form::Collapsed, name))
}

/// `<+++++ name`: what is new, without the letter of its type.
fn without_type(update: u8, text: &[u8]) -> Option<(Field, &[u8])> {
    let end = text.iter().take(10).position(|&byte| byte == b' ')?;
    let is_new = (3..=9).contains(&end) && text[..end].iter().all(|&byte| byte == b'+');
    let field = Field::of(update, NO_TYPE, [b'+'; 9], Form::Collapsed);
    (is_new && update != b'.').then_some((field, &text[end + 1..]))
}

fn is(letter: u8, own: &[u8]) -> bool {
    letter == b'.' || own.contains(&letter)
}

/// True for a field that is all new, all unchanged or all unknown.
fn is_filled(field: &[u8]) -> bool {
    let first = field.first().copied().unwrap_or_default();
    b"+ ?".contains(&first) && field.iter().all(|&letter| letter == first)
}
