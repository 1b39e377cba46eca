//! Random strings and numbers: those of sprig's strings.go and crypto.go, goutils and xstrings.
//!
//! All randomness of a rendering comes from one generator, seeded by [`Exec::seed`]: the same seed, the same text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bstr::ByteSlice as _;
use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

use crate::gotemplate::Exec;
use crate::gotemplate::func::{Error, Func, Param, Reason};
use crate::gotemplate::value::{Kind, Value};

pub(super) const FUNCS: &[Func] = &[
    Func::new("randAlphaNum", &[Param::Int], |exec, args| random_string(exec, args, u8::is_ascii_alphanumeric)),
    Func::new("randAlpha", &[Param::Int], |exec, args| random_string(exec, args, u8::is_ascii_alphabetic)),
    Func::new("randNumeric", &[Param::Int], |exec, args| random_string(exec, args, u8::is_ascii_digit)),
    Func::new("randAscii", &[Param::Int], |exec, args| random_string(exec, args, |byte| (32..127).contains(byte))),
    Func::new("randBytes", &[Param::Int], random_bytes),
    Func::new("randInt", &[Param::Int, Param::Int], random_int),
    Func::new("shuffle", &[Param::Str], shuffle),
    Func::new("uuidv4", &[], uuid_v4),
];

/// The most that one call may make. Go has no limit but the memory.
const LIMIT: usize = 64 << 20;

#[derive(Default)]
struct Generator(Option<ChaCha20Rng>);

/// Returns the generator of a rendering.
pub(super) fn generator<'e>(exec: &'e mut Exec<'_>) -> &'e mut ChaCha20Rng {
    let seed = exec.seed();
    exec.state::<Generator>().0.get_or_insert_with(|| ChaCha20Rng::from_seed(seed))
}

/// Returns a number below `end`, each as likely as the others; 0 where `end` is 0.
fn below(rng: &mut ChaCha20Rng, end: u64) -> u64 {
    if end == 0 {
        return 0;
    }
    // the part of the range that would favour small numbers is drawn again
    let unfair = (u64::MAX % end + 1) % end;
    loop {
        let number = rng.next_u64();
        if number <= u64::MAX - unfair {
            return number % end;
        }
    }
}

pub(super) fn int_arg(args: &[Value], index: usize) -> i64 {
    if let Some(Kind::Int(_, value)) = args.get(index).map(|value| &value.kind) { *value } else { 0 }
}

fn size(count: i64) -> Result<usize, Error> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if count > LIMIT {
        return Err(Error::new(format!("more than {LIMIT} random bytes")).because(Reason::Limit));
    }
    Ok(count)
}

/// A negative count gives nothing: sprig drops the error of goutils.
fn random_string(exec: &mut Exec<'_>, args: &[Value], is_wanted: fn(&u8) -> bool) -> Result<Value, Error> {
    let count = size(int_arg(args, 0).max(0))?;
    let alphabet: Vec<u8> = (0..128).filter(is_wanted).collect();
    let rng = generator(exec);
    let length = alphabet.len() as u64;
    let text: Vec<u8> = (0..count).filter_map(|_| alphabet.get(usize::try_from(below(rng, length)).ok()?).copied()).collect();
    Ok(text.into())
}

fn random_bytes(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let count = int_arg(args, 0);
    if count < 0 {
        return Err(Error::new("runtime error: makeslice: len out of range"));
    }
    let mut bytes = vec![0; size(count)?];
    generator(exec).fill_bytes(&mut bytes);
    Ok(STANDARD.encode(bytes).into())
}

fn random_int(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let (min, max) = (int_arg(args, 0), int_arg(args, 1));
    let range = max.wrapping_sub(min);
    let Some(end) = u64::try_from(range).ok().filter(|end| *end > 0) else {
        return Err(Error::new("invalid argument to Intn"));
    };
    let number = below(generator(exec), end);
    Ok(Value::int(min.wrapping_add(number.cast_signed())))
}

/// Shuffles the characters of a string.
#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn shuffle(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, Error> {
    let Some(text) = args.first().and_then(Value::as_str) else { return Ok(Value::str("")) };
    let mut chars: Vec<char> = text.chars().collect();
    let rng = generator(exec);
    for last in (1..chars.len()).rev() {
        let other = usize::try_from(below(rng, last as u64 + 1)).unwrap_or(last);
        chars.swap(last, other);
    }
    Ok(chars.into_iter().collect::<String>().into())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of natives")]
fn uuid_v4(exec: &mut Exec<'_>, _args: &[Value]) -> Result<Value, Error> {
    let mut bytes = [0; 16];
    generator(exec).fill_bytes(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = super::encoding::hex(&bytes);
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]).into())
}

#[cfg(test)]
mod tests {
    use super::super::calling::{call_seeded, show, text};
    use super::*;

    fn run(seed: u8, name: &str, args: &[Value]) -> Result<String, String> {
        call_seeded(seed, FUNCS, name, args).map(|value| show(&value))
    }

    #[test]
    fn random_values_have_the_shape_of_helms_and_depend_on_the_seed_alone() {
        let table: &[(&str, &[i64], &str)] = &[
            ("randAlphaNum", &[40], "^[0-9A-Za-z]{40}$"),
            ("randAlpha", &[40], "^[A-Za-z]{40}$"),
            ("randNumeric", &[40], "^[0-9]{40}$"),
            ("randAscii", &[40], "^[ -~]{40}$"),
            ("randAscii", &[-1], "^$"),
            ("randBytes", &[16], "^[0-9A-Za-z+/]{22}==$"),
            ("randInt", &[-12, -9], "^-1[012]$"),
            ("uuidv4", &[], "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
        ];
        for (name, args, shape) in table {
            let args: Vec<Value> = args.iter().map(|arg| Value::int(*arg)).collect();
            let text = run(1, name, &args).expect("a value");
            assert!(regex::Regex::new(shape).expect("a pattern").is_match(&text), "{name}: {text}");
            assert_eq!(run(1, name, &args), Ok(text));
        }
        assert_ne!(run(1, "uuidv4", &[]), run(2, "uuidv4", &[]));
    }

    #[test]
    fn what_go_panics_on_is_an_error() {
        assert_eq!(text(FUNCS, "randBytes", &[Value::int(-1)]), Err("runtime error: makeslice: len out of range".into()));
        assert_eq!(text(FUNCS, "randInt", &[Value::int(3), Value::int(3)]), Err("invalid argument to Intn".into()));
    }

    #[test]
    fn shuffling_keeps_the_characters() {
        let mut chars: Vec<char> = run(1, "shuffle", &["añb€c".into()]).expect("a value").chars().collect();
        chars.sort_unstable();
        assert_eq!(chars, ['a', 'b', 'c', 'ñ', '€']);
    }
}
