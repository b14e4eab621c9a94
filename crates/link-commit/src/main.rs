//! Links the work items named in commits to those commits.

fn main() -> std::process::ExitCode {
    app::main(link_commit::run)
}
