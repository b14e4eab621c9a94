//! A vendor's mock server: a process of its own, made from the vendor's API description.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use url::Url;

/// Longest time to download and unpack the mock's packages.
const INSTALL: Duration = Duration::from_mins(5);
/// Longest time until a mock has read its description.
const START: Duration = Duration::from_mins(2);

/// A running mock. It ends with the value.
pub(super) struct Mock {
    pub(super) name: &'static str,
    pub(super) url: Url,
    process: Child,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Installs the mock's packages, unless they are there.
pub(super) fn install(tool: &Path) -> Result<(), String> {
    let quiet = || Stdio::null();
    let mut child = Command::new(tool)
        .arg("--install")
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .spawn()
        .map_err(|error| error.to_string())?;
    let end = Instant::now() + INSTALL;
    loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("it ended with {status}")),
            None if Instant::now() > end => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it took longer than {INSTALL:?}"));
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Starts several mocks at once.
pub(super) fn start_all(tool: &Path, names: &[&'static str]) -> Vec<Mock> {
    thread::scope(|scope| {
        let starting: Vec<_> =
            names.iter().map(|name| scope.spawn(move || start(tool, name))).collect();
        starting.into_iter().map(|mock| mock.join().unwrap()).collect()
    })
}

fn start(tool: &Path, name: &'static str) -> Mock {
    // Free at this moment; nobody else on this machine is likely to take it within seconds.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut process = Command::new(tool)
        .args([name, &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = process.stdout.take().unwrap();
    let mock = Mock { name, url: format!("http://127.0.0.1:{port}/").parse().unwrap(), process };
    let (ready, listening) = mpsc::channel();
    thread::spawn(move || {
        // Reads on after the mock is ready, so that it never waits for a reader of its log.
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if line.contains("Prism is listening") || line.starts_with("linear mock on") {
                let _ = ready.send(());
            }
        }
    });
    assert!(listening.recv_timeout(START).is_ok(), "the mock of {name} does not start");
    mock
}
