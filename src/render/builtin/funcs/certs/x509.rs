//! Certificates: Go's `x509.CreateCertificate`, for the template that sprig gives it.

use sha2::{Digest as _, Sha256};

use super::der::{self, BOOLEAN, GENERALIZED_TIME, OCTET_STRING, OID, Reader, SEQUENCE};
use super::keys::{PrivateKey, public_bits};
use crate::gotemplate::print::quote;

/// What is certified.
#[derive(Debug)]
pub(super) struct Request<'r> {
    pub(super) common_name: &'r [u8],
    /// 4 or 16 bytes each.
    pub(super) ips: Vec<Vec<u8>>,
    pub(super) names: Vec<Vec<u8>>,
    pub(super) serial: [u8; 16],
    /// The first and the last time, in seconds since the Unix epoch.
    pub(super) validity: [i64; 2],
    pub(super) is_authority: bool,
}

/// The certificate that signs another one.
#[derive(Debug)]
pub(super) struct Parent {
    /// Its subject, as DER.
    subject: Vec<u8>,
    key_id: Option<Vec<u8>>,
    public: Vec<u8>,
}

const MALFORMED: &str = "x509: malformed certificate";

impl Parent {
    /// Reads a certificate. The error is Go's, roughly.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let mut outer = Reader::new(bytes);
        let certificate = outer.inside(SEQUENCE).ok_or(MALFORMED)?;
        if !outer.is_empty() {
            return Err("x509: trailing data".into());
        }
        Self::read(certificate).ok_or_else(|| MALFORMED.into())
    }

    fn read(mut certificate: Reader<'_>) -> Option<Self> {
        let mut signed = certificate.inside(SEQUENCE)?;
        certificate.read(SEQUENCE)?;
        certificate.read(der::BIT_STRING)?;
        signed.optional(der::explicit(0));
        signed.read(der::INTEGER)?;
        signed.read(SEQUENCE)?;
        signed.read(SEQUENCE)?;
        signed.read(SEQUENCE)?;
        let subject = signed.read_whole(SEQUENCE)?.to_vec();
        let info = signed.read_whole(SEQUENCE)?;
        let public = public_bits(info)?.to_vec();
        signed.optional(der::implicit(1));
        signed.optional(der::implicit(2));
        let mut key_id = None;
        if let Some(extensions) = signed.optional(der::explicit(3)) {
            let mut extensions = Reader::new(extensions).inside(SEQUENCE)?;
            while !extensions.is_empty() {
                let mut extension = extensions.inside(SEQUENCE)?;
                let id = extension.read(OID)?;
                extension.optional(BOOLEAN);
                let value = extension.read(OCTET_STRING)?;
                if id == SUBJECT_KEY_ID {
                    key_id = Some(Reader::new(value).read(OCTET_STRING)?.to_vec());
                }
            }
        }
        Some(Self { subject, key_id, public })
    }
}

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// Makes a certificate for a key, signed by that key itself, or by a parent and its key. The error is Go's.
pub(super) fn create(request: &Request<'_>, key: &PrivateKey, signer: Option<(&Parent, &PrivateKey)>) -> Result<Vec<u8>, String> {
    let signing_key = signer.map_or(key, |(_, key)| key);
    let Some((_, signing_bits)) = signing_key.public() else {
        return Err("x509: certificate private key does not implement crypto.Signer".into());
    };
    let Some((algorithm, bits)) = key.public() else {
        return Err("x509: unsupported public key type: *dsa.PublicKey".into());
    };
    let subject = subject(request.common_name)?;
    let issuer = signer.map_or(&subject, |(parent, _)| &parent.subject);
    let authority_key_id =
        signer.filter(|(parent, _)| parent.subject != subject).and_then(|(parent, _)| parent.key_id.as_deref());
    if signer.is_some_and(|(parent, _)| parent.public != signing_bits) {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".into());
    }
    let extensions = extensions(request, subject.len() == 2, authority_key_id, &bits)?;
    let validity = [time(request.validity[0])?, time(request.validity[1])?].concat();
    let signature_algorithm = signing_key.signature_algorithm();
    let to_sign = der::sequence(&[
        &der::element(der::explicit(0), &der::integer(&[2])),
        &der::integer(&request.serial),
        &signature_algorithm,
        issuer,
        &der::element(SEQUENCE, &validity),
        &subject,
        &der::sequence(&[&algorithm, &der::bits(&bits)]),
        &der::element(der::explicit(3), &der::element(SEQUENCE, &extensions)),
    ]);
    // the one reason left is a key that is too short for the hash
    let signature = signing_key.sign(&to_sign).ok_or("crypto/rsa: message too long for RSA key size")?;
    Ok(der::sequence(&[&to_sign, &signature_algorithm, &der::bits(&signature)]))
}

/// Writes a subject of a common name alone; of nothing if that is empty.
fn subject(common_name: &[u8]) -> Result<Vec<u8>, String> {
    if common_name.is_empty() {
        return Ok(der::sequence(&[]));
    }
    let is_printable = |byte: &u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(byte);
    let tag = if common_name.iter().all(is_printable) {
        der::PRINTABLE_STRING
    } else if std::str::from_utf8(common_name).is_ok() {
        der::UTF8_STRING
    } else {
        return Err("asn1: string not valid UTF-8".into());
    };
    let attribute = der::sequence(&[&der::element(OID, COMMON_NAME), &der::element(tag, common_name)]);
    Ok(der::sequence(&[&der::element(der::SET, &attribute)]))
}

fn extension(id: &[u8], is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if is_critical { der::element(BOOLEAN, &[0xff]) } else { Vec::new() };
    der::sequence(&[&der::element(OID, id), &critical, &der::element(OCTET_STRING, value)])
}

fn extensions(request: &Request<'_>, has_no_subject: bool, authority: Option<&[u8]>, public: &[u8]) -> Result<Vec<u8>, String> {
    // digitalSignature and keyEncipherment; keyCertSign too
    let usage: &[u8] = if request.is_authority { &[2, 0xa4] } else { &[5, 0xa0] };
    let mut out = extension(KEY_USAGE, true, &der::element(der::BIT_STRING, usage));
    let purposes = der::sequence(&[&der::element(OID, SERVER_AUTH), &der::element(OID, CLIENT_AUTH)]);
    out.extend(extension(EXTENDED_KEY_USAGE, false, &purposes));
    let is_authority = if request.is_authority { der::element(BOOLEAN, &[0xff]) } else { Vec::new() };
    out.extend(extension(BASIC_CONSTRAINTS, true, &der::sequence(&[&is_authority])));
    if request.is_authority {
        // the method of RFC 7093
        let id = &Sha256::digest(public)[..20];
        out.extend(extension(SUBJECT_KEY_ID, false, &der::element(OCTET_STRING, id)));
    }
    if let Some(id) = authority {
        out.extend(extension(AUTHORITY_KEY_ID, false, &der::sequence(&[&der::element(der::implicit(0), id)])));
    }
    if !request.names.is_empty() || !request.ips.is_empty() {
        if let Some(name) = request.names.iter().find(|name| !name.is_ascii()) {
            return Err(format!("x509: {} cannot be encoded as an IA5String", quote(name)));
        }
        let names = request.names.iter().map(|name| der::element(der::implicit(2), name));
        let ips = request.ips.iter().map(|ip| der::element(der::implicit(7), ip));
        let all: Vec<u8> = names.chain(ips).flatten().collect();
        out.extend(extension(ALTERNATIVE_NAMES, has_no_subject, &der::element(SEQUENCE, &all)));
    }
    Ok(out)
}

/// Writes a time: in two digits of the year if that is enough.
fn time(unix: i64) -> Result<Vec<u8>, String> {
    let time = jiff::Timestamp::from_second(unix).map(|time| jiff::tz::Offset::UTC.to_datetime(time));
    let time = time.ok().filter(|time| (0..=9999).contains(&time.year()));
    let time = time.ok_or("asn1: structural error: cannot represent time as GeneralizedTime")?;
    let rest = format!("{:02}{:02}{:02}{:02}{:02}Z", time.month(), time.day(), time.hour(), time.minute(), time.second());
    Ok(match time.year() {
        year @ 1950..2050 => der::element(der::UTC_TIME, format!("{:02}{rest}", year % 100).as_bytes()),
        year => der::element(GENERALIZED_TIME, format!("{year:04}{rest}").as_bytes()),
    })
}
