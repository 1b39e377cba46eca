//! Passwords that are slow to guess: `bcrypt` and `derivePassword` (the Master Password algorithm).

use base64::Engine as _;
use base64::alphabet::BCRYPT;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use blowfish::Blowfish;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::str_arg;
use crate::gotemplate::Exec;
use crate::gotemplate::func::Error;
use crate::gotemplate::value::{Kind, Value};

/// As golang.org/x/crypto/bcrypt's `DefaultCost`.
const COST: u32 = 10;

/// Returns the bcrypt hash of a password, or a sentence that says why there is none, as sprig does.
pub(super) fn bcrypt(password: &[u8], salt: [u8; 16]) -> Vec<u8> {
    if password.len() > 72 {
        return b"failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_vec();
    }
    let hash = bcrypt_hash(password, salt);
    let engine = GeneralPurpose::new(&BCRYPT, NO_PAD);
    format!("$2a${COST:02}${}{}", engine.encode(salt), engine.encode(&hash[..23])).into_bytes()
}

fn bcrypt_hash(password: &[u8], salt: [u8; 16]) -> [u8; 24] {
    let key = [password, &[0]].concat();
    let mut state: Blowfish = Blowfish::bc_init_state();
    state.salted_expand_key(&salt, &key);
    for _ in 0..1_u32 << COST {
        state.bc_expand_key(&key);
        state.bc_expand_key(&salt);
    }
    let mut hash = [0; 24];
    for (out, text) in hash.chunks_exact_mut(8).zip(b"OrpheanBeholderScryDoubt".chunks_exact(8)) {
        let word = |at: usize| u32::from_be_bytes([text[at], text[at + 1], text[at + 2], text[at + 3]]);
        let mut halves = [word(0), word(4)];
        for _ in 0..64 {
            halves = state.bc_encrypt(halves);
        }
        out[..4].copy_from_slice(&halves[0].to_be_bytes());
        out[4..].copy_from_slice(&halves[1].to_be_bytes());
    }
    hash
}

const SCOPE: &[u8] = b"com.lyndir.masterpassword";

/// Shapes of passwords, by type. Each letter stands for a class of characters.
fn shapes(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn class(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn length(text: &[u8]) -> [u8; 4] {
    u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// `derivePassword counter type password user site`
pub(super) fn derive(_exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let counter = counter(args.first())?;
    let [kind, password, user, site] = [1, 2, 3, 4].map(|index| str_arg(args, index));
    let Some(shapes) = shapes(kind) else {
        return Ok([b"cannot find password template ", kind].concat().into());
    };
    let salt = [SCOPE, &length(user), user].concat();
    let mut key = [0; 64];
    let derived = scrypt::Params::new(15, 8, 2).is_ok_and(|params| scrypt::scrypt(password, &salt, &params, &mut key).is_ok());
    let mac = Hmac::<Sha256>::new_from_slice(&key).ok().filter(|_| derived);
    let Some(mut mac) = mac else { return Err(Error::new("scrypt does not take its own parameters")) };
    mac.update(&[SCOPE, &length(site), site, &counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let shape = shapes[usize::from(seed[0]) % shapes.len()].bytes();
    let text = shape.zip(&seed[1..]).map(|(letter, byte)| class(letter)[usize::from(*byte) % class(letter).len()]);
    Ok(text.collect::<Vec<u8>>().into())
}

/// Returns the argument for Go's `uint32`.
fn counter(arg: Option<&Value>) -> Result<u32, Error> {
    match arg.map(|value| &value.kind) {
        Some(Kind::Int(_, number)) => {
            u32::try_from(*number).map_err(|_| Error::new(format!("can't use {number} as a counter of 32 bits")))
        }
        other => {
            let name = if other.is_none() { "<nil>" } else { arg.map_or("", Value::type_name) };
            Err(Error::new(format!("wrong type for value; expected uint32; got {name}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::builtin::funcs::calling::text;

    #[test]
    fn a_hash_is_that_of_go() {
        // golang.org/x/crypto/bcrypt takes it
        let salt = *b"0123456789abcdef";
        let hash = String::from_utf8(bcrypt(b"secret", salt)).expect("text");
        assert_eq!(hash, "$2a$10$KBCwKxOzLha2MUDgW0PjXe5iC0KgerkTIWLGUoONajjj98vdFiyt2");
        assert!(bcrypt(&[b'a'; 73], salt).ends_with(b"bcrypt: password length exceeds 72 bytes"));
    }

    #[test]
    fn a_password_is_derived_as_by_sprig() {
        let table = [
            ("long", "ZedaFaxcZaso9*"),
            ("maximum", "pf4zS1LjCg&LjhsZ7T2~"),
            ("medium", "ZedJuz8$"),
            ("basic", "pIS54PLs"),
            ("short", "Zed5"),
            ("pin", "6685"),
            ("odd", "cannot find password template odd"),
        ];
        for (kind, output) in table {
            let args = [Value::int(1), kind.into(), "password".into(), "user".into(), "example.com".into()];
            assert_eq!(text(super::super::FUNCS, "derivePassword", &args), Ok(output.into()), "{kind}");
        }
    }
}
