//! Helm's engine in process: charts rendered byte for byte as helm does.

mod errors;
mod funcs;
mod objects;
mod standins;
