//! URLs: sprig's url.go over Go's net/url.

use bstr::ByteSlice as _;

use super::args::{bytes, map};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print::quote;
use crate::gotemplate::value::{Kind, Map, Value};

pub(super) const FUNCS: &[Func] =
    &[Func::new("urlParse", &[Param::Str], url_parse), Func::new("urlJoin", &[Param::Map], url_join)];

/// What part of a URL a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

/// A name and perhaps a password.
#[derive(Debug, Default)]
struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

#[derive(Debug, Default)]
struct Url {
    scheme: Vec<u8>,
    opaque: Vec<u8>,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: Vec<u8>,
    fragment: Vec<u8>,
}

fn url_parse(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let url = parse(bytes(args, 0)).map_err(|it| Error::new(format!("unable to parse url: {it}")))?;
    let hostname = hostname(&url.host).to_vec();
    let user = url.user.map(|it| it.text()).unwrap_or_default();
    let entries = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", user),
    ];
    Ok(Value::map(entries.map(|(key, it)| (key, Value::from(it)))))
}

fn url_join(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let map = map(args, 0);
    let mut url = Url {
        scheme: entry(&map, "scheme")?,
        host: entry(&map, "host")?,
        path: entry(&map, "path")?,
        query: entry(&map, "query")?,
        opaque: entry(&map, "opaque")?,
        fragment: entry(&map, "fragment")?,
        user: None,
    };
    let user = entry(&map, "userinfo")?;
    if !user.is_empty() {
        let text = [b"proto://", &*user, b"@host"].concat();
        url.user = parse(&text).map_err(|it| Error::new(format!("unable to parse userinfo in dict: {it}")))?.user;
    }
    Ok(url.text().into())
}

/// Returns a string of a map, or an empty one.
fn entry(map: &Map, key: &str) -> Result<Vec<u8>, Error> {
    match map.get(key) {
        None => Ok(Vec::new()),
        Some(Value { kind: Kind::Str(text), .. }) => Ok(text.to_vec()),
        Some(Value { kind: Kind::Nil, .. }) => Err(Error::new(super::args::NIL_POINTER)),
        Some(other) => {
            let kind = other.kind_name();
            Err(Error::new(format!("unable to parse {key} key, must be of type string, but {kind} found")))
        }
    }
}

fn cut(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    text.split_once_str(&[at]).unwrap_or((text, b""))
}

/// `url.Parse`, with the error that it gives.
fn parse(text: &[u8]) -> Result<Url, String> {
    let (url, fragment) = cut(text, b'#');
    let failed = |text: &[u8], why: String| format!("parse {}: {why}", quote(text));
    let mut parsed = parse_url(url).map_err(|it| failed(url, it))?;
    parsed.fragment = unescape(fragment, Part::Fragment).map_err(|it| failed(text, it))?;
    Ok(parsed)
}

fn parse_url(text: &[u8]) -> Result<Url, String> {
    if text.iter().any(|it| *it < b' ' || *it == 0x7f) {
        return Err("net/url: invalid control character in URL".into());
    }
    let mut url = Url::default();
    let (scheme, rest) = split_scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (mut rest, query) = cut(rest, b'?');
    url.query = query.to_vec();
    if !rest.starts_with(b"/") {
        if !scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    if (!scheme.is_empty() || !rest.starts_with(b"///")) && rest.starts_with(b"//") {
        let authority = &rest[2..];
        let (authority, path) = authority.split_at(authority.find_byte(b'/').unwrap_or(authority.len()));
        rest = path;
        (url.user, url.host) = parse_authority(&url.scheme, authority)?;
    }
    url.path = unescape(rest, Part::Path)?;
    Ok(url)
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (index, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("missing protocol scheme".into()),
            b':' => return Ok((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn parse_authority(scheme: &[u8], authority: &[u8]) -> Result<(Option<User>, Vec<u8>), String> {
    let Some((user, host)) = authority.rsplit_once_str("@") else { return Ok((None, parse_host(scheme, authority)?)) };
    let host = parse_host(scheme, host)?;
    if !user.iter().all(|it| it.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(it)) {
        return Err("net/url: invalid userinfo".into());
    }
    let (name, password) = cut(user, b':');
    let name = unescape(name, Part::User)?;
    let password = if user.contains(&b':') { Some(unescape(password, Part::User)?) } else { None };
    Ok((Some(User { name, password }), host))
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    match host.rfind_byte(b'[') {
        Some(0) => return parse_literal(host),
        Some(_) => return Err("invalid IP-literal".into()),
        None => {}
    }
    if let Some(first) = host.find_byte(b':') {
        // Lists of hosts with ports are for databases only.
        let strict = matches!(scheme, b"http" | b"https");
        let colon = if strict { first } else { host.rfind_byte(b':').unwrap_or(first) };
        check_port(&host[colon..])?;
    }
    unescape(host, Part::Host)
}

/// An IPv6 address in brackets, perhaps with a zone.
fn parse_literal(host: &[u8]) -> Result<Vec<u8>, String> {
    let close = host.rfind_byte(b']').ok_or("missing ']' in host")?;
    check_port(&host[close + 1..])?;
    let port = unescape(&host[close + 1..], Part::Host)?;
    let name = &host[1..close];
    let (address, zone) = name.split_at(name.find("%25").unwrap_or(name.len()));
    let address = unescape(address, Part::Host)?;
    let zone = unescape(zone, Part::Zone)?;
    let whole = [&*address, &zone].concat();
    let text = String::from_utf8_lossy(&address).into_owned();
    if zone.is_empty() && text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err("invalid IP-literal".into());
    }
    if text.parse::<std::net::Ipv6Addr>().is_err() || zone.len() == 1 {
        return Err(format!("invalid host: ParseAddr({}): unable to parse IP", quote(&whole)));
    }
    Ok([b"[", &*whole, b"]", &port].concat())
}

fn is_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    }
}

fn check_port(text: &[u8]) -> Result<(), String> {
    if is_port(text) { Ok(()) } else { Err(format!("invalid port {} after host", quote(text))) }
}

fn hostname(host: &[u8]) -> &[u8] {
    let host = match host.rfind_byte(b':') {
        Some(colon) if is_port(&host[colon..]) => &host[..colon],
        _ => host,
    };
    host.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]")).unwrap_or(host)
}

/// net/url's `shouldEscape`.
fn is_plain(byte: u8, part: Part) -> bool {
    match byte {
        b'-' | b'_' | b'.' | b'~' => true,
        it if it.is_ascii_alphanumeric() => true,
        b'$' | b'&' | b'+' | b',' | b';' | b'=' => true,
        b'/' | b'@' => matches!(part, Part::Path | Part::Fragment),
        b':' => part != Part::User,
        b'!' | b'(' | b')' | b'*' => matches!(part, Part::Host | Part::Zone | Part::Fragment),
        b'?' => part == Part::Fragment,
        b'\'' | b'[' | b']' | b'<' | b'>' | b'"' => matches!(part, Part::Host | Part::Zone),
        _ => false,
    }
}

fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let bad = |text: &[u8]| Err(format!("invalid URL escape {}", quote(text)));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'%' {
            let escape = &text[at..text.len().min(at + 3)];
            let hex = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
            let digits = if let [_, high, low] = escape { hex(*high).zip(hex(*low)) } else { None };
            let Some((high, low)) = digits else { return bad(escape) };
            let value = high << 4 | low;
            let fits = match part {
                Part::Host => high >= 8,
                Part::Zone => value == b' ' || is_plain(value, Part::Host),
                _ => true,
            };
            if !fits && escape != b"%25" {
                return bad(escape);
            }
            out.push(value);
            at += 3;
            continue;
        }
        if matches!(part, Part::Host | Part::Zone) && byte < 0x80 && !is_plain(byte, part) {
            return Err(format!("invalid character {} in host name", quote(&[byte])));
        }
        out.push(byte);
        at += 1;
    }
    Ok(out)
}

fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if is_plain(byte, part) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

impl User {
    fn text(&self) -> Vec<u8> {
        let mut text = escape(&self.name, Part::User);
        if let Some(password) = &self.password {
            text.push(b':');
            text.extend(escape(password, Part::User));
        }
        text
    }
}

impl Url {
    /// `URL.String`.
    fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.write_place(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Part::Fragment));
        }
        out
    }

    /// Writes authority and path.
    fn write_place(&self, out: &mut Vec<u8>) {
        if !self.host.is_empty() || self.user.is_some() || !self.scheme.is_empty() && !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend(user.text());
            out.push(b'@');
        }
        out.extend(escape(&self.host, Part::Host));
        let path = if self.path == b"*" { self.path.clone() } else { escape(&self.path, Part::Path) };
        if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
            out.push(b'/');
        }
        if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend_from_slice(&path);
    }
}
