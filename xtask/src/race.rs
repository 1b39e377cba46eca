//! `engine`: the built-in renderer alone, in process, on one thread, to race Helm's own engine and to be profiled.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, anyhow};
use portcullis::chart::{HelmVersion, user_values};
use portcullis::render::builtin::{Engine, Job, Settings};
use portcullis::source::SourceTree;

/// Renders a chart so many times with its default values, and prints the seconds that one rendering takes.
///
/// It has the stack that a browser gives WebAssembly.
pub(crate) fn run(chart: &str, count: &str, traced: bool) -> anyhow::Result<()> {
    let (chart, count) = (chart.to_owned(), count.to_owned());
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || timed(&chart, &count, traced))?;
    thread.join().map_err(|_| anyhow!("the rendering panicked"))?
}

fn timed(chart: &str, count: &str, traced: bool) -> anyhow::Result<()> {
    let count: u32 = count.parse().with_context(|| format!("`{count}` is no number"))?;
    let mut tree = SourceTree::default();
    load(Path::new(chart), "", &mut tree)?;
    let engine = Engine::new(&tree, HelmVersion::V4).map_err(|it| anyhow!(it.message))?;
    let settings = Settings { traced, ..Settings::default() };
    let once = || {
        let values = user_values(&[], &[], &|_| Err(String::new()), HelmVersion::V4).map_err(|it| anyhow!(it))?;
        let job = Job { release: "rel", namespace: "space", ..Job::new(values) };
        engine.render(&job, &settings).map_err(|it| anyhow!(it.message)).map(|it| it.text.len())
    };
    once()?;
    let start = Instant::now();
    for _ in 0..count {
        std::hint::black_box(once()?);
    }
    println!("{}", start.elapsed().as_secs_f64() / f64::from(count));
    Ok(())
}

/// Reads a chart's folder, whose dependencies are folders, too.
fn load(folder: &Path, prefix: &str, tree: &mut SourceTree) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            load(&entry.path(), &format!("{name}/"), tree)?;
        } else {
            tree.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}
