//! A workflow file at a glance.

use baton_lang::Definition;
use baton_lang::definition::StageType;
use serde_json::{Value, json};

use super::execution::table;

/// Head, parameters and stages.
pub(crate) fn show(definition: &Definition) -> String {
    let workflow = &definition.workflow;
    let mut text = format!(
        "{} v{}  ({})\n",
        workflow.name, workflow.version, workflow.id
    );
    if let Some(description) = &workflow.description {
        text.push_str(&format!("{}\n", description.trim_end()));
    }
    for (name, parameter) in &definition.config.parameters {
        let value_type = parameter
            .value_type()
            .map(ToString::to_string)
            .unwrap_or_default();
        let value = match (&parameter.default, parameter.required) {
            (Value::Null, true) => "required".to_owned(),
            (Value::Null, false) => "optional".to_owned(),
            (default, _) => format!("default {default}"),
        };
        text.push_str(&format!("  --param {name}=…  {value_type}, {value}\n"));
    }
    if definition.stages.is_empty() {
        return text + "\nNo stages";
    }
    let mut stages = table(&["#", "Stage", "Name", "Type", "Depends on", "Agent"]);
    for (number, stage) in (1..).zip(&definition.stages) {
        let depends_on: Vec<&str> = stage
            .depends_on
            .iter()
            .map(|id| id.value.as_str())
            .collect();
        let agent = stage
            .roles
            .as_ref()
            .map(|roles| roles.artifact.clone())
            .unwrap_or_default();
        stages.add_row(vec![
            number.to_string(),
            stage.id.value.clone(),
            stage.name.clone(),
            stage_type(stage.stage_type).to_owned(),
            depends_on.join(", "),
            agent,
        ]);
    }
    format!("{text}\n{stages}")
}

/// The same for programs.
pub(crate) fn to_json(definition: &Definition) -> Value {
    let workflow = &definition.workflow;
    let stages = definition.stages.iter().map(|stage| {
        json!({
            "id": stage.id.value,
            "name": stage.name,
            "type": stage_type(stage.stage_type),
            "depends_on": stage.depends_on.iter().map(|id| &id.value).collect::<Vec<_>>(),
            "agent": stage.roles.as_ref().map(|roles| &roles.artifact),
        })
    });
    let parameters = definition
        .config
        .parameters
        .iter()
        .map(|(name, parameter)| {
            let value_type = parameter.value_type().map(ToString::to_string);
            let shown = json!({
                "type": value_type,
                "required": parameter.required,
                "default": parameter.default,
                "description": parameter.description,
            });
            (name.clone(), shown)
        });
    json!({
        "id": workflow.id,
        "name": workflow.name,
        "version": workflow.version,
        "description": workflow.description,
        "tags": workflow.tags,
        "parameters": parameters.collect::<serde_json::Map<_, _>>(),
        "stages": stages.collect::<Vec<_>>(),
    })
}

fn stage_type(stage_type: StageType) -> &'static str {
    match stage_type {
        StageType::Agent => "agent",
        StageType::Gate => "gate",
        StageType::FanOut => "fan_out",
    }
}
