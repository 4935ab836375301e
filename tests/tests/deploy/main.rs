//! Whether what is deployed fits the binary: the image, the compose file, the units and the manifests
//! are read as their engines read them, held against the schemas of their formats, and every command
//! line and setting in them is given to the real binary. Each check is shown to find what it looks for
//! on a broken copy.

mod admin;
mod broken;
mod compose;
mod dockerfile;
mod kustomize;
mod manifests;
mod pods;
mod rig;
mod schema;
mod tree;
mod units;
