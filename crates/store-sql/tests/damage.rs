//! Files that were damaged in every way, or locked: what a store answers is
//! what was stored, or it refuses.

#[cfg(test)]
#[path = "damage/bytes.rs"]
mod bytes;
#[cfg(test)]
#[path = "damage/copies.rs"]
mod copies;
#[cfg(test)]
#[path = "damage/locks.rs"]
mod locks;
#[cfg(test)]
#[path = "damage/logs.rs"]
mod logs;
#[cfg(test)]
#[path = "damage/older.rs"]
mod older;
#[cfg(test)]
#[path = "damage/salvage.rs"]
mod salvage;
#[cfg(test)]
#[path = "damage/scene.rs"]
mod scene;
