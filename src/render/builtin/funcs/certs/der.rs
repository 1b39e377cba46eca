//! ASN.1 in DER, as far as keys and certificates need it.

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of a context-specific field that holds others.
pub(super) const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// The tag of a context-specific field.
pub(super) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

/// Writes one element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    if let Ok(length @ 0..0x80) = u8::try_from(content.len()) {
        out.push(length);
    } else {
        let bytes = content.len().to_be_bytes();
        let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(8));
        out.extend_from_slice(bytes);
    }
    out.extend_from_slice(content);
    out
}

/// Writes a sequence of written elements.
pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

/// Writes a number that is not negative, from its bytes, big end first.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let bytes = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    // a first bit that is set would make it negative
    let padding: &[u8] = if bytes.first().is_none_or(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[padding, bytes].concat())
}

/// Writes whole bytes as bits.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

/// Reads elements one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    pub(super) fn new(bytes: &'d [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// Reads any element: its tag, its content, and all of its bytes.
    fn any(&mut self) -> Option<(u8, &'d [u8], &'d [u8])> {
        let (tag, first, rest) = match self.0 {
            // no tag of more than one byte is needed
            [tag, first, rest @ ..] if tag & 0x1f != 0x1f => (*tag, usize::from(*first), rest),
            _ => return None,
        };
        let (length, header) = if first < 0x80 {
            (first, 2)
        } else {
            let count = first & 0x7f;
            let bytes = rest.get(..count).filter(|bytes| (1..=4).contains(&count) && bytes[0] != 0)?;
            let length = bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
            (Some(length).filter(|length| *length >= 0x80)?, 2 + count)
        };
        let whole = self.0.get(..header.checked_add(length)?)?;
        self.0 = &self.0[whole.len()..];
        Some((tag, &whole[header..], whole))
    }

    /// Reads an element of a tag. Returns its content.
    pub(super) fn read(&mut self, tag: u8) -> Option<&'d [u8]> {
        self.peek().filter(|found| *found == tag)?;
        self.any().map(|(_, content, _)| content)
    }

    /// Reads an element of a tag. Returns all of its bytes.
    pub(super) fn read_whole(&mut self, tag: u8) -> Option<&'d [u8]> {
        self.peek().filter(|found| *found == tag)?;
        self.any().map(|(.., whole)| whole)
    }

    /// Reads what is in an element of a tag.
    pub(super) fn inside(&mut self, tag: u8) -> Option<Self> {
        self.read(tag).map(Self)
    }

    /// Reads an element if it is there.
    pub(super) fn optional(&mut self, tag: u8) -> Option<&'d [u8]> {
        if self.peek() == Some(tag) { self.read(tag) } else { None }
    }
}
