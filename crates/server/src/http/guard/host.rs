//! Is a request meant for this server? A page can give its own name the address
//! of this machine and then count as the same site; only the name that is asked
//! for gives it away.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header;
use axum::http::uri::Authority;
use baton_model::ErrorCode;

use crate::http::error::Problem;
use crate::listen::Peer;

/// The host a request asks for, if it is one of ours.
pub(super) fn check<'r>(
    request: &'r Request,
    peer: Peer,
    hosts: &[String],
) -> Result<&'r str, Problem> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else {
        return Err(refused("a request needs exactly one Host header"));
    };
    let host = host.to_str().unwrap_or_default();
    // A proxy may be asked for a whole URL; its host counts like the header's.
    let whole = request.uri().authority().map(Authority::as_str);
    for authority in [Some(host), whole].into_iter().flatten() {
        if !is_ours(authority, peer, hosts) {
            return Err(refused(
                "this server does not go by the name that was asked for; \
                 name it in `hosts` of [server] in baton.toml",
            ));
        }
    }
    Ok(host)
}

fn refused(detail: &str) -> Problem {
    Problem::new(ErrorCode::Forbidden, detail)
}

fn is_ours(authority: &str, peer: Peer, hosts: &[String]) -> bool {
    let Ok(parsed) = authority.parse::<Authority>() else {
        return false;
    };
    if authority.contains('@') {
        return false;
    }
    let host = parsed.host().trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = host.parse::<IpAddr>() {
        let address = address.to_canonical();
        let is_address = address.is_loopback() || address == peer.local.ip().to_canonical();
        return is_address || hosts.iter().any(|known| known.parse() == Ok(address));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let mut names = hosts.iter().map(String::as_str).chain(["localhost"]);
    names.any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_of_ours_are_ours() {
        let peer = Peer {
            remote: "192.0.2.9:50000".parse().unwrap(),
            local: "192.0.2.1:7878".parse().unwrap(),
        };
        let hosts = ["baton.example.org".to_owned(), "198.51.100.7".to_owned()];
        let ours = [
            "localhost",
            "localhost:7878",
            "LocalHost.:1",
            "127.0.0.1:7878",
            "127.8.9.1",
            "[::1]:7878",
            "192.0.2.1",
            "192.0.2.1:443",
            "[::ffff:192.0.2.1]",
            "baton.example.org",
            "BATON.example.org.:80",
            "198.51.100.7:7878",
        ];
        for host in ours {
            assert!(is_ours(host, peer, &hosts), "{host}");
        }
        let others = [
            "",
            "evil.example",
            "localhost.evil.example",
            "evil.localhost",
            "127.0.0.1.evil.example",
            "0.0.0.0:7878",
            "[::]",
            "192.0.2.2",
            "2130706433",
            "0x7f.1",
            "localhost@evil.example",
            "evil.example@localhost",
            "org",
            "example.org",
            "x.baton.example.org",
            "local host",
            "é",
        ];
        for host in others {
            assert!(!is_ours(host, peer, &hosts), "{host}");
        }
    }
}
