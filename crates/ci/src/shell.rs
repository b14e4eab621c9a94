//! A plain shell: messages are lines, and the report on standard output is all there is to hand on.

use crate::{Context, Effect, Host, Level, Place, untrusted};

#[derive(Debug)]
pub(crate) struct Shell;

impl Host for Shell {
    fn name(&self) -> &'static str {
        "shell"
    }

    /// A shell says nothing; git does.
    fn context(&self) -> Context {
        Context::default()
    }

    /// A shell has arguments; `INPUT_*` here belongs to somebody else, such as the action that runs this hook.
    fn input(&self, _name: &str) -> Option<String> {
        None
    }

    fn output(&mut self, _name: &str, _value: &str) -> Vec<Effect> {
        Vec::new()
    }

    fn annotate(&mut self, level: Level, text: &str, place: Option<&Place>) -> Vec<Effect> {
        vec![Effect::Log(message(level, text, place))]
    }

    fn summarize(&mut self, _markdown: &str) -> Vec<Effect> {
        Vec::new()
    }

    fn mask(&mut self, _secret: &str) -> Vec<Effect> {
        Vec::new()
    }

    fn lends(&self, _token: &str) -> bool {
        false
    }
}

/// `warning: config.yaml:3: text`, as compilers say it.
pub(crate) fn message(level: Level, text: &str, place: Option<&Place>) -> String {
    let level = match level {
        Level::Notice => "notice",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    let place = place.map(|place| {
        let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: ", untrusted::line(&place.file))
    });
    format!("{level}: {}{}", place.unwrap_or_default(), untrusted::print(text))
}
