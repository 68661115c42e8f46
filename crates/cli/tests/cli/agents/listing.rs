//! Who works for which reference, and whether it can.
