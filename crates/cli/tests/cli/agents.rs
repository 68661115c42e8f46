//! Programs that are agents themselves, in whole runs of the real binary, with
//! stand-ins in their place.

mod asking;
mod crashing;
mod leftovers;
mod listing;
mod secrets;
pub(crate) mod world;
