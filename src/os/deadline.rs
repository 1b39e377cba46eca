//! The time by which a whole run must be over.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

static DEADLINE: OnceLock<(Instant, Duration)> = OnceLock::new();
static HAS_CUT: AtomicBool = AtomicBool::new(false);
static CUTS: AtomicUsize = AtomicUsize::new(0);

/// Gives the run so much time from now on; only the first call counts.
pub fn set(limit: Duration) {
    _ = DEADLINE.set((Instant::now() + limit, limit));
}

/// Returns the time that is left, at most `limit`, as the instant when it is over.
pub(super) fn within(limit: Duration) -> Instant {
    let own = Instant::now() + limit;
    DEADLINE.get().map_or(own, |(at, _)| own.min(*at))
}

/// Whether it is too late to begin anything, or to go on. Who is told so leaves something out.
pub fn has_passed() -> bool {
    let passed = DEADLINE.get().is_some_and(|(at, _)| Instant::now() >= *at);
    if passed {
        HAS_CUT.store(true, Ordering::Relaxed);
        cut();
    }
    passed
}

/// Whether something was left out because the deadline had passed.
pub fn has_cut() -> bool {
    HAS_CUT.load(Ordering::Relaxed)
}

/// Notes that something was cut short by what another run need not meet: a time limit, a signal, a lack of memory or processes.
pub fn cut() {
    CUTS.fetch_add(1, Ordering::Relaxed);
}

/// Returns how often something was cut short so far.
pub fn cuts() -> usize {
    CUTS.load(Ordering::Relaxed)
}

/// Says that the deadline had passed, and what to do.
pub fn message() -> String {
    let limit = DEADLINE.get().map(|(_, limit)| limit.as_secs()).unwrap_or_default();
    format!("the deadline of {limit} s had passed: raise `--deadline`, or check a part of it")
}
