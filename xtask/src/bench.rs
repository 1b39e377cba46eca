//! `bench`: one table of ratios, each pair measured in one run, so that figures of a noisy machine can be compared.

#![expect(clippy::disallowed_methods, reason = "it measures whole processes from outside")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::{shell, tools};

/// How often each pair is run; the median counts.
const ROUNDS: usize = 5;
const CASES: usize = 50;

/// What a process took.
#[derive(Debug, Clone, Copy)]
struct Cost {
    wall: Duration,
    /// With that of all that it started.
    cpu: Duration,
}

/// Measures everything and prints the table; with `write`, into docs/benchmarks.md too.
pub(crate) fn run(write: bool, charts: Option<&str>) -> anyhow::Result<()> {
    tools::run()?;
    shell::run("cargo", &["build", "--quiet", "--release", "--workspace"], &[])?;
    let folder = shell::root().join("target/bench");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut rows = Vec::new();
    rows.extend(matrix(&folder)?);
    rows.extend(race(&folder, charts)?);
    rows.extend(many_charts(&folder)?);
    rows.extend(loops()?);
    rows.extend(instructions()?);
    let table = format!("| what | figure | bar |\n| --- | --- | --- |\n{}", rows.concat());
    println!("{table}");
    if write {
        replace(&table)?;
    }
    Ok(())
}

fn row(what: &str, figure: &str, bar: &str) -> String {
    format!("| {what} | {figure} | {bar} |\n")
}

/// 50 distinct cases of one chart, against the same commands under xargs.
fn matrix(folder: &Path) -> anyhow::Result<Vec<String>> {
    chart(folder, "web")?;
    let ports: Vec<String> = (0..CASES).map(|it| (8001 + it).to_string()).collect();
    fs::write(folder.join("ports"), ports.join("\n") + "\n")?;
    let axis = format!("set:service.port={}", ports.join(","));
    let ours = ["check", "web", "--no-discover", "--jobs", "2", "--axis", &axis, "-o", "json"];
    let plain = "xargs -P2 -I{} helm template release-name web --kube-version 1.37.0 --set service.port={} < ports";
    let mut ratios = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let a = cost(&portcullis(), &ours, folder)?;
        let b = cost(Path::new("sh"), &["-c", plain], folder)?;
        ratios.0.push(a.cpu.as_secs_f64() / b.cpu.as_secs_f64());
        ratios.1.push(a.wall.as_secs_f64() / b.wall.as_secs_f64());
    }
    let figure = format!("CPU {:.2} ×, wall {:.2} ×", median(ratios.0), median(ratios.1));
    let mut builtin = Vec::new();
    for _ in 0..ROUNDS {
        let with = [&ours[..], &["--renderer", "builtin"]].concat();
        let a = cost(&portcullis(), &with, folder)?;
        let b = cost(Path::new("sh"), &["-c", plain], folder)?;
        builtin.push(b.wall.as_secs_f64() / a.wall.as_secs_f64());
    }
    let less = format!("{:.0} × less wall", median(builtin));
    Ok(vec![
        row("matrix of 50 distinct cases, verified, against `xargs -P2 helm template`", &figure, "CPU ≤ 1.15 ×"),
        row("the same with the built-in renderer", &less, "≥ 20 ×"),
    ])
}

/// Rendering in process on one thread, values coalesced each time, against Helm's own engine: a small chart, and those that are named.
///
/// Ours also puts the documents in order, of which it reads each text once; Helm's loop leaves that out.
fn race(folder: &Path, charts: Option<&str>) -> anyhow::Result<Vec<String>> {
    let mut all = vec![folder.join("web")];
    if let Some(charts) = charts {
        let mut below: Vec<PathBuf> = fs::read_dir(charts)?.map(|it| Ok(it?.path())).collect::<anyhow::Result<_>>()?;
        below.retain(|it| it.join("Chart.yaml").is_file());
        below.sort();
        all.extend(below);
    }
    all.iter().map(|chart| one_race(chart)).collect()
}

fn one_race(chart: &Path) -> anyhow::Result<String> {
    let path = chart.to_str().context("a path that is no text")?;
    let helm = shell::tools_folder().join("helmengine");
    let seconds = |program: &Path, args: &[&str]| -> anyhow::Result<f64> {
        let text = shell::read(program, args).with_context(|| format!("`{path}` cannot be rendered"))?;
        Ok(text.trim().parse()?)
    };
    let (mut faster, mut traced) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let theirs = seconds(&helm, &["bench", path, "20"])?;
        let ours = seconds(&xtask(), &["engine", path, "50"])?;
        faster.push(theirs / ours);
        traced.push(seconds(&xtask(), &["engine", path, "50", "--traced"])? / ours);
    }
    let name = chart.file_name().unwrap_or_default().to_string_lossy();
    let figure = format!("{:.1} × faster, provenance {:+.0} %", median(faster), (median(traced) - 1.0) * 100.0);
    Ok(row(&format!("rendering `{name}` in process against Helm's own engine"), &figure, "≥ 3 ×, ≤ +30 %"))
}

/// 100 and 1,000 small charts in one run.
fn many_charts(folder: &Path) -> anyhow::Result<Vec<String>> {
    let check = |count: usize| {
        let below = folder.join(format!("charts-{count}"));
        fs::create_dir_all(&below)?;
        for i in 0..count {
            chart(&below, &format!("web-{i}"))?;
        }
        let name = format!("charts-{count}");
        peak(&portcullis(), &["check", &name, "--no-discover", "-q"], folder)
    };
    let ((few, few_time), (many, many_time)) = (check(100)?, check(1000)?);
    let time = many_time.as_secs_f64() / few_time.as_secs_f64() / 10.0;
    let figure = format!("{time:.2} × the time a chart, {many:.0} MiB against {few:.0} MiB");
    Ok(vec![row("1,000 small charts against 100", &figure, "time linear, memory flat")])
}

/// The inner loops, per object, and how they grow.
fn loops() -> anyhow::Result<Vec<String>> {
    let mut growth = Vec::new();
    let mut shares = Vec::new();
    let mut speed = Vec::new();
    for _ in 0..ROUNDS {
        let small: Vec<[f64; 4]> = (0..20).map(|_| inner(100)).collect::<anyhow::Result<_>>()?;
        let [_, _, link, judge] = small.iter().fold([f64::MAX; 4], |a, b| [0, 1, 2, 3].map(|i| a[i].min(b[i])));
        let [bytes, parse, many_link, many_judge] = inner(10_000)?;
        growth.push((many_link + many_judge) / 100.0 / (link + judge));
        shares.push((many_link + many_judge) / parse);
        speed.push(bytes / parse);
    }
    Ok(vec![
        row("linking and judging 10,000 applications against 100, per object", &format!("{:.2} ×", median(growth)), "≤ 2 ×"),
        row("4,000 findings in one file against 100, each", &format!("{:.2} ×", findings()?), "≤ 2 ×"),
        row("linking and judging against parsing", &format!("{:.2} ×", median(shares)), "< 1 ×"),
        row("parsing", &format!("{:.0} MB/s", median(speed)), ""),
    ])
}

/// Tells how many times longer each of many findings takes than each of few.
fn findings() -> anyhow::Result<f64> {
    let each = |count: usize| -> anyhow::Result<f64> {
        let text = shell::read(&xtask(), &["inner", "findings", &count.to_string()]).context("the inner loops cannot be run")?;
        Ok(text.trim().parse::<f64>()? / f64::from(u32::try_from(count)?))
    };
    let few: Vec<f64> = (0..20).map(|_| each(100)).collect::<anyhow::Result<_>>()?;
    let few = few.into_iter().fold(f64::MAX, f64::min);
    let many: Vec<f64> = (0..ROUNDS).map(|_| Ok(each(4_000)? / few)).collect::<anyhow::Result<_>>()?;
    Ok(median(many))
}

/// Returns bytes, and microseconds of parsing, linking and judging.
fn inner(count: usize) -> anyhow::Result<[f64; 4]> {
    let count = count.to_string();
    let out = shell::read(&xtask(), &["inner", "times", &count]).context("the inner loops cannot be run")?;
    let figures: Vec<f64> = out.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    figures.try_into().map_err(|it| anyhow::anyhow!("{it:?} are not four figures"))
}

/// Counts instructions with callgrind, which are the same on a busy machine; left out where there is no valgrind.
fn instructions() -> anyhow::Result<Vec<String>> {
    let valgrind = Path::new("valgrind");
    if shell::read(valgrind, &["--version"]).is_none() {
        return Ok(Vec::new());
    }
    let xtask = xtask();
    let count = |what: &str, objects: &str| -> anyhow::Result<f64> {
        let program = xtask.to_str().context("a path that is no text")?;
        let args = ["--tool=callgrind", "--callgrind-out-file=/dev/null", program, "inner", what, objects];
        let output = Command::new(valgrind).args(args).output().context("cannot run valgrind")?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let total = text.lines().find_map(|it| it.split("Collected : ").nth(1)).context("valgrind counted nothing")?;
        Ok(total.trim().parse::<f64>()?)
    };
    let base = count("parse", "0")?;
    let (parse, link, judge) = (count("parse", "200")? - base, count("link", "200")? - base, count("judge", "200")? - base);
    let figure = |from: f64, to: f64| format!("{:.0} k", (to - from) / 200.0 / 1000.0);
    let per = |what: &str, figure: String| row(&format!("instructions to {what} one application"), &figure, "");
    Ok(vec![per("parse", figure(0.0, parse)), per("link", figure(parse, link)), per("judge", figure(link, judge))])
}

fn xtask() -> PathBuf {
    shell::root().join("target/release/xtask")
}

fn portcullis() -> PathBuf {
    shell::root().join("target/release/portcullis")
}

/// Runs a program below a shell, whose `times` tells what it and all that it started have used.
fn cost(program: &Path, args: &[&str], folder: &Path) -> anyhow::Result<Cost> {
    let start = Instant::now();
    let output = Command::new("sh")
        .args(["-c", "\"$@\" > /dev/null 2>&1; code=$?; times; exit $code", "sh"])
        .arg(program)
        .args(args)
        .current_dir(folder)
        .env("PATH", shell::path_with_tools()?)
        .env("PORTCULLIS_NO_CACHE", "1")
        .output()
        .context("cannot run `sh`")?;
    let wall = start.elapsed();
    if !output.status.success() {
        bail!("`{} {}` failed", program.display(), args.join(" "));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let children = text.lines().nth(1).context("the shell tells no times")?;
    let cpu = children.split_whitespace().map(seconds).sum::<Option<f64>>().context("the shell tells odd times")?;
    Ok(Cost { wall, cpu: Duration::from_secs_f64(cpu) })
}

/// Reads `1m2.345s`.
fn seconds(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.strip_suffix('s')?.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
}

/// Runs a program and returns the most memory that it had, in MiB, and its time.
fn peak(program: &Path, args: &[&str], folder: &Path) -> anyhow::Result<(f64, Duration)> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env("PATH", shell::path_with_tools()?)
        .env("PORTCULLIS_NO_CACHE", "1")
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run `{}`", program.display()))?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0_f64;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        most = most.max(line.and_then(|it| it.trim().strip_suffix(" kB")?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0);
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok((most, start.elapsed()))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Writes a small chart: a Service, a Deployment, an Ingress.
fn chart(folder: &Path, name: &str) -> anyhow::Result<()> {
    let files = [
        ("Chart.yaml", format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n")),
        ("values.yaml", "service: {port: 80}\ncontainerPort: 8080\ningress: {enabled: true}\n".to_owned()),
        ("templates/all.yaml", TEMPLATE.to_owned()),
    ];
    for (path, text) in files {
        let path = folder.join(name).join(path);
        fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        fs::write(path, text)?;
    }
    Ok(())
}

const TEMPLATE: &str = "apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {app: {{ .Release.Name }}}
  ports:
  - name: http
    port: {{ .Values.service.port }}
    targetPort: http
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      containers:
      - name: web
        image: registry.example/web:1.0
        ports:
        - name: http
          containerPort: {{ .Values.containerPort }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}
spec:
  defaultBackend:
    service:
      name: {{ .Release.Name }}
      port: {name: http}
";

/// Puts the table between the markers of docs/benchmarks.md.
fn replace(table: &str) -> anyhow::Result<()> {
    let path = shell::root().join("docs/benchmarks.md");
    let text = fs::read_to_string(&path).context("docs/benchmarks.md is missing")?;
    let (before, rest) = text.split_once("<!-- figures -->").context("docs/benchmarks.md lacks its markers")?;
    let (_, after) = rest.split_once("<!-- /figures -->").context("docs/benchmarks.md lacks its markers")?;
    fs::write(&path, format!("{before}<!-- figures -->\n\n{table}\n<!-- /figures -->{after}"))?;
    Ok(())
}
