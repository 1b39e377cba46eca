//! Kubernetes objects as rendered: resources, and typed views of Services and of workloads with their containers.
//!
//! Views read what is there and never fail; what has the wrong type is kept as [`Port::Malformed`].

mod config;
mod field;
mod listen;
mod resource;
mod service;
mod workload;

pub(crate) use config::says_port;
pub use field::{Field, Port, Wrong, port_number, port_or_name, service_port_ref};
pub(crate) use field::{port_name_only, within};
pub use listen::{ConfigMaps, Listen, listens};
pub use resource::{Manifest, Resource, SourceRef, Subject, group, read};
pub use service::{Service, ServicePort, services};
pub use workload::{Container, ContainerPort, Probe, Workload, workloads};

/// A transport protocol; `TCP` where nothing is said.
pub type Protocol = String;

/// Reads the `protocol` of a port; the empty text means the default, too.
fn protocol(port: &crate::yaml::Node) -> Protocol {
    port.get("protocol").and_then(crate::yaml::Node::str).filter(|it| !it.is_empty()).unwrap_or("TCP").to_owned()
}
