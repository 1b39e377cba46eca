//! Hashes, passwords and encryption: sprig's crypto.go.

mod passwords;

use aes::Aes256;
use aes::cipher::{Block, BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20::rand_core::Rng as _;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::encoding::{decode64, hex, on_text};
use super::random::generator;
use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param};
use crate::gotemplate::value::Value;

/// The steps that a slow hash is worth.
const HASH: u32 = 1_000_000;

pub(super) const FUNCS: &[Func] = &[
    Func::new("sha1sum", &[Param::Str], |_, args| on_text(args, digest::<Sha1>)),
    Func::new("sha256sum", &[Param::Str], |_, args| on_text(args, digest::<Sha256>)),
    Func::new("sha512sum", &[Param::Str], |_, args| on_text(args, digest::<Sha512>)),
    Func::new("adler32sum", &[Param::Str], |_, args| on_text(args, adler32)),
    Func::new("bcrypt", &[Param::Str], |exec, args| {
        let salt = salt(exec);
        on_text(args, |password| passwords::bcrypt(password, salt))
    })
    .costly(HASH),
    Func::new("htpasswd", &[Param::Str, Param::Str], htpasswd).costly(HASH),
    Func::new("derivePassword", PASSWORD_PARAMS, passwords::derive).costly(2 * HASH),
    Func::new("encryptAES", &[Param::Str, Param::Str], encrypt_aes),
    Func::new("decryptAES", &[Param::Str, Param::Str], decrypt_aes),
];

/// The first is a `uint32` in Go, which takes constants only: [`passwords::derive`] checks it.
const PASSWORD_PARAMS: &[Param] = &[Param::Any, Param::Str, Param::Str, Param::Str, Param::Str];

/// Returns a string argument.
pub(super) fn str_arg(args: &[Value], index: usize) -> &[u8] {
    args.get(index).and_then(Value::as_str).map_or(&[], |text| text)
}

fn digest<D: Digest>(text: &[u8]) -> Vec<u8> {
    hex(&D::digest(text)).into_bytes()
}

fn adler32(text: &[u8]) -> Vec<u8> {
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in text {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    (high << 16 | low).to_string().into_bytes()
}

fn salt(exec: &mut Exec<'_>) -> [u8; 16] {
    let mut salt = [0; 16];
    generator(exec).fill_bytes(&mut salt);
    salt
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn htpasswd(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (user, password) = (str_arg(args, 0), str_arg(args, 1));
    if user.contains(&b':') {
        return Ok([b"invalid username: ", user].concat().into());
    }
    let hash = passwords::bcrypt(password, salt(exec));
    Ok([user, b":", &hash].concat().into())
}

/// Returns the cipher for a password, which is cut or filled up with zeros to 32 bytes.
fn cipher(password: &[u8]) -> Aes256 {
    let mut key = [0; 32];
    let length = password.len().min(key.len());
    key[..length].copy_from_slice(&password[..length]);
    Aes256::new(&key.into())
}

fn xor(block: &mut Block<Aes256>, other: &[u8]) {
    block.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn encrypt_aes(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (password, text) = (str_arg(args, 0), str_arg(args, 1));
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    let cipher = cipher(password);
    let padding = 16 - text.len() % 16;
    let mut content = text.to_vec();
    content.resize(text.len() + padding, u8::try_from(padding).unwrap_or(16));
    let mut out = salt(exec).to_vec();
    for chunk in content.chunks_exact(16) {
        let mut block = Block::<Aes256>::default();
        block.copy_from_slice(chunk);
        xor(&mut block, &out[out.len() - 16..]);
        cipher.encrypt_block(&mut block);
        out.extend_from_slice(&block);
    }
    Ok(STANDARD.encode(out).into())
}

fn decrypt_aes(_exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (password, text) = (str_arg(args, 0), str_arg(args, 1));
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    let bytes = decode64(text).map_err(Error::new)?;
    if bytes.len() < 16 {
        // Go decodes into a slice of this capacity
        let capacity = text.len() / 4 * 3;
        let message = if capacity < 16 {
            format!("runtime error: slice bounds out of range [:16] with capacity {capacity}")
        } else {
            format!("runtime error: slice bounds out of range [16:{}]", bytes.len())
        };
        return Err(Error::new(message));
    }
    if bytes.len() % 16 != 0 {
        return Err(Error::new("crypto/cipher: input not full blocks"));
    }
    let cipher = cipher(password);
    let mut out = Vec::with_capacity(bytes.len() - 16);
    for (previous, chunk) in bytes.chunks_exact(16).zip(bytes.chunks_exact(16).skip(1)) {
        let mut block = Block::<Aes256>::default();
        block.copy_from_slice(chunk);
        cipher.decrypt_block(&mut block);
        xor(&mut block, previous);
        out.extend_from_slice(&block);
    }
    let Some(padding) = out.last().map(|byte| usize::from(*byte)) else {
        return Err(Error::new("runtime error: index out of range [-1]"));
    };
    match out.len().checked_sub(padding) {
        Some(length) => out.truncate(length),
        None => return Err(Error::new(format!("runtime error: slice bounds out of range [:-{}]", padding - out.len()))),
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::super::calling::text;
    use super::*;

    #[test]
    fn hashes_are_those_of_their_standards() {
        let table = [
            ("sha1sum", "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("sha256sum", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("adler32sum", "", "1"),
            ("adler32sum", "Wikipedia", "300286872"),
        ];
        for (name, input, output) in table {
            assert_eq!(text(FUNCS, name, &[input.into()]), Ok(output.into()), "{name} {input:?}");
        }
    }

    #[test]
    fn what_was_encrypted_is_decrypted() {
        for input in ["", "a", "exactly 16 bytes", "a text of more than one block"] {
            let secret = text(FUNCS, "encryptAES", &["key".into(), input.into()]).expect("a text");
            assert_eq!(text(FUNCS, "decryptAES", &["key".into(), secret.into()]), Ok(input.into()));
        }
        // by sprig
        let secret = "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=";
        assert_eq!(text(FUNCS, "decryptAES", &["secretkey".into(), secret.into()]), Ok("plaintext".into()));
    }

    #[test]
    fn what_is_no_ciphertext_fails_as_in_go() {
        let table = [
            ("YWJj", "runtime error: slice bounds out of range [:16] with capacity 3"),
            ("?", "illegal base64 data at input byte 0"),
            ("YWFhYWFhYWFhYWFhYWFhYWE=", "crypto/cipher: input not full blocks"),
            ("YWFhYWFhYWFhYWFhYWFhYQ==", "runtime error: index out of range [-1]"),
        ];
        for (input, message) in table {
            assert_eq!(text(FUNCS, "decryptAES", &["key".into(), input.into()]), Err(message.into()), "{input}");
        }
    }
}
