//! Keywords of objects.

use super::{Check, Kind, Map, Value, error};
use crate::chart::schema::node::{Additional, Dependency};

impl Check<'_, '_> {
    pub(super) fn object(&mut self, map: &Map) {
        let node = self.node;
        let count = map.len();
        if let Some(want) = node.min_properties.filter(|want| (count as u64) < *want) {
            self.add(error::counted("minProperties", count, want));
        }
        if let Some(want) = node.max_properties.filter(|want| count as u64 > *want) {
            self.add(error::counted("maxProperties", count, want));
        }
        let missing = missing(map, &node.required);
        if !missing.is_empty() {
            self.add(error::missing(&missing));
        }
        if self.quick && !self.mistakes.is_empty() {
            return;
        }
        let value: Value = map.clone().into();
        for (name, dependency) in node.dependencies.iter().filter(|(name, _)| map.contains(name)) {
            match dependency {
                Dependency::Names(names) => self.dependency(map, name, names),
                Dependency::Schema(id) => {
                    let wrong = self.same(*id, &value, false).err();
                    self.mistakes.extend(wrong);
                }
            }
        }
        self.properties(map);
        if let Some(names) = node.property_names {
            self.property_names(map, names);
        }
        for (_, id) in node.dependent_schemas.iter().filter(|(name, _)| map.contains(name)) {
            let wrong = self.same(*id, &value, false).err();
            self.mistakes.extend(wrong);
        }
        for (name, names) in node.dependent_required.iter().filter(|(name, _)| map.contains(name)) {
            self.dependency(map, name, names);
        }
    }

    fn dependency(&mut self, map: &Map, name: &str, names: &[String]) {
        let missing = missing(map, names);
        if !missing.is_empty() {
            self.add(error::dependency(name, &missing));
        }
    }

    fn properties(&mut self, map: &Map) {
        let node = self.node;
        let mut additional = Vec::new();
        for (key, value) in map.to_vec() {
            if self.quick && !self.mistakes.is_empty() {
                return;
            }
            let name = key.text();
            let by_pattern = node.pattern_properties.iter().filter(|(pattern, _)| pattern.is_match(&name)).map(|(_, id)| *id);
            let mut schemas: Vec<usize> = node.properties.get(&*name).copied().into_iter().chain(by_pattern).collect();
            let mut seen = !schemas.is_empty();
            match node.additional_properties {
                Some(Additional::Bool(allowed)) if !seen => {
                    seen = true;
                    if !allowed {
                        additional.push(name.clone().into_owned());
                    }
                }
                Some(Additional::Schema(id)) if !seen => {
                    seen = true;
                    schemas.push(id);
                }
                _ => {}
            }
            for id in schemas {
                let wrong = self.place.below(id, &value, &name, self.quick).err();
                self.mistakes.extend(wrong);
            }
            if let Some(names) = self.unseen.names.as_mut().filter(|_| seen) {
                names.remove(&*name);
            }
        }
        if !additional.is_empty() {
            self.add(format!("additional properties {} not allowed", error::joined(&additional)));
        }
    }

    fn property_names(&mut self, map: &Map, id: usize) {
        for (key, _) in map.to_vec() {
            let name = key.text().into_owned();
            let (path, trail) = (std::mem::take(&mut self.place.path), std::mem::take(&mut self.place.trail));
            let checked = self.place.check(id, &name.as_str().into(), false, false);
            (self.place.path, self.place.trail) = (path, trail);
            if let Err(mistake) = checked {
                let causes = if matches!(mistake.what, error::What::Group) { mistake.causes } else { vec![mistake] };
                self.add_with(format!("invalid propertyName {}", error::quoted(&name)), causes);
            }
        }
    }

    pub(super) fn unevaluated(&mut self, value: &Value) {
        let node = self.node;
        if let (Kind::Map(map), Some(id)) = (&value.kind, node.unevaluated_properties) {
            for name in self.unseen.names.take().unwrap_or_default() {
                let wrong = map.get(&name).and_then(|value| self.place.below(id, &value, &name, self.quick).err());
                self.mistakes.extend(wrong);
            }
        }
        if let (Kind::List(list), Some(id)) = (&value.kind, node.unevaluated_items) {
            for index in self.unseen.items.take().unwrap_or_default() {
                let item = list.get(index);
                let wrong = item.and_then(|item| self.place.below(id, &item, &index.to_string(), self.quick).err());
                self.mistakes.extend(wrong);
            }
        }
    }
}

fn missing<'n>(map: &Map, names: &'n [String]) -> Vec<&'n str> {
    names.iter().map(String::as_str).filter(|name| !map.contains(name)).collect()
}
