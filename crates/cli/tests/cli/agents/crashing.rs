//! Servers that die while agents work.
