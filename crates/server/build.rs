//! Looks at the files of the API's viewer again when they come or go.

use std::path::Path;

fn main() {
    // Where it is missing, naming it would have this package built every time;
    // `cargo xtask viewer` touches this file instead.
    let viewer = "../../ui/dist/docs";
    let watched = if Path::new(viewer).is_dir() {
        viewer
    } else {
        "build.rs"
    };
    println!("cargo::rerun-if-changed={watched}");
    println!("cargo::rerun-if-changed=build.rs");
}
