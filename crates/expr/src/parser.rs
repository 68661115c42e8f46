//! Tokens to tree, by recursive descent, one function per precedence level
//! (contract §1.18). Nesting is counted, so no text can exhaust the stack.

use std::ops::Range;

use baton_model::Value;

use crate::error::SyntaxError;
use crate::habit;
use crate::lexer::{Spanned, Symbol, Token, tokenize};
use crate::slip;
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
    if trimmed.is_empty() || strip_marks(trimmed).is_some_and(|inner| inner.trim().is_empty()) {
        let error = SyntaxError::new("the condition is empty", start..start + trimmed.len());
        return Err(error.with_help("write what has to be true, or remove the key"));
    }
    if let Some((span, inner)) = slip::marked(trimmed, 0)
        && span.end == trimmed.len()
    {
        let inner = trimmed.get(inner).unwrap_or("").trim();
        let error = SyntaxError::new(
            "these are no marks of an expression",
            start..start + trimmed.len(),
        );
        return Err(error.with_help(format!("write `${{{{ {inner} }}}}`")));
    }
    let Some(inner) = strip_marks(trimmed) else {
        return parse(text, start..start + trimmed.len());
    };
    let start = start + "${{".len();
    parse(text, start..start + inner.len()).map_err(|error| {
        if inner.contains("}}") {
            error.with_help("a condition is one expression inside one `${{ }}`")
        } else {
            error
        }
    })
}

fn strip_marks(text: &str) -> Option<&str> {
    text.strip_prefix("${{")?.strip_suffix("}}")
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
        match self.mend() {
            Some(help) => error.with_help(help),
            None => error,
        }
    }

    /// What helps where the next token does not fit.
    fn mend(&self) -> Option<String> {
        let previous = self.position.checked_sub(1);
        let previous = previous.and_then(|previous| self.tokens.get(previous));
        let previous = previous.map(|spanned| &spanned.token);
        let help = match (self.peek(), previous) {
            (_, Some(Token::Name(word))) if habit::is_not(word) => "did you mean `!`?",
            (Token::Name(word), _) => habit::operator(word)?,
            (Token::Number(number), _) if number.to_string().starts_with('-') => {
                "there is no subtraction"
            }
            (Token::Symbol(closing @ (Symbol::CloseParen | Symbol::CloseBracket)), previous)
                if !matches!(previous, Some(Token::Symbol(_))) =>
            {
                return Some(format!(
                    "nothing was opened that this `{}` closes",
                    closing.as_str()
                ));
            }
            (Token::End, Some(Token::Symbol(before))) if before.takes_a_value() => {
                return Some(format!("write a value after `{}`", before.as_str()));
            }
            (Token::End | Token::Text(_) | Token::Number(_) | Token::Symbol(_), _) => return None,
        };
        Some(help.to_owned())
    }

    /// What ends something that was opened at a place.
    fn close(
        &mut self,
        closing: Symbol,
        wanted: &str,
        open: &Range<usize>,
    ) -> Result<(), SyntaxError> {
        if self.accept(closing) {
            return Ok(());
        }
        if self.peek() != &Token::End {
            return Err(self.unexpected(wanted));
        }
        let sign = closing.as_str();
        let message = format!("there is no `{sign}` for this one");
        Err(SyntaxError::new(message, open.clone()).with_help(format!("end it with `{sign}`")))
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
                let open = start..self.previous_end();
                let index = self.expression()?;
                self.close(Symbol::CloseBracket, "`]`", &open)?;
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
        let open = self.span();
        self.position += 1;
        let inner = self.expression()?;
        self.close(Symbol::CloseParen, "`)`", &open)?;
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
        let end = self.previous_end();
        let open = end.saturating_sub(1)..end;
        if self.accept(Symbol::CloseParen) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.accept(Symbol::Comma) {
                continue;
            }
            self.close(Symbol::CloseParen, "`,` or `)`", &open)?;
            return Ok(arguments);
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
