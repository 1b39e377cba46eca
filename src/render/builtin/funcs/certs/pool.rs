//! Private keys that take long to make, made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use dsa::{Components, KeySize, SigningKey};

use sha2::{Digest as _, Sha256};

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

/// Keys by seed, kind and number. Making one takes up to seconds, and a matrix renders a chart many times: so renderings of one seed, as
/// those of one run have, share them.
static POOL: OnceLock<Mutex<HashMap<Name, Slot>>> = OnceLock::new();

type Name = ([u8; 32], Kind, u64);

/// Returns the next key of a rendering.
pub(super) fn next(exec: &mut Exec<'_>, kind: Kind) -> Option<PrivateKey> {
    let count = exec.state::<Made>().0.entry(kind).or_default();
    let number = *count;
    *count += 1;
    let key = (exec.seed(), kind, number);
    let pool = POOL.get_or_init(Mutex::default);
    let slot = Arc::clone(pool.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
    // made outside the lock: others wait for the same key only
    slot.get_or_init(|| make(key)).clone()
}

fn make((seed, kind, number): Name) -> Option<PrivateKey> {
    let mut hash = Sha256::new_with_prefix(seed);
    hash.update([kind as u8]);
    hash.update(number.to_be_bytes());
    let mut rng = ChaCha20Rng::from_seed(hash.finalize().into());
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
