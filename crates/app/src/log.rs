//! Logs: always on stderr, always through the output gate.

use crate::gate::Gate;
use ci::untrusted;
use std::{fmt, sync::Arc};
use tracing::{Event, Level, Subscriber, field::Visit};
use tracing_subscriber::{
    Layer, layer::Context, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Starts logging: warnings by default, `-v` what is done, `-vv` every request, `-q` errors only.
pub(crate) fn start(gate: &Arc<Gate>, verbose: u8, quiet: bool) {
    let most = match (quiet, verbose) {
        (true, _) => Level::ERROR,
        (_, 0) => Level::WARN,
        (_, 1) => Level::INFO,
        _ => Level::DEBUG,
    };
    let layer = Lines { gate: Arc::clone(gate), most };
    // A second start in one process (tests) keeps the first logger.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

/// One line for each event of our own crates.
struct Lines {
    gate: Arc<Gate>,
    most: Level,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let metadata = event.metadata();
        let ours = metadata.target().starts_with("backend") || metadata.target().starts_with("app");
        if *metadata.level() > self.most || !ours {
            return;
        }
        let mut line = Line::default();
        event.record(&mut line);
        let level = metadata.level().as_str().to_ascii_lowercase();
        let line = self.gate.redacted(&format!("{level}: {}{}", line.message, line.fields));
        self.gate.note(&untrusted::line(&line));
    }
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.fields.push_str(&format!(" {}={value:?}", field.name()));
        }
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.fields.push_str(&format!(" {}={value}", field.name()));
    }
}
