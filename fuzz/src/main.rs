//! The program that `cargo xtask fuzz` builds and runs: libFuzzer, and the laws
//! of the target that the variable `BATON_FUZZ_TARGET` names.

#![no_main]

use std::sync::LazyLock;

use baton_fuzz::seeds::Target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("BATON_FUZZ_TARGET").expect("BATON_FUZZ_TARGET names a target");
    Target::find(&name).expect("there is a target of this name")
});

libfuzzer_sys::fuzz_target!(init: { LazyLock::force(&TARGET); }, |bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        baton_fuzz::hold(*TARGET, text);
    }
});
