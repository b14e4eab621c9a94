use super::*;
use backend::{
    platform,
    settings::{Origin, Settings},
};

const SHOP: &str = "https://github.com/acme/shop";

fn naming(references: &[Pattern], home: Option<&str>, project: &str) -> Naming {
    let platform = platform::find("local").unwrap();
    let settings = Settings::new("it").with("project", project, Origin::Default);
    let metadata = Metadata {
        references: references.to_vec(),
        home: home.map(|home| home.parse().unwrap()),
        ..platform.metadata()
    };
    Naming::of([(&Chosen { platform, settings, work_items: None }, &metadata)], &[])
}

fn items(naming: &Naming, text: &str, page: &str) -> (Vec<String>, usize) {
    let found = naming.finder().unwrap().find(text);
    let found = naming.resolve(found, &page.parse().unwrap());
    let items = found.references.iter().map(|reference| reference.item.to_string()).collect();
    (items, found.skipped.len())
}

fn check(naming: &Naming, text: &str, page: &str, expected: &[&str], skipped: usize) {
    let found = items(naming, text, page);
    let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(found, (expected, skipped), "{text} in {page}");
}

#[test]
fn a_number_belongs_to_the_repository_that_says_it() {
    let github = naming(&[Pattern::Number], Some(SHOP), "acme/shop");
    check(&github, "Fix #12", SHOP, &["acme/shop#12"], 0);
    check(&github, "Fix #12", "https://github.com/Acme/Shop", &["acme/shop#12"], 0);
    check(&github, "Fix #12", "https://github.com/acme/till", &[], 1);
    check(&github, "Fix acme/shop#12", "https://github.com/acme/till", &["acme/shop#12"], 0);
    check(&github, "Fix other/shop#12", SHOP, &[], 1);
    // Code elsewhere can only mean the tracker.
    check(&github, "Fix #12", "https://git.example.com/acme/x", &["acme/shop#12"], 0);
    for (id, full) in [("#12", "acme/shop#12"), ("acme/x#7", "acme/x#7"), ("SHOP-1", "SHOP-1")] {
        let page = SHOP.parse().unwrap();
        assert_eq!(github.in_full(WorkItemId::new(id), &page).as_str(), full);
    }
    let more = github.with_projects(&["acme/till".to_owned()]);
    check(&more, "Fix #12", "https://github.com/acme/till", &["acme/till#12"], 0);
    check(&more, "Fix #12", SHOP, &[], 1);
}

#[test]
fn a_site_below_a_path_names_its_repositories_without_it() {
    let home = "https://acme.example/git/acme/shop";
    let gitlab = naming(&[Pattern::Number], Some(home), "acme/shop");
    check(&gitlab, "Fix #12 and acme/shop#13", home, &["acme/shop#12", "acme/shop#13"], 0);
    check(&gitlab, "Fix #12", "https://acme.example/git/acme/till", &[], 1);
    let more = gitlab.with_projects(&["acme/till".to_owned()]);
    check(&more, "Fix #12", "https://acme.example/git/acme/till", &["acme/till#12"], 0);
    check(&gitlab, "Fix git/acme/shop#12", home, &[], 1);
    let page = format!("Fix {home}/-/issues/12");
    check(&gitlab, &page, home, &["acme/shop#12"], 0);
    check(&gitlab, "Fix https://acme.example/acme/shop/-/issues/12", home, &["acme/shop#12"], 0);
    check(&gitlab, "Fix https://gitlab.com/acme/shop/-/issues/12", home, &[], 1);
}

#[test]
fn a_number_is_azure_boards_in_its_own_organisation_only() {
    let home = "https://dev.azure.com/acme";
    let boards = naming(&[Pattern::AzureBoards, Pattern::Number], Some(home), "Shop");
    let repository = "https://dev.azure.com/acme/Shop/_git/till";
    check(&boards, "Fix #12 and AB#13", repository, &["AB#12", "AB#13"], 0);
    check(&boards, "Fix #12 and AB#13", SHOP, &["AB#13"], 1);
    check(&boards, "Fix #12", "https://dev.azure.com/acmes/Shop/_git/till", &[], 1);
}

#[test]
fn projects_are_keys_or_paths() {
    for (text, expected) in [("shop", "shop"), (" SHOP- ", "SHOP"), ("acme/shop#", "acme/shop")] {
        assert_eq!(project(text).as_deref(), Ok(expected));
    }
    for wrong in ["", "A B", "/shop", "7", "a//b", "a;b"] {
        assert!(project(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_key_of_another_customer_s_site_is_not_ours() {
    let platform = platform::find("jira").unwrap();
    let settings = Settings::new("jira").with("project", "SHOP", Origin::Default).with(
        "api_endpoint",
        "https://acme.atlassian.net",
        Origin::Default,
    );
    let chosen = Chosen { platform, settings, work_items: None };
    let jira = Naming::of([(&chosen, &platform.metadata())], &[]);
    let page = |site: &str| format!("Fixes https://{site}/browse/SHOP-1");
    check(&jira, &page("acme.atlassian.net"), SHOP, &["SHOP-1"], 0);
    check(&jira, &page("other.atlassian.net"), SHOP, &[], 1);
}

#[test]
fn keys_need_no_page() {
    let jira = naming(&[Pattern::Key], None, "SHOP");
    check(&jira, "SHOP-1 and PAY-2", SHOP, &["SHOP-1"], 1);
    let both = jira.with_projects(&["PAY".to_owned()]);
    check(&both, "SHOP-1 and PAY-2", SHOP, &["PAY-2"], 1);
    let route = Route { prefix: "PAY".to_owned(), tracker: "it".to_owned() };
    let mut routed = jira.clone();
    routed.add(&route.prefix);
    check(&routed, "SHOP-1 and PAY-2", SHOP, &["SHOP-1", "PAY-2"], 0);
}
