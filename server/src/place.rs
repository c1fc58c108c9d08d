//! Whether an address is this machine's own. Owns: that one question, for whoever sends texts somewhere. Refuses: looking names
//! up: a name that is not 'localhost' is another machine.

/// Whether what is sent to this address stays on this machine.
pub fn is_here(url: &str) -> bool {
    host(url).is_some_and(|host| {
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

/// The machine that an address names.
pub fn host(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    Some(url.host_str()?.trim_matches(['[', ']']).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known() {
        for (url, here) in [
            ("http://127.0.0.1:11434/v1", true),
            ("http://[::1]:8080", true),
            ("http://localhost/v1", true),
            ("https://api.openai.com/v1", false),
            ("http://localhost.example.org/v1", false),
            ("http://192.168.0.2/v1", false),
            ("http://127.0.0.1.example.org/v1", false),
            ("http://localhost@example.org/v1", false),
            ("localhost", false),
        ] {
            assert_eq!(is_here(url), here, "{url}");
        }
    }
}
