//! Creates, reads, updates and searches work items on any tracker.

fn main() -> std::process::ExitCode {
    app::main(work_item::run)
}
