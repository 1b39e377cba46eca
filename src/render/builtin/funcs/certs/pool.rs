//! Private keys that take long to make, made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use dsa::{Components, KeySize, SigningKey};

use super::keys::PrivateKey;
use crate::gotemplate::Exec;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Rsa2048,
    Rsa4096,
    Dsa,
}

/// How many keys of a kind a rendering has made.
#[derive(Default)]
struct Made(HashMap<Kind, u64>);

type Slot = Arc<OnceLock<Option<PrivateKey>>>;

/// Keys by kind and number. Making one takes up to seconds, and a matrix renders a chart many times: so the n-th key of a rendering is
/// the n-th key of the process, whatever the seed. Which keys they are depends on kind and number alone, so that the same input gives the
/// same output, whoever comes first. Such keys are no secrets: what is rendered here is judged, not installed.
static POOL: OnceLock<Mutex<HashMap<(Kind, u64), Slot>>> = OnceLock::new();

/// Returns the next key of a rendering.
pub(super) fn next(exec: &mut Exec<'_>, kind: Kind) -> Option<PrivateKey> {
    let number = exec.state::<Made>().0.entry(kind).or_default();
    let key = (kind, *number);
    *number += 1;
    let pool = POOL.get_or_init(Mutex::default);
    let slot = Arc::clone(pool.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    // made outside the lock: others wait for the same key only
    slot.get_or_init(|| make(kind, key.1)).clone()
}

fn make(kind: Kind, number: u64) -> Option<PrivateKey> {
    let mut seed = *b"keys of rendered charts\0\0\0\0\0\0\0\0\0";
    seed[23] = kind as u8;
    seed[24..].copy_from_slice(&number.to_be_bytes());
    let mut rng = ChaCha20Rng::from_seed(seed);
    match kind {
        Kind::Rsa2048 => rsa(&mut rng, 2048),
        Kind::Rsa4096 => rsa(&mut rng, 4096),
        Kind::Dsa => {
            let Ok(components) = Components::try_generate_from_rng_with_key_size(&mut rng, KeySize::DSA_2048_256);
            let Ok(key) = SigningKey::try_generate_from_rng_with_components(&mut rng, components);
            let public = key.verifying_key();
            let parts = public.components();
            let numbers = [parts.p().to_be_bytes(), parts.q().to_be_bytes(), parts.g().to_be_bytes(), public.y().to_be_bytes()];
            let [p, q, g, y] = numbers.map(|bytes| bytes.to_vec());
            Some(PrivateKey::Dsa([p, q, g, y, key.x().to_be_bytes().to_vec()]))
        }
    }
}

fn rsa(rng: &mut ChaCha20Rng, bits: usize) -> Option<PrivateKey> {
    rsa::PrivateKey::new(rng, bits).ok().map(|key| PrivateKey::Rsa(Box::new(key)))
}
