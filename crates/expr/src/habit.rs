//! Words of other languages that people write out of habit, and what to write
//! instead.

/// In the place of the name that a path begins with.
pub(crate) fn path_root(name: &str) -> Option<&'static str> {
    Some(match name {
        "secret" | "secrets" => {
            "a secret is only named, as `${{ secrets.NAME }}`, in `config.env` or in `env` of baton.toml"
        }
        "input" | "inputs" => {
            "an input cannot be read; write what its `source` reads, such as `parameters.NAME`"
        }
        "output" | "outputs" | "result" | "results" => {
            "an output is read as `stages.ID.outputs.NAME`"
        }
        "step" | "steps" | "job" | "jobs" | "needs" | "task" | "tasks" | "node" | "nodes" => {
            "a stage is read as `stages.ID.outputs.NAME` or `stages.ID.status`"
        }
        "config" | "param" | "params" | "var" | "vars" | "variables" => {
            "a parameter is read as `parameters.NAME`"
        }
        "github" | "gitlab" | "matrix" => "nothing else is known here; declare a parameter for it",
        _ => return None,
    })
}

/// In the place of `true`, `false` and `null`.
pub(crate) fn literal(name: &str) -> Option<&'static str> {
    Some(match name {
        "True" | "TRUE" | "yes" | "Yes" | "on" => "true",
        "False" | "FALSE" | "no" | "No" | "off" => "false",
        "nil" | "None" | "none" | "Null" | "NULL" | "undefined" => "null",
        _ => return None,
    })
}

/// In the place of a function.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "len" | "size" | "count" => "did you mean `length`?",
        "includes" | "has" => "did you mean `contains`?",
        "json" | "stringify" => "did you mean `toJSON`?",
        "parse" | "parseJSON" | "parse_json" => "did you mean `fromJSON`?",
        "not" => "did you mean `!`?",
        "if" | "iif" => "a choice is written `condition ? value : other`",
        "always" | "success" | "failure" | "cancelled" => {
            "how a stage ended is read as `stages.ID.status`"
        }
        "startsWith" | "endsWith" | "matches" => {
            "texts are compared as a whole, or searched with `contains`"
        }
        "format" | "concat" | "join" => "write each value into the text, in its own `${{ }}`",
        "isNull" | "isnull" | "defined" | "exists" => "compare with `null`",
        _ => return None,
    })
}

/// Whether a word stands for `!`.
pub(crate) fn is_not(word: &str) -> bool {
    matches!(word, "not" | "NOT")
}

/// In the place of an operator.
pub(crate) fn operator(word: &str) -> Option<&'static str> {
    Some(match word {
        "and" | "AND" => "did you mean `&&`?",
        "or" | "OR" => "did you mean `||`?",
        "not" | "NOT" => "did you mean `!`?",
        "is" | "eq" => "did you mean `==`?",
        "ne" => "did you mean `!=`?",
        "lt" => "did you mean `<`?",
        "gt" => "did you mean `>`?",
        "in" => "use contains(list, item)",
        _ => return None,
    })
}
