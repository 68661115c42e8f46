//! What is tested against a stand-in means something only if it does what is
//! known of the real program.

#[cfg(test)]
#[path = "stand_in/claude.rs"]
mod claude;
#[cfg(test)]
#[path = "stand_in/codex.rs"]
mod codex;
#[cfg(test)]
#[path = "stand_in/place.rs"]
mod place;
