//! Private keys: how Go's crypto/x509 writes and reads them, and what certificates need of them.

use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use rsa::PrivateKey as Rsa;
use rsa::pkcs1::{DecodeRsaPrivateKey as _, EncodeRsaPrivateKey as _};
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::der::{self, BIT_STRING, INTEGER, NULL, OCTET_STRING, OID, Reader, SEQUENCE};
use super::pem;

/// A private key.
#[derive(Debug, Clone)]
pub(super) enum PrivateKey {
    Rsa(Box<Rsa>),
    Ecdsa(Ecdsa),
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// P, Q, G, Y and X.
    Dsa([Vec<u8>; 5]),
}

/// A key on one of the curves that Go's ECDSA knows.
#[derive(Debug, Clone)]
pub(super) enum Ecdsa {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
}

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const CURVES: [&[u8]; 3] =
    [&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], &[0x2b, 0x81, 0x04, 0x00, 0x22], &[0x2b, 0x81, 0x04, 0x00, 0x23]];
/// ecdsa-with-SHA256, -SHA384 and -SHA512.
const ECDSA_WITH_SHA: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
];

fn oid(bytes: &[u8]) -> Vec<u8> {
    der::element(OID, bytes)
}

impl Ecdsa {
    fn index(&self) -> usize {
        match self {
            Self::P256(_) => 0,
            Self::P384(_) => 1,
            Self::P521(_) => 2,
        }
    }

    fn scalar(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.to_bytes().to_vec(),
            Self::P384(key) => key.to_bytes().to_vec(),
            Self::P521(key) => key.to_bytes().to_vec(),
        }
    }

    /// Returns the public point, not compressed.
    fn point(&self) -> Vec<u8> {
        match self {
            Self::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            Self::P521(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
        }
    }

    /// Makes a key of a curve from its number.
    fn new(curve: &[u8], scalar: &[u8]) -> Result<Self, String> {
        let unknown = || "x509: unknown elliptic curve".to_owned();
        let index = CURVES.iter().position(|known| *known == curve).ok_or_else(unknown)?;
        let size = [32, 48, 66][index];
        let zeros = scalar.iter().take_while(|byte| **byte == 0).count();
        let scalar = &scalar[zeros..];
        if scalar.len() > size {
            return Err("x509: invalid private key length".into());
        }
        let padded = [&vec![0; size - scalar.len()], scalar].concat();
        let key = match index {
            0 => p256::ecdsa::SigningKey::from_slice(&padded).map(Self::P256),
            1 => p384::ecdsa::SigningKey::from_slice(&padded).map(Self::P384),
            _ => p521::ecdsa::SigningKey::from_slice(&padded).map(Self::P521),
        };
        key.map_err(|_| "ecdsa: invalid private key".into())
    }

    /// Signs with the hash that goes with the curve. Returns the two numbers of the signature as DER.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let bytes = match self {
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(&Sha256::digest(message)).ok()?;
                signature.to_bytes().to_vec()
            }
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(&Sha384::digest(message)).ok()?;
                signature.to_bytes().to_vec()
            }
            Self::P521(key) => {
                let signature: p521::ecdsa::Signature = key.sign_prehash(&Sha512::digest(message)).ok()?;
                signature.to_bytes().to_vec()
            }
        };
        let (r, s) = bytes.split_at(bytes.len() / 2);
        Some(der::sequence(&[&der::integer(r), &der::integer(s)]))
    }

    /// `ECPrivateKey` of SEC 1.
    fn to_der(&self) -> Vec<u8> {
        let (scalar, curve) =
            (der::element(OCTET_STRING, &self.scalar()), der::element(der::explicit(0), &oid(CURVES[self.index()])));
        der::sequence(&[&der::integer(&[1]), &scalar, &curve, &der::element(der::explicit(1), &der::bits(&self.point()))])
    }

    fn from_der(bytes: &[u8], outer_curve: Option<&[u8]>) -> Result<Self, String> {
        let parse = || {
            let mut key = Reader::new(bytes).inside(SEQUENCE)?;
            let (version, scalar) = (key.read(INTEGER)?, key.read(OCTET_STRING)?);
            let curve = key.optional(der::explicit(0)).and_then(|curve| Reader::new(curve).read(OID));
            Some((version, scalar, curve))
        };
        let (version, scalar, curve) = parse().ok_or("x509: failed to parse EC private key: asn1: structural error")?;
        if version != [1] {
            return Err(format!("x509: unknown EC private key version {}", version.last().copied().unwrap_or_default()));
        }
        Self::new(outer_curve.or(curve).unwrap_or_default(), scalar)
    }
}

impl PrivateKey {
    pub(super) fn ecdsa_p256(scalar: &[u8]) -> Option<Self> {
        Ecdsa::new(CURVES[0], scalar).ok().map(Self::Ecdsa)
    }

    /// Reads a key as sprig's `parsePrivateKeyPEM` does. The error is its sentence.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let label = String::from_utf8_lossy(&block.label).into_owned();
        if label == "PRIVATE KEY" {
            return Self::from_pkcs8(&block.bytes).map_err(|error| format!("decoding PEM as PKCS#8: {error}"));
        }
        let Some(kind) = label.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {label}"));
        };
        let read = match kind {
            "RSA" => Self::from_pkcs1(&block.bytes),
            "EC" => Ecdsa::from_der(&block.bytes, None).map(Self::Ecdsa),
            "DSA" => Self::dsa_from_der(&block.bytes).ok_or_else(|| "asn1: structural error".into()),
            _ => return Err(format!("invalid private key type {kind}")),
        };
        read.map_err(|error| format!("parsing {kind} private key from PEM: {error}"))
    }

    fn from_pkcs1(bytes: &[u8]) -> Result<Self, String> {
        let key = Rsa::from_pkcs1_der(bytes).map_err(|_| "asn1: structural error")?;
        Ok(Self::Rsa(Box::new(key)))
    }

    fn dsa_from_der(bytes: &[u8]) -> Option<Self> {
        let mut key = Reader::new(bytes).inside(SEQUENCE)?;
        key.read(INTEGER)?;
        let mut next = || key.read(INTEGER).map(<[u8]>::to_vec);
        Some(Self::Dsa([next()?, next()?, next()?, next()?, next()?]))
    }

    fn from_pkcs8(bytes: &[u8]) -> Result<Self, String> {
        let parse = || {
            let mut key = Reader::new(bytes).inside(SEQUENCE)?;
            key.read(INTEGER)?;
            let mut algorithm = key.inside(SEQUENCE)?;
            Some((algorithm.read(OID)?, algorithm, key.read(OCTET_STRING)?))
        };
        let (algorithm, mut parameters, inner) = parse().ok_or("asn1: structural error")?;
        if algorithm == RSA_ENCRYPTION {
            return Self::from_pkcs1(inner)
                .map_err(|error| format!("x509: failed to parse RSA private key embedded in PKCS#8: {error}"));
        }
        if algorithm == EC_PUBLIC_KEY {
            let key = Ecdsa::from_der(inner, parameters.optional(OID));
            return key
                .map(Self::Ecdsa)
                .map_err(|error| format!("x509: failed to parse EC private key embedded in PKCS#8: {error}"));
        }
        if algorithm == ED25519 {
            let seed =
                Reader::new(inner).read(OCTET_STRING).ok_or("x509: invalid Ed25519 private key: asn1: structural error")?;
            let seed = seed.try_into().map_err(|_| format!("x509: invalid Ed25519 private key length: {}", seed.len()))?;
            return Ok(Self::ed25519(&seed));
        }
        Err(format!("x509: PKCS#8 wrapping contained private key with unknown algorithm: {}", dotted(algorithm)))
    }

    pub(super) fn ed25519(seed: &[u8; 32]) -> Self {
        Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// Writes a key as sprig's `pemBlockForKey` does.
    pub(super) fn to_pem(&self) -> String {
        match self {
            Self::Rsa(key) => {
                // it fails for keys of more than two primes, which are not read
                pem::encode("RSA PRIVATE KEY", key.to_pkcs1_der().as_ref().map_or(&[], |document| document.as_bytes()))
            }
            Self::Ecdsa(key) => pem::encode("EC PRIVATE KEY", &key.to_der()),
            Self::Dsa(numbers) => {
                let numbers: Vec<Vec<u8>> = numbers.iter().map(|number| der::integer(number)).collect();
                pem::encode("DSA PRIVATE KEY", &der::sequence(&[&der::integer(&[]), &numbers.concat()]))
            }
            Self::Ed25519(key) => {
                let algorithm = der::sequence(&[&oid(ED25519)]);
                let inner = der::element(OCTET_STRING, &der::element(OCTET_STRING, &key.to_bytes()));
                pem::encode("PRIVATE KEY", &der::sequence(&[&der::integer(&[]), &algorithm, &inner]))
            }
        }
    }

    /// Returns the algorithm and the bits of the public key; `None` for a key of DSA, which certificates don't take.
    pub(super) fn public(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        Some(match self {
            Self::Rsa(key) => {
                let numbers = der::sequence(&[&der::integer(&key.n().to_be_bytes()), &der::integer(&key.e().to_be_bytes())]);
                (der::sequence(&[&oid(RSA_ENCRYPTION), &der::element(NULL, &[])]), numbers)
            }
            Self::Ecdsa(key) => (der::sequence(&[&oid(EC_PUBLIC_KEY), &oid(CURVES[key.index()])]), key.point()),
            Self::Ed25519(key) => (der::sequence(&[&oid(ED25519)]), key.verifying_key().to_bytes().to_vec()),
            Self::Dsa(_) => return None,
        })
    }

    /// Returns the identifier of the algorithm that it signs with.
    pub(super) fn signature_algorithm(&self) -> Vec<u8> {
        match self {
            Self::Rsa(_) => der::sequence(&[&oid(SHA256_WITH_RSA), &der::element(NULL, &[])]),
            Self::Ecdsa(key) => der::sequence(&[&oid(ECDSA_WITH_SHA[key.index()])]),
            Self::Ed25519(_) => der::sequence(&[&oid(ED25519)]),
            Self::Dsa(_) => Vec::new(),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) => key.pkcs1v15_sign::<Sha256>(message).ok(),
            Self::Ecdsa(key) => key.sign(message),
            Self::Ed25519(key) => Some(key.sign(message).to_bytes().to_vec()),
            Self::Dsa(_) => None,
        }
    }
}

/// Returns the bits of a public key in `SubjectPublicKeyInfo`.
pub(super) fn public_bits(info: &[u8]) -> Option<&[u8]> {
    let mut info = Reader::new(info).inside(SEQUENCE)?;
    info.read(SEQUENCE)?;
    info.read(BIT_STRING)?.get(1..)
}

/// Returns an object identifier in dots.
fn dotted(bytes: &[u8]) -> String {
    let mut numbers = Vec::new();
    let mut number = 0_u64;
    for byte in bytes {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if numbers.is_empty() {
                let first = (number / 40).min(2);
                numbers.push(first);
                number -= first * 40;
            }
            numbers.push(std::mem::take(&mut number));
        }
    }
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}
