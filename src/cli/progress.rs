//! Progress on standard error, where that is a terminal.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Event;

/// A bar that counts cases.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Makes a bar; a hidden one where nobody would see it.
    pub(super) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        if quiet || !io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} of {len} cases rendered ({elapsed})") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Counts.
    pub(super) fn event(&self, event: Event) {
        match event {
            Event::Planned(cases) => self.bar.inc_length(cases as u64),
            Event::Done => self.bar.inc(1),
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
