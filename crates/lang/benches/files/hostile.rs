//! Files of 1 MiB that are made to cost as much as they can.

const BYTES: usize = 1024 * 1024;

const STAGES: &str = "workflow: { id: w, name: W }\nstages:\n";
const ENV: &str = "workflow: {id: w, name: W}\nconfig: {env: {A: '";

/// What hurts, and how it is called.
type Hostile = (&'static str, fn() -> String);

/// Every kind of file that has ever cost more than others.
pub(crate) const FILES: [Hostile; 26] = [
    ("nested lists", || filled("", "[")),
    ("nested maps", || {
        (0..).map(nested_key).scan(0, within).collect()
    }),
    ("one key again and again", || filled("{", "a,") + "}"),
    ("one line again and again", || filled("", "a:\n")),
    ("empty lists", || filled("[", "[],") + "]"),
    ("many keys", || {
        numbered("", |number| format!("k{number}: 1\n"))
    }),
    ("one long text", || filled("a: ", "x")),
    ("one long name", || {
        filled("workflow: { id: ", "x") + ", name: W }"
    }),
    ("aliases of aliases", || aliases()),
    ("anchors", || {
        numbered("", |number| format!("- &a{number} 1\n"))
    }),
    ("tags", || filled("", "- !t x\n")),
    ("tags with a prefix", || {
        filled("%TAG !e! tag:e.org,2000:\n---\n", "- !e!t x\n")
    }),
    ("stages without a name", || filled(STAGES, "- {}\n")),
    ("stages that are one", || {
        filled(STAGES, "- {id: a, name: A, type: gate}\n")
    }),
    ("unknown dependencies", || {
        numbered(STAGES, |number| {
            format!("- {{id: s{number}, name: S, type: gate, depends_on: [n{number}]}}\n")
        })
    }),
    ("unknown dependencies of one", || {
        numbered(
            &format!("{STAGES}- {{id: a, name: A, type: gate, depends_on: ["),
            |number| format!("n{number},"),
        ) + "]}"
    }),
    ("stages in pairs of circles", || {
        numbered(STAGES, |number| {
            let other = number ^ 1;
            format!("- {{id: s{number}, name: S, type: gate, depends_on: [s{other}]}}\n")
        })
    }),
    ("stages that all wait", || {
        numbered(STAGES, |number| {
            let others: Vec<_> = (0..number.min(80))
                .map(|back| format!("s{}", number - back))
                .collect();
            let others = others.join(",");
            format!("- {{id: s{number}, name: S, type: gate, depends_on: [{others}]}}\n")
        })
    }),
    ("broken expressions", || filled(ENV, "${{ 1 + }} ") + "'}}"),
    ("a long expression", || {
        filled(ENV, "${{ a || ").replace("${{ a || ${{", "${{") + "1 }}'}}"
    }),
    ("an expression of many", || {
        filled(&format!("{ENV}${{{{ 1"), "||a") + "}}'}}"
    }),
    ("deep expressions", || {
        filled(&format!("{ENV}${{{{ "), "(") + "}}'}}"
    }),
    ("paths", || {
        filled(&format!("{ENV}${{{{ parameters"), ".a") + "}}'}}"
    }),
    ("unknown parameters", || {
        numbered(ENV, |number| format!("${{{{parameters.p{number}}}}}")) + "'}}"
    }),
    ("escapes", || {
        filled("workflow: { id: \"", "\\u0061") + "\", name: W }"
    }),
    ("folded lines", || {
        filled(
            "workflow: { id: w, name: W }\nconfig: { env: { A: \"",
            "${{ x }}\n\n ",
        ) + "\" } }"
    }),
];

/// The same piece until the file is full.
fn filled(head: &str, piece: &str) -> String {
    head.to_owned() + &piece.repeat((BYTES - head.len()) / piece.len())
}

/// One piece after the other until the file is full.
fn numbered(head: &str, piece: impl Fn(usize) -> String) -> String {
    let pieces = (0..).map(piece);
    head.to_owned() + &pieces.scan(head.len(), within).collect::<String>()
}

/// The piece, while the file has room for it.
fn within(length: &mut usize, piece: String) -> Option<String> {
    *length += piece.len();
    (*length <= BYTES).then_some(piece)
}

fn nested_key(depth: usize) -> String {
    format!("{}a:\n", " ".repeat(depth % 1_000))
}

/// Levels that each name the one before nine times.
fn aliases() -> String {
    let first = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
    numbered(first, |level| {
        let items = vec![format!("*a{level}"); 9].join(",");
        let level = level + 1;
        format!("a{level}: &a{level} [{items}]\n")
    })
}
