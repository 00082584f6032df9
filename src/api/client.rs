//! Where a request comes from.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;

use crate::services::Core;
use crate::services::sessions::Client;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The client behind a login.
pub fn client(core: &Core, request: &HttpRequest, device_id: String) -> Client {
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Client { address: address(core, request), user_agent: user_agent.to_owned(), device_id }
}

fn address(core: &Core, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request.headers().get_all(X_FORWARDED_FOR).filter_map(|value| value.to_str().ok());
    let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    first_stranger(peer, &forwarded, &core.config.server.trusted_proxies)
}

/// Each proxy appends whom it heard from, so the list is believed from its end for as long as proxies of ours wrote it.
fn first_stranger(peer: IpAddr, forwarded: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    for hop in forwarded.iter().rev() {
        if !trusted.contains(&nearest) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
        first_stranger(peer.parse().unwrap(), forwarded, &trusted).to_string()
    }

    #[test]
    fn believes_proxies_of_ours_and_nobody_else() {
        assert_eq!(seen("192.0.2.7", &["10.0.0.1"], &[]), "192.0.2.7", "no proxy, no header");
        assert_eq!(seen("10.0.0.1", &["192.0.2.7"], &["10.0.0.1"]), "192.0.2.7");
        assert_eq!(seen("::ffff:10.0.0.1", &["192.0.2.7"], &["10.0.0.1"]), "192.0.2.7");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "192.0.2.7", "10.0.0.2"], &["10.0.0.1", "10.0.0.2"]), "192.0.2.7");
        assert_eq!(seen("10.0.0.1", &["unknown"], &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[], &["10.0.0.1"]), "10.0.0.1");
    }
}
