//! The functions that text/template has itself.
