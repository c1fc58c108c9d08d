//! What the edge lets through: rates, sizes, times, and who may say for whom they ask.

use clap::{Args, value_parser};
use ipnet::IpNet;
use std::net::IpAddr;

/// Limits of the edge. 0 is no limit.
#[derive(Debug, Clone, Args)]
pub struct Edge {
    /// Requests of one learner in a minute; files of the site do not count.
    #[arg(long, env = "MITOCHI_REQUESTS_A_MINUTE", default_value_t = 120)]
    pub requests_a_minute: u32,

    /// Requests of one address in a minute that come without a session.
    #[arg(long, env = "MITOCHI_ADDRESS_REQUESTS_A_MINUTE", default_value_t = 600)]
    pub address_requests_a_minute: u32,

    /// Files that one learner may bring in an hour.
    #[arg(long, env = "MITOCHI_UPLOADS_AN_HOUR", default_value_t = 100)]
    pub uploads_an_hour: u32,

    /// Room for the files of one learner, in MiB.
    #[arg(long, env = "MITOCHI_QUOTA", default_value_t = 5120)]
    pub quota: u64,

    /// Seconds after which a request is given up. What streams (uploads, talks, the live shelf) may take longer.
    #[arg(long, env = "MITOCHI_REQUEST_SECONDS", default_value_t = 60, value_parser = value_parser!(u64).range(1..))]
    pub request_seconds: u64,

    /// Seconds without a byte after which an upload is given up.
    #[arg(long, env = "MITOCHI_UPLOAD_SILENCE_SECONDS", default_value_t = 30, value_parser = value_parser!(u64).range(1..))]
    pub upload_silence_seconds: u64,

    /// Addresses of proxies, or networks of them (`10.0.0.0/8`), separated by commas: what they say in X-Forwarded-For is
    /// believed. A proxy on this machine always is.
    #[arg(long, env = "MITOCHI_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
}

/// An address or a network.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = || text.parse::<IpAddr>().map(IpNet::from).ok();
    text.parse().ok().or_else(one).ok_or_else(|| format!("'{text}' is neither an address nor a network"))
}

impl Edge {
    /// Whether what this peer says of others is believed.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer.is_loopback() || self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }

    /// Room for the files of one learner, in bytes.
    pub fn quota_bytes(&self) -> u64 {
        match self.quota {
            0 => u64::MAX,
            mib => mib.saturating_mul(1024 * 1024),
        }
    }
}
