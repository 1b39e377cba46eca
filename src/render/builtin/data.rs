//! What a template finds at its root (engine.go, `recAllTpls`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::objects::{FileMap, Files};
use crate::chart::{Package, Prepared, Release};
use crate::gotemplate::value::{Map, MapType, Str, Value};
use crate::gotemplate::{PathStep, Trace};

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

    /// Marks all values with their paths from the root; what is global, with that of the root, whatever chart reads it.
    pub(super) fn taint(&mut self, prepared: &Prepared<'_>, trace: &mut Trace) {
        let key = |it: &str| PathStep::Key(Str::from(it));
        for (scope, map) in prepared.scopes.iter().zip(&self.maps) {
            let mut values = scope.values.clone();
            let path: Vec<PathStep> = scope.keys.iter().map(|it| key(it)).collect();
            if scope.is_root || values.taint == crate::gotemplate::value::Taint::NONE {
                trace.taint_all(&mut values, &path);
            }
            if let Some(mut global) = values.as_map().and_then(|it| it.get("global")) {
                trace.taint_again(&mut global, &[key("global")]);
                if let Some(map) = values.as_map() {
                    map.insert("global", global);
                }
            }
            map.insert("Values", values);
            for name in [".Release", ".Chart"] {
                if let Some(mut value) = map.get(&name[1..]) {
                    trace.taint_again(&mut value, &[key(name)]);
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
