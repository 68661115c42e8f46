//! Values of every type, made from a seed.

use baton_model::{AttemptKey, Object, Value, ValueType};

/// Longest list of simple values. A list of lists holds one, for types nest
/// 16 deep and lengths multiply.
const ITEMS_MAX: u64 = 3;

/// A sequence of numbers that depends on one attempt alone (`SplitMix64`).
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    /// The dispatch is left out on purpose: an attempt that is run again
    /// after a crash brings back the same values.
    pub(super) fn new(seed: u64, key: &AttemptKey) -> Self {
        let start = seed ^ (u64::from(key.iteration) << 32) ^ u64::from(key.attempt);
        // FNV-1a over the stage: stable between releases, unlike std's hasher.
        let hash =
            |state: u64, byte: &u8| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let state = key.stage.as_str().as_bytes().iter().fold(start, hash);
        Self { state }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A value of the given type, recognisable by its name where it can be.
    pub(super) fn value(&mut self, value_type: &ValueType, name: &str) -> Value {
        match value_type {
            ValueType::String | ValueType::MemoryItem | ValueType::ContextModule => {
                Value::String(self.text(name))
            }
            ValueType::Integer => self.below(100).into(),
            ValueType::Number => {
                let hundredths = u32::try_from(self.below(10_000)).unwrap_or_default();
                (f64::from(hundredths) / 100.0).into()
            }
            ValueType::Boolean => (self.below(2) == 1).into(),
            ValueType::Object => {
                let text = self.text(name);
                Value::Object(Object::from_iter([("simulated".to_owned(), text.into())]))
            }
            ValueType::Array(inner) => {
                let is_nested = matches!(**inner, ValueType::Array(_));
                let count = if is_nested {
                    1
                } else {
                    1 + self.below(ITEMS_MAX)
                };
                (0..count).map(|_| self.value(inner, name)).collect()
            }
            ValueType::ArtifactRef => {
                format!("agent:simulated-{:04x}", self.below(0x1_0000)).into()
            }
        }
    }

    /// The name of a session that is none.
    pub(super) fn session(&mut self) -> String {
        format!("simulated-{:016x}", self.next())
    }

    fn text(&mut self, name: &str) -> String {
        format!("simulated {name} {:04x}", self.below(0x1_0000))
    }
}
