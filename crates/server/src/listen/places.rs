//! How many connections are served at once, and how many of one peer.
//!
//! Each door has places of its own, so that nobody on the network can keep the
//! owner of the machine from the socket.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::v1::stream::STREAMS_MAX;

/// Connections served at once; more wait to be accepted. As many as this are
/// left when all streams there may be are open.
const REQUESTS_MAX: usize = 256;
const CONNECTIONS_MAX: usize = STREAMS_MAX + REQUESTS_MAX;

/// How many of them one peer may have. On this machine all would be one peer, so
/// there it has no bound.
const OF_ONE_PEER_MAX: usize = CONNECTIONS_MAX / 4;

/// The places of one door.
pub(super) struct Places {
    all: Arc<Semaphore>,
    by_peer: Mutex<HashMap<IpAddr, usize>>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            by_peer: Mutex::default(),
        }
    }
}

impl Places {
    /// Waits for a place; it is taken until what is returned is dropped.
    pub(super) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// Counts one more connection of a peer; none when it has its share already.
    pub(super) fn share(self: &Arc<Self>, peer: IpAddr) -> Option<Share> {
        let peer = counted_as(peer);
        let mut by_peer = self.by_peer.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_peer.entry(peer).or_default();
        if *count >= OF_ONE_PEER_MAX && !peer.is_loopback() {
            return None;
        }
        *count += 1;
        drop(by_peer);
        let places = Arc::clone(self);
        Some(Share { places, peer })
    }
}

/// A connection of a peer, counted until this is dropped.
pub(super) struct Share {
    places: Arc<Places>,
    peer: IpAddr,
}

impl Drop for Share {
    fn drop(&mut self) {
        let by_peer = &self.places.by_peer;
        let mut by_peer = by_peer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_peer.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                by_peer.remove(&self.peer);
            }
        }
    }
}

/// What a peer is known by: one network of IPv6 has more addresses than there
/// are places, and all of them belong to one customer.
pub(crate) fn counted_as(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(places: &Arc<Places>, peers: impl Iterator<Item = IpAddr>) -> Vec<Share> {
        peers.filter_map(|peer| places.share(peer)).collect()
    }

    #[test]
    fn one_peer_leaves_places_to_others_and_gets_its_own_back() {
        let places = Arc::new(Places::default());
        let one = || std::iter::repeat_n(IpAddr::from([192, 0, 2, 1]), CONNECTIONS_MAX);
        let taken = shares(&places, one());
        assert_eq!(taken.len(), OF_ONE_PEER_MAX);
        assert!(places.share([192, 0, 2, 2].into()).is_some());
        drop(taken);
        assert_eq!(places.by_peer.lock().unwrap().len(), 0);
        assert_eq!(shares(&places, one()).len(), OF_ONE_PEER_MAX);
    }

    #[test]
    fn all_addresses_of_one_network_are_one_peer() {
        let places = Arc::new(Places::default());
        let peers = (0..1_000).map(|host: u16| IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 0, host]));
        assert_eq!(shares(&places, peers).len(), OF_ONE_PEER_MAX);
        assert!(
            places
                .share([0x2001, 0xdb8, 0, 8, 0, 0, 0, 1].into())
                .is_some()
        );
    }

    #[test]
    fn this_machine_shares_with_itself_alone() {
        let places = Arc::new(Places::default());
        let here = std::iter::repeat_n(IpAddr::from([127, 0, 0, 1]), CONNECTIONS_MAX);
        assert_eq!(shares(&places, here).len(), CONNECTIONS_MAX);
    }
}
