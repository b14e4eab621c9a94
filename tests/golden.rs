//! Files that must be what the code makes: `UPDATE=1` writes them, everything else compares.

use acceptance::root;

/// Compares a file of the workspace with what it should be; with `UPDATE=1` in the environment, writes it.
pub(crate) fn check(path: &str, expected: &str) {
    let file = root().join(path);
    if std::env::vars_os().any(|(name, value)| name == "UPDATE" && value == "1") {
        std::fs::create_dir_all(file.parent().expect("a file has a folder"))
            .expect("the folder can be made");
        std::fs::write(&file, expected).expect("the file can be written");
        return;
    }
    let actual = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(
        actual, expected,
        "{path} is out of date; run the tests once with UPDATE=1 and look at the change"
    );
}
