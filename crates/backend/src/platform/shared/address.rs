//! Addresses of sites, as people copy them out of a browser: of a page, of another server, of a single call.

use url::Url;

/// What is said of an address of a site that people browse, where the API has a server of its own.
pub const WEBSITE: &str = "is the address of the website and not of the API";

/// The parts of an address's path.
pub fn parts(url: &Url) -> Vec<&str> {
    url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect()
}

/// The same server with these parts as its path, without a slash at the end.
pub fn at(url: &Url, parts: &[&str]) -> String {
    let origin = url.origin().ascii_serialization();
    parts.iter().fold(origin, |address, part| format!("{address}/{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_between_its_parts() {
        let check = |text: &str, until: usize, expected: &str| {
            let url = text.parse().unwrap();
            assert_eq!(at(&url, &parts(&url)[..until]), expected, "{text}");
        };
        check("https://acme.example/", 0, "https://acme.example");
        check("https://acme.example:8443//jira/browse/", 1, "https://acme.example:8443/jira");
        check("https://acme.example/a%2Fb/c", 2, "https://acme.example/a%2Fb/c");
    }
}
