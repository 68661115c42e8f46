//! The expression language of `${{ … }}`: text to tree to value.
