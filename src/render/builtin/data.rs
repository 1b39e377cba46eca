//! What a template finds at its root (engine.go, `recAllTpls`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::objects::{FileMap, Files};
use crate::chart::{Package, Prepared, Release};
use crate::gotemplate::value::{Map, MapType, Taint, Value};
use crate::gotemplate::{PathStep, Paths};

/// The root of each chart's templates, in the order of the scopes.
pub(super) struct Roots {
    maps: Vec<Map>,
    /// Helm's type of values.
    ty: MapType,
}

impl Roots {
    pub(super) fn new(
        prepared: &Prepared<'_>,
        release: &Release,
        capabilities: &Value,
        files: &HashMap<String, Arc<FileMap>>,
    ) -> Self {
        let release = release.value();
        let ty = prepared.scopes.first().and_then(|it| it.values.as_map()).map_or(MapType::Any, Map::ty);
        let maps: Vec<Map> = prepared.scopes.iter().map(|_| Map::new(MapType::Any, BTreeMap::new())).collect();
        for (scope, map) in prepared.scopes.iter().zip(&maps) {
            let subcharts =
                scope.subcharts.iter().map(|child| (&prepared.scopes[*child].name, Value::from(maps[*child].clone())));
            map.insert("Chart", scope.chart.clone());
            map.insert("Files", Files::new(files.get(&scope.package.folder).cloned().unwrap_or_default()).value());
            map.insert("Release", release.clone());
            map.insert("Capabilities", capabilities.clone());
            map.insert("Values", scope.values.clone());
            map.insert("Subcharts", Value::map(subcharts));
        }
        Self { maps, ty }
    }

    /// Marks with their paths what is no value of some file: the roots of values, and what a release and a chart say of themselves.
    pub(super) fn taint(&self, prepared: &Prepared<'_>, paths: &mut Paths) {
        for (scope, map) in prepared.scopes.iter().zip(&self.maps) {
            let path: Vec<PathStep> = scope.keys.iter().map(|it| it.as_str().into()).collect();
            let values = scope.values.clone().with_taint(paths.of(&path));
            if let Some(values) = values.as_map() {
                taint_entry(values, "global", paths.of(&["global".into()]));
                for child in scope.subcharts.iter().map(|it| &prepared.scopes[*it].name) {
                    let below = [&path[..], &[child.as_str().into()]].concat();
                    taint_entry(values, child, paths.of(&below));
                }
            }
            map.insert("Values", values);
            for name in [".Release", ".Chart"] {
                if let Some(mut value) = map.get(&name[1..]) {
                    paths.taint_all(&mut value, &[name.into()]);
                    map.insert(&name[1..], value);
                }
            }
        }
    }

    /// Returns the root of one file's rendering.
    pub(super) fn dot(&self, scope: usize, prepared: &Prepared<'_>, name: &str) -> Value {
        let template = Value::map([("Name", name), ("BasePath", &prepared.scopes[scope].base_path)].map(|(k, v)| (k, v.into())));
        let template = template.as_map().map(|it| Value::from(it.as_type(self.ty))).unwrap_or_default();
        self.maps[scope].insert("Template", template);
        Value::from(self.maps[scope].as_type(self.ty))
    }
}

fn taint_entry(map: &Map, key: &str, taint: Taint) {
    if let Some(value) = map.entries_mut().get_mut(key.as_bytes()).filter(|it| it.taint == Taint::NONE) {
        value.taint = taint;
    }
}

/// Returns what each chart's templates see as `.Files`, by the chart's folder.
pub(super) fn files(root: &Package) -> HashMap<String, Arc<FileMap>> {
    let mut all = HashMap::new();
    let mut rest = vec![root];
    while let Some(package) = rest.pop() {
        let files = package.files.iter().map(|it| (Arc::from(it.name.as_str()), Arc::from(&*it.bytes)));
        all.insert(package.folder.clone(), Arc::new(files.collect::<FileMap>()));
        rest.extend(&package.subcharts);
    }
    all
}

/// Returns the CRDs of all enabled charts, as `--include-crds` shows them (chart.go, `CRDObjects`), by name and with their bytes.
pub(super) fn crds(prepared: &Prepared<'_>) -> Vec<(String, Vec<u8>)> {
    let of = |scope: &crate::chart::Scope<'_>| {
        let path = scope.path.clone();
        scope.package.crds().map(move |it| (format!("{path}/{}", it.name), it.bytes.to_vec())).collect::<Vec<_>>()
    };
    prepared.scopes.iter().flat_map(of).collect()
}
