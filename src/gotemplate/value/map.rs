//! Go's maps with string keys, in order of their keys.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Str, Value, bury};

/// What a map is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapType {
    /// `map[string]interface{}`
    Any,
    /// `map[string]string`
    Str,
    /// `map[string]interface{}` under a name of its own: Helm's `Values`.
    Named(&'static str),
}

impl MapType {
    /// Returns Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "map[string]interface {}",
            Self::Str => "map[string]string",
            Self::Named(name) => name,
        }
    }
}

/// A map, shared by all who hold it.
#[derive(Debug, Clone)]
pub struct Map {
    ty: MapType,
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    is_nil: bool,
    entries: RefCell<BTreeMap<Str, Value>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        bury(self.entries.get_mut(), |entries| std::mem::take(entries).into_values().collect());
    }
}

impl Map {
    pub fn new(ty: MapType, entries: BTreeMap<Str, Value>) -> Self {
        Self { ty, inner: Rc::new(Inner { is_nil: false, entries: RefCell::new(entries) }) }
    }

    /// Makes a nil map: empty, and `null` in JSON.
    pub fn nil(ty: MapType) -> Self {
        Self { ty, inner: Rc::new(Inner { is_nil: true, entries: RefCell::default() }) }
    }

    pub fn ty(&self) -> MapType {
        self.ty
    }

    /// Returns the same map, entries shared, under another type: what a Go conversion makes of it.
    #[must_use]
    pub fn as_type(&self, ty: MapType) -> Self {
        Self { ty, inner: Rc::clone(&self.inner) }
    }

    pub fn is_nil(&self) -> bool {
        self.inner.is_nil
    }

    pub fn len(&self) -> usize {
        self.inner.entries.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.inner.entries.borrow().is_empty()
    }

    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.inner.entries.borrow().get(key.as_ref()).cloned()
    }

    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.inner.entries.borrow().contains_key(key.as_ref())
    }

    pub fn insert(&self, key: impl Into<Str>, value: Value) -> Option<Value> {
        self.inner.entries.borrow_mut().insert(key.into(), value)
    }

    pub fn remove(&self, key: impl AsRef<[u8]>) -> Option<Value> {
        self.inner.entries.borrow_mut().remove(key.as_ref())
    }

    /// Returns its entries. Don't hold them while anything runs that could change the map.
    pub fn entries(&self) -> Ref<'_, BTreeMap<Str, Value>> {
        self.inner.entries.borrow()
    }

    /// Returns its entries, to be changed in place.
    pub fn entries_mut(&self) -> RefMut<'_, BTreeMap<Str, Value>> {
        self.inner.entries.borrow_mut()
    }

    /// Returns a copy of its entries.
    pub fn to_vec(&self) -> Vec<(Str, Value)> {
        self.entries().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Takes the entries out, or copies them where somebody else has the map, too.
    pub fn into_entries(self) -> Vec<(Str, Value)> {
        match Rc::try_unwrap(self.inner) {
            Ok(mut inner) => std::mem::take(inner.entries.get_mut()).into_iter().collect(),
            Err(inner) => inner.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }

    /// Takes the values out, if nobody else has the map.
    pub(super) fn into_items(self) -> Vec<Value> {
        let inner = Rc::into_inner(self.inner);
        inner.map(|mut it| std::mem::take(it.entries.get_mut()).into_values().collect()).unwrap_or_default()
    }

    /// Returns a number that no other map has meanwhile.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.inner).addr()
    }

    /// Whether both are the same map.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}
