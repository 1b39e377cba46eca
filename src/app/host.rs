//! What the built-in renderer needs of the world: files, the time, chance, and when to stop.

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::os::{deadline, files, signals};
use crate::render::Host;

/// Time and chance of this run: the same for all renderers, so that what they render can be compared.
static CHANCE: OnceLock<(i128, [u8; 32])> = OnceLock::new();

/// Makes the host of a run; each rendering may take `limit`.
pub(super) fn host(limit: Duration) -> Host {
    let (now, seed) = *CHANCE.get_or_init(|| (now(), seed()));
    Host {
        read: Box::new(|path: &Path| files::read(path).map_err(std::io::Error::other)),
        stop: Some(Box::new(move || {
            let end = Instant::now() + limit;
            Box::new(move || stop(end, limit))
        })),
        now,
        seed,
    }
}

fn now() -> i128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|it| it.as_nanos()).unwrap_or_default();
    i128::try_from(now).unwrap_or_default()
}

fn stop(end: Instant, limit: Duration) -> Option<String> {
    if signals::interrupted() {
        deadline::cut();
        return Some("interrupted".into());
    }
    if deadline::has_passed() {
        return Some(deadline::message());
    }
    (Instant::now() >= end).then(|| {
        deadline::cut();
        format!("took longer than {} s: raise `--timeout`", limit.as_secs_f64())
    })
}

/// Random from run to run: the standard library seeds its hash maps so.
fn seed() -> [u8; 32] {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hash = Sha256::new();
    for _ in 0..8 {
        hash.update(std::collections::hash_map::RandomState::new().build_hasher().finish().to_le_bytes());
    }
    hash.finalize().into()
}
