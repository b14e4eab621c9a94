//! Addresses as people copy them: what is meant is understood, and what cannot be right is told before a token is sent.

use super::{PLATFORMS, code_host, find};
use crate::{
    error::{Error, ErrorKind, Result},
    http::tests::script::silent,
    settings::{Origin, Settings},
};

/// A platform, the settings beside its address and its token, and an address in the right form.
type Site = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const SITES: &[Site] = &[
    ("jira", &[("project", "SHOP")], "https://acme.atlassian.net"),
    ("azure-devops", &[("project", "Shop")], "https://dev.azure.com/acme"),
    ("github", &[("project", "acme/shop")], "https://api.github.com"),
    ("gitlab", &[("project", "acme/shop")], "https://gitlab.com"),
    ("linear", &[("project", "ENG")], "https://api.linear.app/graphql"),
    (
        "codecatalyst",
        &[("organization", "acme"), ("project", "shop")],
        "https://codecatalyst.global.api.aws",
    ),
];

/// Connects to a site, as a tracker and as a code host, with nothing that could answer.
async fn connect((name, others, right): &Site, changed: (&str, &str)) -> Result<()> {
    let values = [("api_endpoint", *right), ("api_key", "token-0123456789")];
    let values = values.iter().chain(*others).chain([&changed]);
    let settings = values.fold(Settings::new(*name), |settings, (key, value)| {
        settings.with(key, *value, Origin::Default)
    });
    let row = find(name).unwrap();
    (row.connect)(&settings, &silent()).await?;
    if let Some(code_host) = code_host(row) {
        code_host(&settings, &silent()).await?;
    }
    Ok(())
}

fn site(name: &str) -> &'static Site {
    SITES.iter().find(|site| site.0 == name).unwrap_or_else(|| panic!("{name} is not in SITES"))
}

async fn refused(site: &Site, changed: (&str, &str)) -> Error {
    let error = connect(site, changed).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Config, "{site:?} {changed:?}: {error}");
    error
}

#[tokio::test]
async fn what_is_no_address_is_told_with_one_of_the_platforms_own() {
    for row in PLATFORMS.iter().filter(|row| !row.embedded) {
        let site = site(row.name);
        assert!(connect(site, ("api_endpoint", site.2)).await.is_ok(), "{site:?}");
        for (address, says) in [
            ("acme.example", "does not begin with https://"),
            ("http://acme.example", "would send the token to acme.example over http"),
            ("http://127.0.0.1.acme.example", "over http"),
            ("ftp://acme.example", "begins with ftp:"),
            ("https://bob:hunter2@acme.example", "has credentials in it"),
            ("https://hunter2@acme.example", "has credentials in it"),
            ("git@acme.example:shop/web.git", "does not begin with https://"),
            ("https://acme.example/?token=hunter2", "has a `?` or a `#`"),
        ] {
            let error = refused(site, ("api_endpoint", address)).await;
            assert!(error.message.contains(says), "{address}: {error}");
            assert!(error.hint().contains(site.2), "{} {address}: {}", row.name, error.hint());
            let all = format!("{error:?}");
            assert!(!all.contains("hunter2") && !all.contains("token-0123456789"), "{all}");
        }
    }
}

/// An address that is another one's, or too long: what is said about it, and the one to write instead.
async fn check(name: &str, key: &str, address: &str, says: &str, hint: &str) {
    let error = refused(site(name), (key, address)).await;
    assert!(error.message.contains(&format!("{key}: {says}")), "{name} {address}: {error}");
    assert!(error.hint().starts_with(hint), "{name} {address}: {}", error.hint());
}

const KEY: &str = "api_endpoint";
const WEBSITE: &str = "is the address of the website";
const MORE: &str = "names more than the ";

#[tokio::test]
async fn linears_website_is_not_its_api() {
    let hint = "write https://api.linear.app/graphql";
    for address in ["https://linear.app", "https://linear.app/acme/team/ENG/all"] {
        check("linear", KEY, address, WEBSITE, hint).await;
    }
    check("linear", KEY, "https://api.linear.app/v1", MORE, hint).await;
}

#[tokio::test]
async fn jiras_pages_are_not_its_address() {
    for path in ["browse/SHOP-1", "jira/software/projects/SHOP/boards/1", "rest/api/3", "wiki"] {
        let address = format!("https://acme.atlassian.net/{path}");
        check("jira", KEY, &address, MORE, "write https://acme.atlassian.net").await;
    }
    for path in ["browse/SHOP-1", "rest/api/2/", "secure/Dashboard.jspa", "projects/SHOP"] {
        let address = format!("https://acme.example/jira/{path}");
        check("jira", KEY, &address, MORE, "write https://acme.example/jira").await;
    }
}

#[tokio::test]
async fn atlassians_gateway_is_the_api_of_one_site() {
    let (gateway, hint) = ("https://api.atlassian.com", "write it like https://acme.atlassian.net");
    check("jira", KEY, gateway, "is the address of the API", hint).await;
    let form = "write it like https://api.atlassian.com/ex/jira/CLOUD_ID";
    for path in ["", "/ex/jira", "/ex/confluence/1-2", "/ex/jira/1-2/rest/api/3"] {
        let address = format!("{gateway}{path}");
        check("jira", "api_url", &address, "is not the address of one site", form).await;
    }
}

#[tokio::test]
async fn githubs_website_and_calls_are_not_its_api() {
    for address in ["https://github.com", "https://github.com/acme/shop", "https://www.github.com"]
    {
        check("github", KEY, address, WEBSITE, "write https://api.github.com").await;
    }
    check("github", KEY, "https://acme.ghe.com/", WEBSITE, "write https://api.acme.ghe.com").await;
    for path in ["repos/acme/shop", "graphql"] {
        let address = format!("https://api.github.com/{path}");
        check("github", KEY, &address, MORE, "write https://api.github.com").await;
    }
    for path in ["v3/repos/acme/shop", "v3/graphql", "graphql"] {
        let address = format!("https://ghe.acme.example/api/{path}");
        check("github", KEY, &address, MORE, "write https://ghe.acme.example/api/v3").await;
    }
}

#[tokio::test]
async fn gitlabs_projects_and_calls_are_not_its_address() {
    for path in ["acme/shop", "acme", "acme/shop/-/issues/7", "api/v4/projects/7", "api/graphql"] {
        let address = format!("https://gitlab.com/{path}");
        check("gitlab", KEY, &address, MORE, "write https://gitlab.com").await;
    }
    for path in ["api/v4/projects/7", "api", "api/graphql"] {
        let address = format!("https://acme.example/gitlab/{path}");
        check("gitlab", KEY, &address, MORE, "write https://acme.example/gitlab").await;
    }
    let page = "https://acme.example/acme/shop/-/issues/7";
    check("gitlab", KEY, page, MORE, "write it like https://acme.example, without").await;
}

#[tokio::test]
async fn azure_devops_is_its_organisation() {
    let unnamed = "does not name the organisation";
    let hint = "write it like https://dev.azure.com/ORGANISATION";
    check("azure-devops", KEY, "https://dev.azure.com", unnamed, hint).await;
    let repository = "https://dev.azure.com/acme/Shop/_git/web";
    let hint = "write https://dev.azure.com/acme, and Shop as AZURE_DEVOPS_PROJECT";
    check("azure-devops", KEY, repository, MORE, hint).await;
}

#[tokio::test]
async fn codecatalysts_website_is_not_its_api() {
    let page = "https://codecatalyst.aws/spaces/acme/projects/shop/view";
    check("codecatalyst", KEY, page, WEBSITE, "write https://codecatalyst.global.api.aws").await;
}

#[tokio::test]
async fn addresses_that_are_meant_well_are_taken() {
    for (name, address) in [
        ("linear", "https://api.linear.app"),
        ("linear", "https://api.linear.app/graphql/"),
        ("linear", "https://proxy.acme.example/linear/graphql"),
        ("jira", "https://acme.atlassian.net/"),
        ("jira", "https://jira.acme.example/context/"),
        ("jira", "https://acme.example/projects"),
        ("github", "https://api.github.com/"),
        ("github", "https://ghe.acme.example/api/v3/"),
        ("github", "https://api.acme.ghe.com"),
        ("github", "https://proxy.acme.example/github"),
        ("gitlab", "https://gitlab.com/api/v4"),
        ("gitlab", "https://acme.example/gitlab/api/v4/"),
        ("azure-devops", "https://acme.visualstudio.com"),
        ("azure-devops", "https://dev.azure.com/acme/"),
        ("azure-devops", "https://tfs.acme.example/tfs/DefaultCollection"),
        ("codecatalyst", "https://codecatalyst.global.api.aws/"),
    ] {
        let outcome = connect(site(name), ("api_endpoint", address)).await;
        assert!(outcome.is_ok(), "{name} {address}: {outcome:?}");
    }
    let gateway = ("api_url", "https://api.atlassian.com/ex/jira/1-2-3/");
    assert!(connect(site("jira"), gateway).await.is_ok());
}
