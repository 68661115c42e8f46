//! Programs that are agents themselves, as stand-ins: every way they end has
//! its label, their sessions go on, and nothing of them stays.

mod costs;
mod labels;
mod leftovers;
mod sessions;
mod speech;
mod world;
