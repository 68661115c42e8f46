//! SWDL text to checked definition to plan.
