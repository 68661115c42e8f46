//! Looks at the files that browsers get again when they come or go.

use std::path::Path;

fn main() {
    // Where one is missing, naming it would have this package built every time;
    // `cargo xtask ui` touches this file instead.
    for directory in ["../../ui/dist/app", "../../ui/dist/docs"] {
        if Path::new(directory).is_dir() {
            println!("cargo::rerun-if-changed={directory}");
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
}
