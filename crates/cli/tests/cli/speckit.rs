//! The door of the `SpecKit` orchestrator, asked as its clients ask it: through
//! the real program, with a hub in the test that answers when the test says.

mod advancing;
mod creating;
mod database_urls;
mod door;
mod hub;
mod hub_failures;
mod journeys;
mod own_hub;
mod races;
mod restarts;
mod secrets;
