//! Lines that GitLab executes instead of keeping them, in descriptions and notes.

use crate::fake::store::Item;

/// Some of the many commands. Closing and labelling are what a stranger would try.
const COMMANDS: [&str; 3] = ["/close", "/label", "/unlabel"];

/// The text without its commands, and the commands. Carriage returns are no characters of a line.
pub(super) fn extract(text: &str) -> (String, Vec<String>) {
    let (mut kept, mut commands, mut in_code) = (Vec::new(), Vec::new(), false);
    for line in text.split('\n') {
        let plain = line.replace('\r', "");
        in_code ^= plain.starts_with("```");
        let first = plain.split(' ').next().unwrap_or_default().to_lowercase();
        if !in_code && COMMANDS.contains(&first.as_str()) {
            commands.push(first);
        } else {
            kept.push(line);
        }
    }
    (kept.join("\n"), commands)
}

/// Carries commands out.
pub(super) fn execute(commands: &[String], item: &mut Item, now: jiff::Timestamp) {
    for command in commands {
        match command.as_str() {
            "/close" => item.move_to("closed", true, now),
            _ => item.labels.clear(),
        }
    }
}
