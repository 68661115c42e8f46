//! Every finding the language can report: one file for each code, with its
//! severity, its title and all that is said about the mistake.
//!
//! Whoever finds a mistake knows the place; what is said there is in the file
//! of its code. Each code has a page in `docs/diagnostics/` and golden cases in
//! `tests/golden/`, too. It never changes its meaning and is never used again
//! once retired.

use baton_model::{Category, Severity};

/// A kind of finding.
#[derive(Debug)]
pub struct Code {
    /// Stable, such as `SWDL-E0301`; `W` marks warnings.
    pub id: &'static str,
    /// Whether it stops anything.
    pub severity: Severity,
    /// The area of the language it belongs to.
    pub category: Category,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
}

/// The page of a code, in Markdown; case is ignored.
pub fn explain(code: &str) -> Option<&'static str> {
    CODES
        .iter()
        .find(|known| known.id.eq_ignore_ascii_case(code))
        .map(|known| known.page)
}

/// What a rule begins with: its code.
macro_rules! code {
    ($id:literal, $severity:ident, $category:ident, $title:literal) => {
        pub(super) static CODE: $crate::rules::Code = $crate::rules::Code {
            id: $id,
            severity: baton_model::Severity::$severity,
            category: baton_model::Category::$category,
            title: $title,
            page: include_str!(concat!("../../../../docs/diagnostics/", $id, ".md")),
        };
    };
}

pub(crate) mod e0101;
pub(crate) mod e0102;
pub(crate) mod e0103;
pub(crate) mod e0104;
pub(crate) mod e0105;
pub(crate) mod e0106;
pub(crate) mod e0107;
pub(crate) mod e0108;
pub(crate) mod e0109;
pub(crate) mod e0110;
pub(crate) mod e0201;
pub(crate) mod e0202;
pub(crate) mod e0204;
pub(crate) mod e0205;
pub(crate) mod e0206;
pub(crate) mod e0207;
pub(crate) mod e0208;
pub(crate) mod e0209;
pub(crate) mod e0210;
pub(crate) mod e0211;
pub(crate) mod e0212;
pub(crate) mod e0216;
pub(crate) mod e0217;
pub(crate) mod e0218;
pub(crate) mod e0220;
pub(crate) mod e0301;
pub(crate) mod e0302;
pub(crate) mod e0303;
pub(crate) mod e0304;
pub(crate) mod e0305;
pub(crate) mod e0306;
pub(crate) mod e0307;
pub(crate) mod e0308;
pub(crate) mod e0309;
pub(crate) mod e0312;
pub(crate) mod e0313;
pub(crate) mod e0401;
pub(crate) mod e0402;
pub(crate) mod e0403;
pub(crate) mod e0404;
pub(crate) mod e0405;
pub(crate) mod e0407;
pub(crate) mod e0408;
pub(crate) mod e0501;
pub(crate) mod e0503;
pub(crate) mod e0601;
pub(crate) mod e0602;
pub(crate) mod e0603;
pub(crate) mod e0701;
pub(crate) mod e0702;
pub(crate) mod e0703;
pub(crate) mod w0203;
pub(crate) mod w0213;
pub(crate) mod w0214;
pub(crate) mod w0215;
pub(crate) mod w0219;
pub(crate) mod w0221;
pub(crate) mod w0310;
pub(crate) mod w0311;
pub(crate) mod w0314;
pub(crate) mod w0315;
pub(crate) mod w0316;
pub(crate) mod w0406;
pub(crate) mod w0502;

/// Every code, in the order of the numbers.
pub static CODES: &[&Code] = &[
    &e0101::CODE,
    &e0102::CODE,
    &e0103::CODE,
    &e0104::CODE,
    &e0105::CODE,
    &e0106::CODE,
    &e0107::CODE,
    &e0108::CODE,
    &e0109::CODE,
    &e0110::CODE,
    &e0201::CODE,
    &e0202::CODE,
    &w0203::CODE,
    &e0204::CODE,
    &e0205::CODE,
    &e0206::CODE,
    &e0207::CODE,
    &e0208::CODE,
    &e0209::CODE,
    &e0210::CODE,
    &e0211::CODE,
    &e0212::CODE,
    &w0213::CODE,
    &w0214::CODE,
    &w0215::CODE,
    &e0216::CODE,
    &e0217::CODE,
    &e0218::CODE,
    &w0219::CODE,
    &e0220::CODE,
    &w0221::CODE,
    &e0301::CODE,
    &e0302::CODE,
    &e0303::CODE,
    &e0304::CODE,
    &e0305::CODE,
    &e0306::CODE,
    &e0307::CODE,
    &e0308::CODE,
    &e0309::CODE,
    &w0310::CODE,
    &w0311::CODE,
    &e0312::CODE,
    &e0313::CODE,
    &w0314::CODE,
    &w0315::CODE,
    &w0316::CODE,
    &e0401::CODE,
    &e0402::CODE,
    &e0403::CODE,
    &e0404::CODE,
    &e0405::CODE,
    &w0406::CODE,
    &e0407::CODE,
    &e0408::CODE,
    &e0501::CODE,
    &w0502::CODE,
    &e0503::CODE,
    &e0601::CODE,
    &e0602::CODE,
    &e0603::CODE,
    &e0701::CODE,
    &e0702::CODE,
    &e0703::CODE,
];
