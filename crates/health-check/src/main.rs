//! Says whether every configured tracker answers, who we are there and what we may do.

fn main() -> std::process::ExitCode {
    app::main(health_check::run)
}
