//! Drafts a configuration that fits what is found in a folder.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value as Json;

use super::discover::{discover, shown};
use super::list;
use crate::config::SCHEMA_URL;
use crate::rules::RULES;
use crate::source::join;
use crate::target::TargetKind;

/// Of which files beside `values.yaml` axes are made.
const VALUES_FILES: &str = "values[-.]*.{yaml,yml}";

/// Returns the text of a configuration for a folder: what is found there, and the rest as comments.
pub fn draft(folder: &str) -> String {
    let folder = &shown(folder);
    let found: Vec<(String, TargetKind)> = discover(std::slice::from_ref(folder))
        .into_iter()
        .filter_map(|it| Some((relative(folder, &it.root), it.kind.ok()?)))
        .collect();
    let charts: Vec<&str> = found.iter().filter(|it| it.1 == TargetKind::Helm).map(|it| it.0.as_str()).collect();
    let all: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
    [head(), targets(folder, &all), matrix(folder, &charts), rules(), ignore(all.first().copied())].join("\n")
}

fn head() -> String {
    format!(
        "# yaml-language-server: $schema={SCHEMA_URL}\n\
         # What portcullis verifies, with which inputs, and how strictly. Paths are relative to this file. A flag beats it.\n\
         version: 1\n"
    )
}

fn targets(folder: &str, found: &[&str]) -> String {
    let mut text =
        "# What `portcullis check` verifies when no path is given. Without any, it searches this folder.\ntargets:\n".to_owned();
    text.extend(globs(folder, found).iter().map(|it| format!("  - {}\n", quote(it))));
    text + if found.is_empty() { "  # - \"charts/*\"\n" } else { "" }
}

fn matrix(folder: &str, charts: &[&str]) -> String {
    let mut text = "# Which inputs charts are rendered with, besides their default values and their `ci/*-values.yaml`.\n\
                    matrix:\n  \
                      axes:\n    \
                        # Each item is an alternative. A list is a stack, of which later files win; `[]` is none.\n"
        .to_owned();
    match charts {
        [chart] => {
            let files = values_files(folder, chart);
            text += if files.is_empty() { "    # values: [[], [\"values-prod.yaml\"]]\n" } else { "    values:\n      - []\n" };
            text.extend(files.iter().map(|it| format!("      - [{}]\n", quote(&globset::escape(it)))));
        }
        charts => text += &several(folder, charts),
    }
    text + "    # Values by Helm path.\n    \
            # set: [{}, {ingress.enabled: true}]\n    \
            # kube: [\"1.28.0\", \"1.34.0\"]\n    \
            # api: [[], [monitoring.coreos.com/v1]]\n    \
            # release: [web, other]\n    \
            # namespace: [default, prod]\n  \
            # How axes are combined: product, pairwise or each.\n  \
            # combine: pairwise\n  \
            # Points of the axes that are left out.\n  \
            # exclude:\n  \
            #   - {kube: \"1.28.0\", set: {ingress.enabled: true}}\n  \
            # More cases; one with `expect: fail` is an error when it renders.\n  \
            # include:\n  \
            #   - {name: bad-port, set: {service.port: 0}, expect: fail}\n"
}

/// Names the values files of several charts: axes are of all of them.
fn several(folder: &str, charts: &[&str]) -> String {
    let mut text = String::new();
    for chart in charts {
        let files: Vec<String> = values_files(folder, chart).iter().map(|it| quote(it)).collect();
        if !files.is_empty() {
            text.extend(["    # ", &quote(chart), " has ", &files.join(", "), "\n"]);
        }
    }
    let hint = if text.is_empty() {
        "    # values: [[], [\"values-prod.yaml\"]]\n"
    } else {
        "    # These axes are of every chart; `portcullis init` in a chart's folder makes a file that stands in for this one there.\n"
    };
    text + hint
}

fn rules() -> String {
    let mut text = "# Levels of rules: error, warning, note or off. `portcullis explain RULE` says more.\nrules:\n  \
                    # Every rule that is not named:\n  \
                    # all: warning\n  \
                    # The rules and their defaults:\n"
        .to_owned();
    let width = RULES.iter().map(|it| it.meta().id.len()).max().unwrap_or_default() + "warning".len() + 2;
    for meta in RULES.iter().map(|it| it.meta()) {
        let level = meta.severity.map_or("off", |it| it.name());
        let entry = format!("{}: {level}", meta.id);
        let levels = if meta.levels == level { String::new() } else { format!(" (default: {})", meta.levels) };
        text.extend([format!("  # {entry:width$}  # {}{levels}\n", meta.summary)]);
    }
    text
}

fn ignore(target: Option<&str>) -> String {
    format!(
        "# Findings that do not count, each with a reason.\n\
         ignore:\n  \
         # A glob of targets, `Kind/name` of globs, and a last day may narrow it.\n  \
         # - rule: dangling-port\n  \
         #   target: {}\n  \
         #   object: Ingress/legacy\n  \
         #   reason: its Service is part of another release\n  \
         #   expires: 2099-12-31\n",
        quote(&globset::escape(target.unwrap_or("charts/web")))
    )
}

/// Returns a text as YAML in quotes, in one line whatever it holds.
fn quote(text: &str) -> String {
    Json::from(text).to_string()
}

/// Returns a path relative to the folder, `.` for itself.
fn relative(folder: &str, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if below.is_empty() { ".".into() } else { below }
}

/// Lists the values files beside a chart's `values.yaml`, relative to the folder.
fn values_files(folder: &str, chart: &str) -> Vec<String> {
    let pattern = join(&globset::escape(&join(folder, chart)), VALUES_FILES);
    let files = list::files(&pattern).into_iter().filter(|it| is_values(&it.path)).map(|it| relative(folder, &it.path));
    files.collect()
}

fn is_values(path: &Path) -> bool {
    let is_schema = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("values.schema"));
    let text = crate::os::files::read_text(path).unwrap_or_default();
    !is_schema && crate::yaml::parse(&text).iter().any(|it| it.root.as_ref().is_some_and(crate::yaml::Node::is_mapping))
}

/// Returns globs that stand for the targets and for nothing else that there is now.
fn globs(folder: &str, found: &[&str]) -> Vec<String> {
    let mut patterns: Vec<String> = found.iter().map(|it| globset::escape(it)).collect();
    let depth = found.iter().map(|it| it.matches('/').count() + 1).max().unwrap_or_default();
    for part in (0..depth).rev() {
        let mut merged: Vec<String> = Vec::new();
        for pattern in &patterns {
            let wide = widened(pattern, part);
            let others = patterns.iter().filter(|it| widened(it, part) == wide).count();
            let fits = |wide: &String| others > 1 && expand(folder, wide).iter().all(|it| found.contains(&it.as_str()));
            merged.push(wide.filter(fits).unwrap_or_else(|| pattern.clone()));
        }
        merged.dedup();
        patterns = merged;
    }
    let mut seen = BTreeSet::new();
    patterns.retain(|it| seen.insert(it.clone()));
    patterns
}

/// Returns a pattern with `*` in the place of one part.
fn widened(pattern: &str, part: usize) -> Option<String> {
    let mut parts: Vec<&str> = pattern.split('/').collect();
    *parts.get_mut(part)? = "*";
    (pattern != ".").then(|| parts.join("/"))
}

/// Returns the targets that a glob stands for, relative to the folder.
fn expand(folder: &str, pattern: &str) -> Vec<String> {
    discover(&list::targets(folder, pattern)).iter().map(|it| relative(folder, &it.root)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Settings, plan_all};
    use crate::config::{Config, FILE_NAME};
    use crate::os::files::write_whole;

    /// Makes a folder of files.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = match path.file_name().unwrap().to_str().unwrap() {
                "Chart.yaml" => "apiVersion: v2\nname: web\nversion: 0.1.0\n",
                "kustomization.yaml" if file.contains("overlays") => "resources: [../../base]\n",
                _ => "a: 1\n",
            };
            write_whole(&path, text.as_bytes()).unwrap();
        }
        folder
    }

    fn drafted(files: &[&str]) -> String {
        draft(folder(files).path().to_str().unwrap())
    }

    fn read(text: &str) -> Config {
        Config::read(FILE_NAME, text, &crate::rules::ids()).unwrap()
    }

    /// Comments that start lower case or with a list are entries.
    fn uncommented(text: &str) -> String {
        let line = |line: &str| match line.split_once("# ") {
            Some((before, entry)) if before.trim().is_empty() && !entry.starts_with(char::is_uppercase) => {
                let is_entry = !entry.starts_with(['"', '`']) && !entry.starts_with("yaml-");
                if is_entry { format!("{before}{entry}\n") } else { String::new() }
            }
            _ => format!("{line}\n"),
        };
        text.lines().map(line).collect()
    }

    const CHART: [&str; 6] =
        ["Chart.yaml", "values.yaml", "values-a.yaml", "values.b.yml", "values-[c].yaml", "values.schema.yaml"];
    const MANY: [&str; 9] = [
        "charts/web/Chart.yaml",
        "charts/web/values-prod.yaml",
        "charts/api/Chart.yaml",
        "charts/README.md",
        "apps/a/base/kustomization.yaml",
        "apps/a/overlays/dev/kustomization.yaml",
        "apps/a/overlays/prod/kustomization.yaml",
        "apps/b/base/kustomization.yaml",
        "apps/b/overlays/dev/kustomization.yaml",
    ];

    #[test]
    fn draft_fits_what_is_there() {
        // without the rules, of which each new one would change it
        let cut = |text: String| text.split_once("# Levels of rules").unwrap().0.to_owned();
        insta::assert_snapshot!("chart", cut(drafted(&CHART)));
        insta::assert_snapshot!("many", cut(drafted(&MANY)));
    }

    #[test]
    fn draft_is_read_with_and_without_its_comments() {
        let ids: Vec<_> = RULES.iter().map(|it| (it.meta().id, it.meta().summary)).collect();
        let validator = jsonschema::validator_for(&crate::config::schema(&ids)).unwrap();
        for files in [&CHART[..], &MANY, &[], &["deploy.yaml"], &["a \"#\\ü/Chart.yaml", "a[b/Chart.yaml"]] {
            let text = drafted(files);
            let all = uncommented(&text);
            assert_eq!(read(&all).ignore.len(), 1, "{all}");
            assert_eq!(read(&all).rules.len(), RULES.len() + 1);
            assert!(read(&text).rules.is_empty() && read(&text).ignore.is_empty());
            for text in [text, all] {
                let instance: Json = serde_yaml::from_str(&text).unwrap();
                assert!(validator.is_valid(&instance), "{text}");
            }
        }
    }

    #[test]
    fn targets_are_globs_where_these_match_nothing_else() {
        for (files, expected) in [
            (vec!["Chart.yaml"], vec!["."]),
            (vec!["charts/web/Chart.yaml"], vec!["charts/web"]),
            (vec!["charts/web/Chart.yaml", "charts/api/Chart.yaml", "charts/README.md"], vec!["charts/*"]),
            (vec!["charts/web/Chart.yaml", "charts/api/Chart.yaml", "charts/x/deploy.yaml"], vec!["charts/api", "charts/web"]),
            (vec!["web/Chart.yaml", "api/Chart.yaml", "docs/a.md"], vec!["*"]),
            (vec!["a[1]/Chart.yaml"], vec!["a[[]1[]]"]),
            (vec![], vec![]),
        ] {
            let folder = folder(&files);
            let text = draft(folder.path().to_str().unwrap());
            let targets: Vec<String> = read(&text).targets.iter().map(|it| it.text().to_owned()).collect();
            assert_eq!(targets, expected, "{files:?}");
        }
    }

    #[test]
    fn written_draft_finds_the_same_targets() {
        for files in [&CHART[..], &MANY] {
            let folder = folder(files);
            let path = folder.path().to_str().unwrap();
            let roots = |settings: &Settings| {
                let plans = plan_all(settings).unwrap();
                let root = |it: &crate::app::Planned| it.target.root.canonicalize().unwrap();
                let mut roots: Vec<_> = plans.iter().map(|it| root(it.as_ref().ok().unwrap())).collect();
                roots.sort();
                (roots, plans.iter().flatten().map(|it| it.cases.len()).sum::<usize>())
            };
            let (searched, cases) = roots(&Settings { paths: vec![path.to_owned()], ..Settings::default() });
            let file = folder.path().join(FILE_NAME);
            write_whole(&file, draft(path).as_bytes()).unwrap();
            let (named, more) = roots(&Settings { config: Some(file), ..Settings::default() });
            assert_eq!(searched, named);
            assert_eq!(more - cases, if files == CHART { 3 } else { 0 });
        }
    }
}
