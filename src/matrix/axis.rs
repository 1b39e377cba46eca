//! One thing that varies, and `--axis`.

use super::case::{CaseSource, SetArg, ValuesFile};
use super::change::Change;
use super::plan::PlanError;
use super::{ListFiles, canonical_kube_version, split};
use crate::chart::SetKind;
use crate::config::nearest;

/// What varies along an axis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AxisName {
    Values,
    /// The Helm path; empty for the configuration's `set`, whose items have paths of their own.
    Set(String),
    Kube,
    Api,
    Release,
    Namespace,
}

impl AxisName {
    const NAMES: [&'static str; 6] = ["values", "set:PATH", "kube", "api", "release", "namespace"];

    /// Returns the name as `--axis` takes it.
    pub fn name(&self) -> String {
        match self {
            Self::Values => "values".into(),
            Self::Set(path) if path.is_empty() => "set".into(),
            Self::Set(path) => format!("set:{path}"),
            Self::Kube => "kube".into(),
            Self::Api => "api".into(),
            Self::Release => "release".into(),
            Self::Namespace => "namespace".into(),
        }
    }

    fn parse(name: &str) -> Result<Self, PlanError> {
        match name {
            "values" => Ok(Self::Values),
            "kube" => Ok(Self::Kube),
            "api" => Ok(Self::Api),
            "release" => Ok(Self::Release),
            "namespace" => Ok(Self::Namespace),
            _ => match name.strip_prefix("set:") {
                Some(path) if !path.is_empty() => Ok(Self::Set(path.to_owned())),
                _ => Err(unknown(name)),
            },
        }
    }
}

fn unknown(name: &str) -> PlanError {
    let word = name.split_once(':').map_or(name, |(word, _)| word);
    let near = nearest(word, ["values", "set", "kube", "api", "release", "namespace"]);
    let help = match near {
        Some("set") => "write `set:PATH`, such as `set:service.port`".to_owned(),
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", AxisName::NAMES.map(|name| format!("`{name}`")).join(", ")),
    };
    PlanError::UnknownAxis { name: name.to_owned(), help }
}

/// One thing that varies, and the points that it goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    pub name: AxisName,
    /// At least one.
    pub items: Vec<Change>,
    /// [`CaseSource::Flags`] or [`CaseSource::Configuration`].
    pub source: CaseSource,
}

impl Axis {
    /// Reads `NAME=ITEM[,ITEM…]`. An empty item is the base input; a backslash before a comma takes its meaning away.
    pub fn parse(text: &str, list_files: ListFiles<'_>) -> Result<Self, PlanError> {
        let (name, items) = split::once(text, '=').ok_or_else(|| PlanError::NoItems { axis: text.to_owned() })?;
        let name = AxisName::parse(name)?;
        if items.is_empty() {
            return Err(PlanError::NoItems { axis: name.name() });
        }
        let mut points = Vec::new();
        for item in split::all(items, ',') {
            if item.is_empty() {
                points.push(Change::default());
            } else {
                points.extend(point(&name, item, list_files)?);
            }
        }
        Ok(Self { name, items: points, source: CaseSource::Flags })
    }
}

/// Returns the changes that one item of a flag stands for: several only for a glob.
fn point(name: &AxisName, item: &str, list_files: ListFiles<'_>) -> Result<Vec<Change>, PlanError> {
    let plain = || split::unescape(item, &[',']);
    Ok(vec![match name {
        AxisName::Values => {
            let parts = split::all(item, '+').into_iter().map(|part| split::unescape(part, &[',', '+']));
            let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
            return stacks(&parts, list_files);
        }
        // the backslashes stay: Helm reads them
        AxisName::Set(path) => {
            Change { sets: vec![SetArg { kind: SetKind::Set, text: format!("{path}={item}") }], ..Change::default() }
        }
        AxisName::Kube => Change { kube: Some(kube(&plain())?), ..Change::default() },
        AxisName::Api => Change { api: split::all(&plain(), '+').into_iter().map(str::to_owned).collect(), ..Change::default() },
        AxisName::Release => Change { release: Some(plain()), ..Change::default() },
        AxisName::Namespace => Change { namespace: Some(plain()), ..Change::default() },
    }])
}

/// Checks a Kubernetes version and returns it as it is.
pub(super) fn kube(text: &str) -> Result<String, PlanError> {
    let known = canonical_kube_version(text).is_some();
    if known { Ok(text.to_owned()) } else { Err(PlanError::KubeVersion { text: text.to_owned() }) }
}

/// Returns the stacks that a list of files and globs stands for: one for each way to pick a match from each glob.
pub(super) fn stacks(parts: &[String], list_files: ListFiles<'_>) -> Result<Vec<Change>, PlanError> {
    let mut stacks: Vec<Vec<ValuesFile>> = vec![Vec::new()];
    for part in parts {
        let files = list_files(part);
        if files.is_empty() {
            return Err(PlanError::NoFile { text: part.clone() });
        }
        let extended = |stack: &Vec<ValuesFile>| {
            let stack = stack.clone();
            files.clone().into_iter().map(move |file| [stack.clone(), vec![file]].concat())
        };
        stacks = stacks.iter().flat_map(extended).collect();
    }
    Ok(stacks.into_iter().map(|values| Change { values, ..Change::default() }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with three files, in which `*` stands for all that begin and end alike.
    fn list(glob: &str) -> Vec<ValuesFile> {
        let (start, end) = glob.split_once('*').unwrap_or((glob, ""));
        let fits = |name: &&str| if glob.contains('*') { name.starts_with(start) && name.ends_with(end) } else { *name == glob };
        let names = ["a.yaml", "b,c+d.yaml", "region-eu.yaml", "region-us.yaml"];
        names.into_iter().filter(fits).map(|name| ValuesFile { shown: name.into(), path: name.into() }).collect()
    }

    fn shown(change: &Change) -> String {
        let files = change.values.iter().map(|file| file.shown.clone());
        let sets = change.sets.iter().map(|set| format!("{} {}", set.kind.flag(), set.text));
        let api = change.api.iter().map(|api| format!("api {api}"));
        let rest = [("kube", &change.kube), ("release", &change.release), ("namespace", &change.namespace)];
        let rest = rest.iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
        files.chain(sets).chain(api).chain(rest).collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn flags_are_read() {
        for (text, expected) in [
            ("values=a.yaml,region-eu.yaml", vec!["a.yaml", "region-eu.yaml"]),
            ("values=,a.yaml", vec!["", "a.yaml"]),
            ("values=region-*.yaml", vec!["region-eu.yaml", "region-us.yaml"]),
            ("values=a.yaml+region-*.yaml", vec!["a.yaml & region-eu.yaml", "a.yaml & region-us.yaml"]),
            ("values=b\\,c\\+d.yaml", vec!["b,c+d.yaml"]),
            ("set:service.port=80,8080", vec!["--set service.port=80", "--set service.port=8080"]),
            ("set:a=x\\,y,{p,q},", vec!["--set a=x\\,y", "--set a={p,q}", ""]),
            ("set:a[0].b\\=c=1", vec!["--set a[0].b\\=c=1"]),
            ("kube=1.28,v1.29.0", vec!["kube 1.28", "kube v1.29.0"]),
            ("api=,a/v1+b/v1,a/v1/Kind", vec!["", "api a/v1 & api b/v1", "api a/v1/Kind"]),
            ("release=web,", vec!["release web", ""]),
            ("namespace=prod", vec!["namespace prod"]),
        ] {
            let axis = Axis::parse(text, &list).unwrap();
            assert_eq!(axis.items.iter().map(shown).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(axis.source, CaseSource::Flags);
        }
    }

    #[test]
    fn bad_flags_say_what_to_do() {
        for (text, expected) in [
            ("values", "axis `values` has no items; write `--axis NAME=ITEM,ITEM`"),
            ("kube=", "axis `kube` has no items; write `--axis NAME=ITEM,ITEM`"),
            ("value=a.yaml", "unknown axis `value`; did you mean `values`?"),
            ("set=80", "unknown axis `set`; write `set:PATH`, such as `set:service.port`"),
            ("set:=80", "unknown axis `set:`; write `set:PATH`, such as `set:service.port`"),
            ("image=x", "unknown axis `image`; use one of `values`, `set:PATH`, `kube`, `api`, `release`, `namespace`"),
            ("kube=latest", "`latest` is no Kubernetes version; write it as `1.28` or `1.28.0`"),
            ("values=none.yaml", "`none.yaml` matches no file; check the path, which is relative to the current folder"),
        ] {
            assert_eq!(Axis::parse(text, &list).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
