//! Tokens to tree, by recursive descent, one function per precedence level
//! (contract §1.18). Nesting is counted, so no text can exhaust the stack.

use std::ops::Range;

use baton_model::Value;

use crate::error::SyntaxError;
use crate::lexer::{Spanned, Symbol, Token, tokenize};
use crate::tree::{Comparison, Expr, Node, NodeKind, Step, StepKind};

/// Parses the part of `text` in `range`; spans count from the start of `text`.
pub(crate) fn parse(text: &str, range: Range<usize>) -> Result<Node, SyntaxError> {
    let source = text.get(range.clone()).unwrap_or("");
    if source.trim().is_empty() {
        return Err(SyntaxError::new("an expression is missing", range));
    }
    if source.len() > Expr::BYTES_MAX {
        return Err(SyntaxError::new(
            format!(
                "an expression may be at most {} bytes long, this one has {}",
                Expr::BYTES_MAX,
                source.len()
            ),
            range,
        ));
    }
    let mut parser = Parser {
        tokens: tokenize(source, range.start)?,
        position: 0,
        depth: 0,
    };
    let root = parser.expression()?;
    if parser.peek() != &Token::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    Ok(root)
}

/// Parses a condition: the text between the outer `${{` and `}}`, or all of it.
pub(crate) fn parse_condition(text: &str) -> Result<Node, SyntaxError> {
    let start = text.len() - text.trim_start().len();
    let trimmed = text.trim();
    let Some(inner) = trimmed
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"))
    else {
        return parse(text, start..start + trimmed.len());
    };
    let start = start + "${{".len();
    parse(text, start..start + inner.len()).map_err(|error| {
        if error.help.is_none() || inner.contains("}}") {
            error.with_help("a condition is one expression inside one `${{ }}`")
        } else {
            error
        }
    })
}

struct Parser {
    /// Ends with [`Token::End`], which is never consumed.
    tokens: Vec<Spanned>,
    position: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.position)
            .map_or(&Token::End, |spanned| &spanned.token)
    }

    fn span(&self) -> Range<usize> {
        self.tokens
            .get(self.position)
            .map_or(0..0, |spanned| spanned.span.clone())
    }

    /// Where the last consumed token ended.
    fn previous_end(&self) -> usize {
        self.position
            .checked_sub(1)
            .and_then(|previous| self.tokens.get(previous))
            .map_or(0, |spanned| spanned.span.end)
    }

    fn accept(&mut self, symbol: Symbol) -> bool {
        let found = self.peek() == &Token::Symbol(symbol);
        if found {
            self.position += 1;
        }
        found
    }

    fn expect(&mut self, symbol: Symbol, what: &str) -> Result<(), SyntaxError> {
        if self.accept(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(what))
        }
    }

    fn unexpected(&self, wanted: &str) -> SyntaxError {
        let found = match self.peek() {
            Token::End => "the end of the expression".to_owned(),
            Token::Name(name) => format!("`{name}`"),
            Token::Text(_) => "a string".to_owned(),
            Token::Number(number) => format!("`{number}`"),
            Token::Symbol(symbol) => format!("`{}`", symbol.as_str()),
        };
        let error = SyntaxError::new(format!("expected {wanted}, found {found}"), self.span());
        let help = match self.peek() {
            Token::Name(name) => help_for_word(name),
            Token::Number(number) if number.to_string().starts_with('-') => {
                Some("there is no subtraction")
            }
            Token::End | Token::Text(_) | Token::Number(_) | Token::Symbol(_) => None,
        };
        match help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }

    /// Runs `inner` one level deeper, or refuses to.
    fn nested(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Node, SyntaxError>,
    ) -> Result<Node, SyntaxError> {
        if self.depth == Expr::DEPTH_MAX {
            return Err(SyntaxError::new(
                format!(
                    "an expression may be nested at most {} deep",
                    Expr::DEPTH_MAX
                ),
                self.span(),
            ));
        }
        self.depth += 1;
        let node = inner(self)?;
        self.depth -= 1;
        Ok(node)
    }

    fn expression(&mut self) -> Result<Node, SyntaxError> {
        self.nested(Self::choice)
    }

    fn choice(&mut self) -> Result<Node, SyntaxError> {
        let condition = self.any()?;
        if !self.accept(Symbol::Question) {
            return Ok(condition);
        }
        let yes = self.expression()?;
        self.expect(Symbol::Colon, "`:` and the other value")?;
        let no = self.expression()?;
        Ok(Node {
            span: condition.span.start..no.span.end,
            kind: NodeKind::Choice {
                condition: Box::new(condition),
                yes: Box::new(yes),
                no: Box::new(no),
            },
        })
    }

    fn any(&mut self) -> Result<Node, SyntaxError> {
        self.chain(Symbol::Or, Self::all, NodeKind::Any)
    }

    fn all(&mut self) -> Result<Node, SyntaxError> {
        self.chain(Symbol::And, Self::equality, NodeKind::All)
    }

    fn chain(
        &mut self,
        separator: Symbol,
        operand: fn(&mut Self) -> Result<Node, SyntaxError>,
        join: fn(Vec<Node>) -> NodeKind,
    ) -> Result<Node, SyntaxError> {
        let first = operand(self)?;
        if self.peek() != &Token::Symbol(separator) {
            return Ok(first);
        }
        let start = first.span.start;
        let mut operands = vec![first];
        while self.accept(separator) {
            operands.push(operand(self)?);
        }
        Ok(Node {
            span: start..self.previous_end(),
            kind: join(operands),
        })
    }

    fn equality(&mut self) -> Result<Node, SyntaxError> {
        self.comparison(Self::relation, Comparison::is_equality)
    }

    fn relation(&mut self) -> Result<Node, SyntaxError> {
        self.comparison(Self::unary, |comparison| !comparison.is_equality())
    }

    /// At most one comparison per level: `a == b == c` would compare a boolean
    /// with `c`, which nobody who writes it means.
    fn comparison(
        &mut self,
        operand: fn(&mut Self) -> Result<Node, SyntaxError>,
        belongs: fn(Comparison) -> bool,
    ) -> Result<Node, SyntaxError> {
        let left = operand(self)?;
        let Some(comparison) = self.peek_comparison().filter(|found| belongs(*found)) else {
            return Ok(left);
        };
        self.position += 1;
        let right = operand(self)?;
        if self.peek_comparison().is_some_and(belongs) {
            return Err(
                SyntaxError::new("comparisons cannot be chained", self.span())
                    .with_help("write `a == b && b == c`, or use parentheses"),
            );
        }
        Ok(Node {
            span: left.span.start..right.span.end,
            kind: NodeKind::Compare {
                comparison,
                left: Box::new(left),
                right: Box::new(right),
            },
        })
    }

    fn peek_comparison(&self) -> Option<Comparison> {
        let Token::Symbol(symbol) = self.peek() else {
            return None;
        };
        Some(match symbol {
            Symbol::Equal => Comparison::Equal,
            Symbol::NotEqual => Comparison::NotEqual,
            Symbol::Less => Comparison::Less,
            Symbol::LessEqual => Comparison::LessEqual,
            Symbol::Greater => Comparison::Greater,
            Symbol::GreaterEqual => Comparison::GreaterEqual,
            Symbol::And
            | Symbol::Or
            | Symbol::Not
            | Symbol::Question
            | Symbol::Colon
            | Symbol::OpenParen
            | Symbol::CloseParen
            | Symbol::OpenBracket
            | Symbol::CloseBracket
            | Symbol::Comma
            | Symbol::Dot => return None,
        })
    }

    fn unary(&mut self) -> Result<Node, SyntaxError> {
        let start = self.span().start;
        if !self.accept(Symbol::Not) {
            return self.postfix();
        }
        let operand = self.nested(Self::unary)?;
        Ok(Node {
            span: start..operand.span.end,
            kind: NodeKind::Not(Box::new(operand)),
        })
    }

    fn postfix(&mut self) -> Result<Node, SyntaxError> {
        let start = self.span().start;
        let is_group = self.peek() == &Token::Symbol(Symbol::OpenParen);
        let base = self.primary()?;
        if matches!(base.kind, NodeKind::Literal(_)) && !is_group {
            return Ok(base);
        }
        let steps = self.steps()?;
        if steps.is_empty() {
            return Ok(base);
        }
        Ok(Node {
            span: start..self.previous_end(),
            kind: extend_access(base, steps),
        })
    }

    fn steps(&mut self) -> Result<Vec<Step>, SyntaxError> {
        let mut steps = Vec::new();
        loop {
            let start = self.span().start;
            let kind = if self.accept(Symbol::Dot) {
                StepKind::Name(self.name_after_dot()?)
            } else if self.accept(Symbol::OpenBracket) {
                let index = self.expression()?;
                self.expect(Symbol::CloseBracket, "`]`")?;
                StepKind::Index(index)
            } else {
                return Ok(steps);
            };
            steps.push(Step {
                kind,
                span: start..self.previous_end(),
            });
        }
    }

    fn name_after_dot(&mut self) -> Result<String, SyntaxError> {
        match self.peek() {
            Token::Name(name) => {
                let name = name.clone();
                self.position += 1;
                Ok(name)
            }
            Token::Number(number) => Err(self
                .unexpected("a name after `.`")
                .with_help(format!("list items are written [{number}]"))),
            Token::Text(_) | Token::Symbol(_) | Token::End => {
                Err(self.unexpected("a name after `.`"))
            }
        }
    }

    fn primary(&mut self) -> Result<Node, SyntaxError> {
        let span = self.span();
        let kind = match self.peek().clone() {
            Token::Text(text) => NodeKind::Literal(Value::String(text)),
            Token::Number(number) => NodeKind::Literal(Value::Number(number)),
            Token::Name(name) => return self.name_or_call(name, &span),
            Token::Symbol(Symbol::OpenParen) => return self.group(),
            Token::Symbol(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.position += 1;
        Ok(Node { kind, span })
    }

    fn group(&mut self) -> Result<Node, SyntaxError> {
        self.position += 1;
        let inner = self.expression()?;
        self.expect(Symbol::CloseParen, "`)`")?;
        Ok(inner)
    }

    fn name_or_call(&mut self, name: String, span: &Range<usize>) -> Result<Node, SyntaxError> {
        self.position += 1;
        let kind = match name.as_str() {
            "true" => NodeKind::Literal(Value::Bool(true)),
            "false" => NodeKind::Literal(Value::Bool(false)),
            "null" => NodeKind::Literal(Value::Null),
            _ if self.accept(Symbol::OpenParen) => NodeKind::Call {
                name,
                arguments: self.arguments()?,
            },
            _ => NodeKind::Root(name),
        };
        Ok(Node {
            kind,
            span: span.start..self.previous_end(),
        })
    }

    fn arguments(&mut self) -> Result<Vec<Node>, SyntaxError> {
        let mut arguments = Vec::new();
        if self.accept(Symbol::CloseParen) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.accept(Symbol::CloseParen) {
                return Ok(arguments);
            }
            self.expect(Symbol::Comma, "`,` or `)`")?;
        }
    }
}

/// `(a.b).c` says the same as `a.b.c`, so it becomes the same tree.
fn extend_access(base: Node, more: Vec<Step>) -> NodeKind {
    if let NodeKind::Access { base, mut steps } = base.kind {
        steps.extend(more);
        return NodeKind::Access { base, steps };
    }
    NodeKind::Access {
        base: Box::new(base),
        steps: more,
    }
}

fn help_for_word(word: &str) -> Option<&'static str> {
    match word {
        "and" | "AND" => Some("did you mean `&&`?"),
        "or" | "OR" => Some("did you mean `||`?"),
        "not" | "NOT" => Some("did you mean `!`?"),
        "is" | "eq" => Some("did you mean `==`?"),
        "in" => Some("use contains(list, item)"),
        _ => None,
    }
}
