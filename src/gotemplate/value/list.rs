//! Go's slices.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

use super::{Value, bury};

/// What a slice is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListType {
    /// `[]interface{}`
    Any,
    /// `[]string`
    Str,
    /// `[]int`
    Int,
    /// A slice of some other type, with Go's name for it.
    Named(&'static str),
}

impl ListType {
    /// Returns Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::Str => "[]string",
            Self::Int => "[]int",
            Self::Named(name) => name,
        }
    }
}

/// A slice, shared by all who hold it.
#[derive(Debug, Clone)]
pub struct List(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    ty: ListType,
    is_nil: bool,
    items: RefCell<Vec<Value>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        bury(self.items.get_mut(), std::mem::take);
    }
}

impl List {
    pub fn new(ty: ListType, items: Vec<Value>) -> Self {
        Self(Rc::new(Inner { ty, is_nil: false, items: RefCell::new(items) }))
    }

    /// Makes a nil slice: empty, and `null` in JSON.
    pub fn nil(ty: ListType) -> Self {
        Self(Rc::new(Inner { ty, is_nil: true, items: RefCell::default() }))
    }

    pub fn ty(&self) -> ListType {
        self.0.ty
    }

    pub fn is_nil(&self) -> bool {
        self.0.is_nil
    }

    pub fn len(&self) -> usize {
        self.0.items.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.items.borrow().is_empty()
    }

    pub fn get(&self, index: usize) -> Option<Value> {
        self.0.items.borrow().get(index).cloned()
    }

    /// Returns its items. Don't hold them while anything runs that could change the list.
    pub fn items(&self) -> Ref<'_, Vec<Value>> {
        self.0.items.borrow()
    }

    /// Returns its items, to be changed in place.
    pub fn items_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.0.items.borrow_mut()
    }

    /// Returns a copy of its items.
    pub fn to_vec(&self) -> Vec<Value> {
        self.items().clone()
    }

    /// Takes the items out, if nobody else has the list.
    pub(super) fn into_items(self) -> Vec<Value> {
        Rc::into_inner(self.0).map(|mut it| std::mem::take(it.items.get_mut())).unwrap_or_default()
    }

    /// Returns a number that no other slice has meanwhile.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// Whether both are the same slice.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
