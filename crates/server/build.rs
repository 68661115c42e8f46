//! Looks at the files of the API's viewer again when they come or go.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist/docs");
}
