//! LLVM's programs that fit the compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{install_with_apt, is_debian, is_installed, is_root};
use crate::steps::run_inherited;

/// The two programs of LLVM that read what instrumented programs have written.
pub(crate) struct Llvm {
    pub(crate) cov: PathBuf,
    pub(crate) profdata: PathBuf,
}

/// Those of the compiler's own release: others cannot read its files. They come
/// with rustup; without it, with Debian.
pub(crate) fn ensure() -> Result<Llvm> {
    let compiler = Compiler::ask()?;
    if let Some(llvm) = of_rustup(&compiler)? {
        return Ok(llvm);
    }
    if is_installed("rustup") {
        println!("installing LLVM's tools with rustup");
        let mut rustup = Command::new("rustup");
        rustup.args(["component", "add", "llvm-tools"]);
        run_inherited(rustup)?;
        let installed = of_rustup(&compiler)?;
        return installed.context("rustup has installed no llvm-cov");
    }
    let major = compiler.llvm_major;
    let package = format!("llvm-{major}");
    let llvm = Llvm {
        cov: format!("llvm-cov-{major}").into(),
        profdata: format!("llvm-profdata-{major}").into(),
    };
    if is_installed(&llvm.cov) && is_installed(&llvm.profdata) {
        return Ok(llvm);
    }
    if !is_debian() || !is_root()? {
        bail!(
            "LLVM's tools are missing: run `rustup component add llvm-tools`, or on Debian \
             `sudo apt-get install -y {package}`, then `cargo xtask cover` again"
        );
    }
    install_with_apt(&[&package])?;
    Ok(llvm)
}

fn of_rustup(compiler: &Compiler) -> Result<Option<Llvm>> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .context("rustc cannot be started")?;
    let sysroot = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
    let programs = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(&compiler.host)
        .join("bin");
    let llvm = Llvm {
        cov: programs.join("llvm-cov"),
        profdata: programs.join("llvm-profdata"),
    };
    let is_there = llvm.cov.exists() && llvm.profdata.exists();
    Ok(is_there.then_some(llvm))
}

/// What the compiler says about itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Compiler {
    /// The machine it runs on.
    pub(crate) host: String,
    /// The release of the LLVM in it.
    llvm_major: u32,
}

impl Compiler {
    pub(crate) fn ask() -> Result<Self> {
        let output = Command::new("rustc")
            .arg("-vV")
            .output()
            .context("rustc cannot be started")?;
        Self::read(&String::from_utf8_lossy(&output.stdout))
    }

    fn read(said: &str) -> Result<Self> {
        let after = |words: &str| {
            let found = said.lines().find_map(|line| line.strip_prefix(words));
            found.with_context(|| format!("rustc does not say its {words}"))
        };
        let llvm = after("LLVM version: ")?;
        let major = llvm.split('.').next().unwrap_or_default();
        Ok(Self {
            host: after("host: ")?.to_owned(),
            llvm_major: major.parse().context("LLVM's release is no number")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_says_its_host_and_its_llvm() {
        let said = "rustc 1.95.0\nhost: x86_64-unknown-linux-gnu\nLLVM version: 22.1.2\n";
        let compiler = Compiler::read(said).unwrap();
        assert_eq!(compiler.host, "x86_64-unknown-linux-gnu");
        assert_eq!(compiler.llvm_major, 22);
        assert!(Compiler::read("rustc 1.95.0\n").is_err());
    }
}
