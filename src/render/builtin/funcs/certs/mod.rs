//! Private keys and certificates: sprig's crypto.go.

mod der;
mod keys;
mod pem;
mod pool;
mod x509;

use std::any::Any;
use std::net::IpAddr;
use std::rc::Rc;

use chacha20::rand_core::Rng as _;

use keys::PrivateKey;
use pool::Kind as KeyKind;
use x509::{Parent, Request};

use super::crypto::str_arg;
use super::encoding::decode64;
use super::random::{generator, int_arg};
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::print::sprintf;
use crate::gotemplate::value::{Kind, Object, Value};

const CERTIFICATE: Param = Param::Object("sprig.certificate");
const SELF_SIGNED: &[Param] = &[Param::Str, Param::List, Param::List, Param::Int];
const SELF_SIGNED_WITH_KEY: &[Param] = &[Param::Str, Param::List, Param::List, Param::Int, Param::Str];
const SIGNED: &[Param] = &[Param::Str, Param::List, Param::List, Param::Int, CERTIFICATE];
const SIGNED_WITH_KEY: &[Param] = &[Param::Str, Param::List, Param::List, Param::Int, CERTIFICATE, Param::Str];

/// The steps that a new key is worth.
const KEY: u32 = 3_000_000;

pub(super) const FUNCS: &[Func] = &[
    Func::new("genPrivateKey", &[Param::Str], private_key).costly(KEY),
    Func::new("buildCustomCert", &[Param::Str, Param::Str], custom),
    Func::new("genCA", &[Param::Str, Param::Int], |exec, args| {
        let key = new_key(exec)?;
        authority(exec, args, &key)
    })
    .costly(KEY),
    Func::new("genCAWithKey", &[Param::Str, Param::Int, Param::Str], |exec, args| {
        let key = given_key(args, 2)?;
        authority(exec, args, &key)
    }),
    Func::new("genSelfSignedCert", SELF_SIGNED, |exec, args| {
        let key = new_key(exec)?;
        self_signed(exec, args, &key)
    })
    .costly(KEY),
    Func::new("genSelfSignedCertWithKey", SELF_SIGNED_WITH_KEY, |exec, args| {
        let key = given_key(args, 4)?;
        self_signed(exec, args, &key)
    }),
    Func::new("genSignedCert", SIGNED, |exec, args| {
        let key = new_key(exec)?;
        signed(exec, args, &key)
    })
    .costly(KEY),
    Func::new("genSignedCertWithKey", SIGNED_WITH_KEY, |exec, args| {
        let key = given_key(args, 5)?;
        signed(exec, args, &key)
    }),
];

/// sprig's `certificate`, both in PEM.
#[derive(Debug)]
struct Certificate {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::str(&self.cert)),
            "Key" => Some(Value::str(&self.key)),
            _ => None,
        }
    }

    fn data(&self) -> Value {
        Value::map([("Cert", Value::str(&self.cert)), ("Key", Value::str(&self.key))])
    }

    fn string(&self) -> Option<Vec<u8>> {
        Some([b"{", &*self.cert, b" ", &*self.key, b"}"].concat())
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

impl From<Certificate> for Value {
    fn from(certificate: Certificate) -> Self {
        Self::new(Kind::Object(Rc::new(certificate)))
    }
}

fn private_key(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let key = match str_arg(args, 0) {
        b"" | b"rsa" => pool::next(exec, KeyKind::Rsa4096),
        b"dsa" => pool::next(exec, KeyKind::Dsa),
        // a number outside the curve's range is drawn again
        b"ecdsa" => std::iter::repeat_with(|| PrivateKey::ecdsa_p256(&draw::<32>(exec))).take(100).flatten().next(),
        b"ed25519" => Some(PrivateKey::ed25519(&draw(exec))),
        other => return Ok([b"Unknown type ", other].concat().into()),
    };
    key.map(|key| key.to_pem().into()).ok_or_else(|| Error::new("failed to generate private key"))
}

fn draw<const N: usize>(exec: &mut Exec<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    generator(exec).fill_bytes(&mut bytes);
    bytes
}

fn new_key(exec: &mut Exec<'_>) -> Result<PrivateKey, Error> {
    pool::next(exec, KeyKind::Rsa2048).ok_or_else(|| Error::new("error generating rsa key"))
}

fn given_key(args: &[Value], index: usize) -> Result<PrivateKey, Error> {
    PrivateKey::from_pem(str_arg(args, index)).map_err(|error| Error::new(format!("parsing private key: {error}")))
}

/// Takes a certificate and a key in base64, and checks that they are ones.
fn custom(_exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let cert = decode64(str_arg(args, 0)).map_err(|_| Error::new("unable to decode base64 certificate"))?;
    let key = decode64(str_arg(args, 1)).map_err(|_| Error::new("unable to decode base64 private key"))?;
    parent(&cert, "decodedCert")?;
    PrivateKey::from_pem(&key).map_err(|error| Error::new(format!("error parsing private key: {error}")))?;
    Ok(Certificate { cert, key }.into())
}

fn parent(cert: &[u8], variable: &str) -> Result<Parent, Error> {
    let block = pem::decode(cert).ok_or_else(|| Error::new("unable to decode certificate"))?;
    Parent::parse(&block.bytes).map_err(|error| Error::new(format!("error parsing certificate: {variable}.Bytes: {error}")))
}

fn authority(exec: &mut Exec<'_>, args: &[Value], key: &PrivateKey) -> Result<Value, Error> {
    let mut request = request(exec, args, &[], int_arg(args, 1))?;
    request.is_authority = true;
    certify(&request, key, None)
}

fn self_signed(exec: &mut Exec<'_>, args: &[Value], key: &PrivateKey) -> Result<Value, Error> {
    let request = request(exec, args, &args[1..3], int_arg(args, 3))?;
    certify(&request, key, None)
}

fn signed(exec: &mut Exec<'_>, args: &[Value], key: &PrivateKey) -> Result<Value, Error> {
    let object = match args.get(4).map(|arg| &arg.kind) {
        Some(Kind::Object(object)) => object.any().downcast_ref::<Certificate>(),
        _ => None,
    };
    let signer = object.ok_or_else(|| Error::new("unable to decode certificate"))?;
    let parent = parent(&signer.cert, "decodedSignerCert")?;
    let signing_key =
        PrivateKey::from_pem(&signer.key).map_err(|error| Error::new(format!("error parsing private key: {error}")))?;
    let request = request(exec, args, &args[1..3], int_arg(args, 3))?;
    certify(&request, key, Some((&parent, &signing_key)))
}

fn certify(request: &Request<'_>, key: &PrivateKey, signer: Option<(&Parent, &PrivateKey)>) -> Result<Value, Error> {
    let der = x509::create(request, key, signer).map_err(|error| Error::new(format!("error creating certificate: {error}")))?;
    let (cert, key) = (pem::encode("CERTIFICATE", &der), key.to_pem());
    Ok(Certificate { cert: cert.into_bytes(), key: key.into_bytes() }.into())
}

/// sprig's `getBaseCertTemplate`. `lists` are addresses and names.
fn request<'r>(exec: &mut Exec<'_>, args: &'r [Value], lists: &[Value], days: i64) -> Result<Request<'r>, Error> {
    let ips = items(lists.first(), "error parsing ip: %v is not a string", |text| {
        ip(text).ok_or_else(|| Error::new(format!("error parsing ip: {}", String::from_utf8_lossy(text))))
    })?;
    let names = items(lists.get(1), "error processing alternate dns name: %v is not a string", |text| Ok(text.to_vec()))?;
    let start = exec.now();
    // a duration of Go wraps around
    let end = start + i128::from(days.wrapping_mul(86_400_000_000_000));
    let validity = [start, end].map(|nanos| i64::try_from(nanos.div_euclid(1_000_000_000)).unwrap_or(i64::MAX));
    Ok(Request { common_name: str_arg(args, 0), ips, names, serial: draw(exec), validity, is_authority: false })
}

/// Returns what is made of each string of a list. `not_a_string` is the format of the error for anything else.
fn items<T>(list: Option<&Value>, not_a_string: &str, make: impl Fn(&[u8]) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    let Some(list) = list.and_then(Value::as_list) else { return Ok(Vec::new()) };
    let items = list.items();
    items
        .iter()
        .map(|item| {
            if let Some(text) = item.as_str() {
                return make(text);
            }
            let message = sprintf(not_a_string.as_bytes(), std::slice::from_ref(item));
            Err(Error::new(String::from_utf8_lossy(&message)))
        })
        .collect()
}

/// Go's `ParseIP`, in as few bytes as there are.
fn ip(text: &[u8]) -> Option<Vec<u8>> {
    let ip: IpAddr = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(match ip.to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    })
}

#[cfg(test)]
#[path = "certs_tests.rs"]
mod tests;
