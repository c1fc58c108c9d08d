//! Who asks, by address: the peer, or whom a trusted proxy asks for.

use crate::state::State;
use axum::{
    extract::{self, ConnectInfo, Request},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use std::net::{IpAddr, SocketAddr};

/// The address of whoever asks; in a request that came over a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// Puts the address into the request.
pub async fn see(extract::State(state): extract::State<State>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let address = address(peer.ip(), request.headers(), |peer| state.edge.trusts(peer));
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// The last address of the way that no trusted proxy has: what stands before it anybody may have written.
fn address(peer: IpAddr, headers: &HeaderMap, trusts: impl Fn(IpAddr) -> bool) -> IpAddr {
    let way = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let way: Vec<&str> = way.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut last = peer.to_canonical();
    for hop in way.iter().rev() {
        if !trusts(last) {
            break;
        }
        let Ok(hop) = hop.parse::<IpAddr>() else { break };
        last = hop.to_canonical();
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_says_of_others_is_not_believed() {
        let trusts = |peer: IpAddr| peer.is_loopback() || peer == "10.0.0.7".parse::<IpAddr>().unwrap();
        for (peer, way, expected) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "nonsense", "127.0.0.1"),
            // the learner has written 1.1.1.1; the proxies have added what they saw
            ("127.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
            ("::ffff:127.0.0.1", "2001:db8::5", "2001:db8::5"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", way.parse().unwrap());
            let found = address(peer.parse().unwrap(), &headers, trusts);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} for {way}");
        }
    }
}
