//! Whose page an address is: one of a tracker's site, or another's with an item of the same name.

use crate::forge;
use backend::reference::Form;
use url::Url;

/// Where Jira's cloud has a site for each customer, so that every one of them may have a SHOP-1. A site of another name may
/// be ours under the name that it had before a move, or has inside a network.
const TENANTS: &str = ".atlassian.net";

/// Whether an item that is named by its `page` is on another site than the trackers'. `homes` are the pages of the
/// repositories or organisations that have numbers, `sites` the addresses of all trackers.
pub(super) fn is_elsewhere(page: &Url, form: Form, homes: &[Url], sites: &[Url]) -> bool {
    match form {
        Form::Key => {
            let is_tenant = |site: &&Url| site.host_str().is_some_and(|it| it.ends_with(TENANTS));
            let mut ours = sites.iter().filter(is_tenant).peekable();
            is_tenant(&page) && ours.peek().is_some() && ours.all(|site| !is_same_host(site, page))
        }
        Form::Number => !homes.is_empty() && homes.iter().all(|home| !is_same_host(home, page)),
        Form::AzureBoards => {
            let page = forge::current(page);
            !homes.is_empty()
                && homes.iter().all(|home| {
                    let home = forge::current(home);
                    !(is_same_host(&home, &page) && is_below(&page, &home))
                })
        }
        Form::Custom => false,
    }
}

/// True when a page is another one or lies below it.
pub(super) fn is_below(page: &Url, home: &Url) -> bool {
    let (page, home) = (page.path().trim_end_matches('/'), home.path().trim_end_matches('/'));
    let begins = page.get(..home.len()).is_some_and(|start| start.eq_ignore_ascii_case(home));
    begins && (page.len() == home.len() || page[home.len()..].starts_with('/'))
}

fn is_same_host(one: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    // Whether it is http or https says nothing about whose it is.
    host(one) == host(other) && one.port() == other.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: Form, ours: &str, page: &str, expected: bool) {
        let ours = [ours.parse().unwrap()];
        assert_eq!(is_elsewhere(&page.parse().unwrap(), form, &ours, &ours), expected, "{page}");
    }

    #[test]
    fn customers_of_one_cloud_are_told_apart() {
        let ours = "https://acme.atlassian.net/";
        check(Form::Key, ours, "https://acme.atlassian.net/browse/SHOP-1", false);
        check(Form::Key, ours, "https://other.atlassian.net/browse/SHOP-1", true);
        check(Form::Key, ours, "https://jira.acme.example/browse/SHOP-1", false);
        check(
            Form::Key,
            "https://jira.acme.example/",
            "https://acme.atlassian.net/browse/A-1",
            false,
        );
    }

    #[test]
    fn numbers_are_of_their_own_host() {
        let ours = "https://github.com/acme/shop";
        check(Form::Number, ours, "https://www.github.com/acme/shop/issues/5", false);
        check(Form::Number, ours, "http://github.com/acme/shop/issues/5", false);
        check(Form::Number, ours, "https://gitlab.com/acme/shop/-/issues/5", true);
        check(
            Form::Number,
            "http://127.0.0.1:1/acme/shop",
            "http://127.0.0.1:2/acme/shop/issues/5",
            true,
        );
        assert!(!is_elsewhere(&ours.parse().unwrap(), Form::Number, &[], &[]), "nobody knows");
    }

    #[test]
    fn boards_are_of_their_organisation() {
        let ours = "https://dev.azure.com/acme/";
        let item = |start: &str| format!("{start}/Shop/_workitems/edit/5");
        check(Form::AzureBoards, ours, &item("https://dev.azure.com/acme"), false);
        check(Form::AzureBoards, ours, &item("https://acme.visualstudio.com"), false);
        check(Form::AzureBoards, ours, &item("https://dev.azure.com/other"), true);
        let old = "https://acme.visualstudio.com/DefaultCollection/";
        check(Form::AzureBoards, old, &item("https://dev.azure.com/acme"), false);
        check(Form::AzureBoards, ours, &item("https://dev.azure.com/acmes"), true);
    }
}
