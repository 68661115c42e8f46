//! Text to tokens. Hyphens belong to names: stage ids are written with them,
//! and there is no subtraction.

use std::ops::Range;

use serde_json::Number;

use crate::error::SyntaxError;

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Spanned {
    pub(crate) token: Token,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Name(String),
    Text(String),
    Number(Number),
    Symbol(Symbol),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Equal,
    NotEqual,
    LessEqual,
    GreaterEqual,
    Less,
    Greater,
    And,
    Or,
    Not,
    Question,
    Colon,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Dot,
}

/// Longer symbols first, so that `<=` is not read as `<`.
const SYMBOLS: [(&str, Symbol); 17] = [
    ("==", Symbol::Equal),
    ("!=", Symbol::NotEqual),
    ("<=", Symbol::LessEqual),
    (">=", Symbol::GreaterEqual),
    ("&&", Symbol::And),
    ("||", Symbol::Or),
    ("<", Symbol::Less),
    (">", Symbol::Greater),
    ("!", Symbol::Not),
    ("?", Symbol::Question),
    (":", Symbol::Colon),
    ("(", Symbol::OpenParen),
    (")", Symbol::CloseParen),
    ("[", Symbol::OpenBracket),
    ("]", Symbol::CloseBracket),
    (",", Symbol::Comma),
    (".", Symbol::Dot),
];

impl Symbol {
    /// Whether a value follows it.
    pub(crate) const fn takes_a_value(self) -> bool {
        !matches!(self, Self::CloseParen | Self::CloseBracket | Self::Dot)
    }

    /// The symbol as it is written.
    pub(crate) fn as_str(self) -> &'static str {
        SYMBOLS
            .iter()
            .find(|(_, symbol)| *symbol == self)
            .map_or("", |(text, _)| text)
    }
}

/// Reads all tokens of `text`, the last one being [`Token::End`]. Spans are
/// shifted by `offset`.
pub(crate) fn tokenize(text: &str, offset: usize) -> Result<Vec<Spanned>, SyntaxError> {
    let mut lexer = Lexer {
        text,
        position: 0,
        offset,
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_while(char::is_whitespace);
        let start = lexer.position;
        let token = lexer.next()?;
        let is_end = token == Token::End;
        tokens.push(Spanned {
            token,
            span: lexer.span_from(start),
        });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    position: usize,
    offset: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves on while `accept` holds; returns what was passed.
    fn skip_while(&mut self, accept: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.position += length;
        rest.get(..length).unwrap_or("")
    }

    fn span_from(&self, start: usize) -> Range<usize> {
        self.offset + start..self.offset + self.position
    }

    fn next(&mut self) -> Result<Token, SyntaxError> {
        match self.peek() {
            None => Ok(Token::End),
            Some(quote @ ('\'' | '"')) => self.text_literal(quote),
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                let name = self.skip_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
                Ok(Token::Name(name.to_owned()))
            }
            Some(first) if first.is_ascii_digit() || first == '-' => self.number(),
            Some(first) => self.symbol(first),
        }
    }

    fn symbol(&mut self, first: char) -> Result<Token, SyntaxError> {
        let rest = self.rest();
        if let Some((text, symbol)) = SYMBOLS.iter().find(|(text, _)| rest.starts_with(text)) {
            self.position += text.len();
            return Ok(Token::Symbol(*symbol));
        }
        let start = self.position;
        self.position += first.len_utf8();
        let error = SyntaxError::new(
            format!("unexpected character `{}`", first.escape_debug()),
            self.span_from(start),
        );
        Err(match help_for_character(first) {
            Some(help) => error.with_help(help),
            None => error,
        })
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let start = self.position;
        if self.peek() == Some('-') {
            self.position += 1;
        }
        if self.skip_while(|c| c.is_ascii_digit()).is_empty() {
            return Err(
                SyntaxError::new("`-` must be followed by a digit", self.span_from(start))
                    .with_help("`-` only begins a negative number; there is no subtraction"),
            );
        }
        let mut fraction = self.rest().chars();
        let is_fraction = fraction.next() == Some('.')
            && fraction.next().is_some_and(|digit| digit.is_ascii_digit());
        if is_fraction {
            self.position += 1;
            self.skip_while(|c| c.is_ascii_digit());
        }
        let digits = self.text.get(start..self.position).unwrap_or("");
        read_number(digits)
            .map(Token::Number)
            .ok_or_else(|| SyntaxError::new("this number is too large", self.span_from(start)))
    }

    fn text_literal(&mut self, quote: char) -> Result<Token, SyntaxError> {
        let start = self.position;
        self.position += quote.len_utf8();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let character_start = self.position;
            self.position += c.len_utf8();
            if c == quote {
                return Ok(Token::Text(text));
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            match self.peek() {
                Some(escaped @ ('\'' | '"' | '\\')) => {
                    text.push(escaped);
                    self.position += escaped.len_utf8();
                }
                Some(other) => {
                    self.position += other.len_utf8();
                    return Err(SyntaxError::new(
                        format!("unknown escape `\\{}`", other.escape_debug()),
                        self.span_from(character_start),
                    )
                    .with_help(r#"only \', \" and \\ are escapes; write \\ for a backslash"#));
                }
                None => {}
            }
        }
        Err(
            SyntaxError::new("this string is not closed", self.span_from(start))
                .with_help(format!("end it with {quote}")),
        )
    }
}

/// Integers stay integers; what does not fit becomes a float, and what not
/// even a float can hold is refused.
fn read_number(digits: &str) -> Option<Number> {
    if let Ok(integer) = digits.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = digits.parse::<u64>() {
        return Some(integer.into());
    }
    Number::from_f64(digits.parse().ok()?)
}

fn help_for_character(character: char) -> Option<&'static str> {
    Some(match character {
        '=' => "did you mean `==`?",
        '&' => "did you mean `&&`?",
        '|' => "did you mean `||`?",
        '+' | '*' | '/' | '%' => "there is no arithmetic in expressions",
        '$' => "inside `${{ }}` names are written without `$`",
        '{' | '}' => "there are no map literals; use fromJSON('{…}')",
        '‘' | '’' | '“' | '”' | '`' => "strings are written with ' or \"",
        _ => return None,
    })
}
