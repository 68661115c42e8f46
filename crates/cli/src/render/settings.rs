//! Settings as a table.

use super::execution::table;
use super::style::harmless;
use crate::cmd::config::Setting;

/// One line for each setting.
pub(crate) fn list(settings: &[Setting]) -> String {
    let mut rows = table(&["Setting", "Value", "From"]);
    for setting in settings {
        let value = setting.value.as_deref().unwrap_or("-");
        rows.add_row(vec![
            setting.name.to_owned(),
            harmless(value),
            harmless(&setting.source),
        ]);
    }
    rows.to_string()
}
