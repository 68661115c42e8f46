//! The statements of the writer, each prepared once and kept.
//!
//! A cache would look each of them up by its text, take it out and put it back,
//! several times for each commit.

use rusqlite::{Connection, Statement};

use super::order::Group;

/// The statements that have been prepared, by their texts.
///
/// There are a dozen, and a text is known by where it stands in the program: to
/// compare addresses one after the other costs less than a hash.
pub(super) struct Statements<'c> {
    connection: &'c Connection,
    prepared: Vec<(&'static str, Statement<'c>)>,
    /// What the open transaction has committed so far.
    pub(super) group: Group,
}

impl<'c> Statements<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            prepared: Vec::new(),
            group: Group::default(),
        }
    }

    /// To be called with each transaction: what the one before has found out may
    /// have been taken back.
    pub(super) fn forget(&mut self) {
        self.group.clear();
    }

    /// For what is done rarely.
    pub(super) const fn connection(&self) -> &'c Connection {
        self.connection
    }

    /// The statement of a text.
    pub(super) fn get(&mut self, sql: &'static str) -> rusqlite::Result<&mut Statement<'c>> {
        let known = self
            .prepared
            .iter()
            .position(|(text, _)| std::ptr::eq(*text, sql));
        let place = if let Some(place) = known {
            place
        } else {
            self.prepared.push((sql, self.connection.prepare(sql)?));
            self.prepared.len() - 1
        };
        match self.prepared.get_mut(place) {
            Some((_, statement)) => Ok(statement),
            None => Err(rusqlite::Error::InvalidQuery),
        }
    }
}
