//! portcullis renders Helm charts and Kustomize overlays over a matrix of inputs, in parallel, and proves whether the ports in
//! what comes out line up: Ingress → Service → container. Where they don't, it names the value that breaks the chart and the
//! template line at fault.
//!
//! # How data flows
//!
//! ```text
//! discover → plan → render → parse → link → judge → report
//!  targets   cases   text    resources graph  findings  terminal, JSON …
//!                      ↑ probe: more cases, planned from what was linked
//! ```
//!
//! # Where things are, from the ground up
//!
//! - [`source`], [`target`]: in-memory trees of files, and the things to verify. [`words`]: how keys are read, and which hold secrets.
//! - [`yaml`]: documents with a place for every key and scalar, read as Kubernetes reads them.
//! - [`gotemplate`]: Go's text/template: values, parser, evaluator, and what each part of a text was made from. It knows nothing of Helm.
//!   [`codec`]: its values as YAML, JSON and TOML, written and read as Go does.
//! - `config`: `portcullis.yaml`.
//! - [`kube`]: resources, and typed views of Services and workloads. [`chart`]: charts as Helm loads, coalesces and checks them, and the
//!   leaves of values.yaml. These two do not see each other. [`matrix`]: axes, cases, shards.
//! - `os` (feature `cli`): processes, files, archives, temporary folders, the cache, signals. Nothing else touches the outside.
//! - [`render`]: from a case to text, by helm, by kustomize, by the engine in [`render::builtin`], or for plain manifests by nothing.
//! - [`graph`]: declared ports, references, and what each reference means. A family of references is one file.
//! - [`finding`], [`suppress`], [`locate`]: what is said, what was accepted, and the way back to the template.
//! - [`rules`]: one file a rule.
//! - [`pipeline`]: cases in, judged renderings out, in parallel; equal renderings are judged once.
//! - [`probe`]: discovered features and moved values. [`fix`]: corrections, one file a kind; `guard`: a `_helpers.tpl` guard; both proven
//!   by rendering.
//! - [`report`]: one file a format. [`draw`]: the port graph as a picture, one file a format.
//! - `app` (feature `cli`): a whole run. `cli` (feature `cli`): the command line.
//!
//! # Invariants
//!
//! - A module uses lower layers only; `cargo xtask tidy` checks it.
//! - Parsing, linking, judging and the choices of probing do no input or output and cannot fail: what could not be read is data
//!   in the result. Without the feature `cli` the library builds for WebAssembly.
//! - The same input gives the same output, byte for byte, whatever the number of threads. Reports hold no times.
//! - The user's folders are never written but where a file to write is named; what is remembered is in the cache folder, and nothing
//!   depends on it: a warm run reports byte for byte what a cold one does.
//! - A place in a source is never shown more exactly than it is known.

#[cfg(feature = "cli")]
pub mod app;
pub mod chart;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codec;
pub mod config;
pub mod draw;
pub mod finding;
pub mod fix;
pub mod gotemplate;
pub mod graph;
pub mod guard;
pub mod kube;
pub mod locate;
pub mod matrix;
#[cfg(feature = "cli")]
pub mod os;
pub mod pipeline;
pub mod probe;
pub mod render;
pub mod report;
pub mod rules;
pub mod source;
pub mod suppress;
pub mod target;
mod untyped;
pub mod words;
pub mod yaml;
