//! The doors: HTTP over TCP and over the socket of the data directory.
