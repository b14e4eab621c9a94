//! Links the work items named by a pull request to it, and keeps the links true.

fn main() -> std::process::ExitCode {
    app::main(link_pr::run)
}
