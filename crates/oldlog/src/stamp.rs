//! What stands before a line in a log file: `2011/11/16 00:08:10 [1685] `, in the local time of the host that wrote it.

/// A date and a time of day as a log has them: in no zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Civil {
    /// Year.
    pub year: u16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
    /// Hour.
    pub hour: u8,
    /// Minute.
    pub minute: u8,
    /// Second.
    pub second: u8,
}

/// What stands before a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// When.
    pub civil: Civil,
    /// The process that wrote it, where the log says.
    pub pid: Option<u32>,
}

impl Stamp {
    /// The stamp of a line and what follows it; `None` where the line has none.
    pub fn of(line: &[u8]) -> Option<(Self, &[u8])> {
        let (civil, rest) = Civil::of(line)?;
        let rest = rest.strip_prefix(b" ")?;
        match pid(rest) {
            Some((pid, rest)) => Some((
                Self {
                    civil,
                    pid: Some(pid),
                },
                rest,
            )),
            None => Some((Self { civil, pid: None }, rest)),
        }
    }
}

impl Civil {
    /// `2011/11/16 00:08:10` and what follows it; `None` where it is no such time.
    pub fn of(text: &[u8]) -> Option<(Self, &[u8])> {
        let (head, rest) = text.split_at_checked(19)?;
        let marks = [(4, b'/'), (7, b'/'), (10, b' '), (13, b':'), (16, b':')];
        if marks.iter().any(|&(at, mark)| head[at] != mark) {
            return None;
        }
        let part = |from: usize| small(&head[from..from + 2]);
        let civil = Self {
            year: u16::from(small(&head[..2])?) * 100 + u16::from(small(&head[2..4])?),
            month: part(5)?,
            day: part(8)?,
            hour: part(11)?,
            minute: part(14)?,
            second: part(17)?,
        };
        civil.is_possible().then_some((civil, rest))
    }

    fn is_possible(self) -> bool {
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        (1..=days).contains(&self.day) && self.hour < 24 && self.minute < 60 && self.second < 60
    }
}

/// Two digits.
fn small(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0, |sum: u8, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + (digit - b'0'))
    })
}

/// `[1685] ` and what follows it.
fn pid(text: &[u8]) -> Option<(u32, &[u8])> {
    let rest = text.strip_prefix(b"[")?;
    let end = rest.iter().take(11).position(|&byte| byte == b']')?;
    let digits = std::str::from_utf8(&rest[..end]).ok()?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((digits.parse().ok()?, rest[end + 1..].strip_prefix(b" ")?))
}
