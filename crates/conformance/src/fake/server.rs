//! The server of every fake: a real socket on 127.0.0.1, on a thread of its own, so that real processes and
//! tests with any kind of runtime can talk to it.

use super::{
    Handler, Request, Response,
    faults::{Plan, Rule, Script},
    stream::{self, Connection},
};
use std::{
    io, net,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt as _, net::TcpListener, sync::oneshot};
use url::Url;

/// A request and what became of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The request.
    pub request: Request,
    /// The handler's status; `None` when a fault kept the request from the handler.
    pub status: Option<u16>,
    /// When it arrived.
    pub at: Instant,
}

/// A running fake. It stops when dropped.
pub struct Server {
    url: Url,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

struct Shared {
    handler: Arc<dyn Handler>,
    script: Script,
    record: Mutex<Vec<Exchange>>,
}

impl Server {
    /// Starts serving on a free port of 127.0.0.1.
    pub fn start(handler: Arc<dyn Handler>) -> io::Result<Self> {
        let listener = net::TcpListener::bind((net::Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url =
            format!("http://{}/", listener.local_addr()?).parse().map_err(io::Error::other)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared =
            Arc::new(Shared { handler, script: Script::default(), record: Mutex::default() });
        let (stop, stopped) = oneshot::channel();
        let service = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, service) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { url, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, with a trailing slash.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Adds a fault to the script.
    pub fn inject(&self, rule: Rule) {
        self.shared.script.push(rule);
    }

    /// Forgets every fault that is still to come.
    pub fn behave(&self) {
        self.shared.script.clear();
    }

    /// Every request so far, in order of arrival.
    pub fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.shared.record).clone()
    }

    /// What the handler answers to a request now, without any fault and without a record.
    pub fn answer(&self, request: &Request) -> Response {
        self.shared.handler.handle(request)
    }

    /// How many requests with this method arrived at a path that ends so.
    pub fn count(&self, method: &str, path_end: &str) -> usize {
        let matches = |exchange: &&Exchange| {
            exchange.request.method == method && exchange.request.path.ends_with(path_end)
        };
        lock(&self.shared.record).iter().filter(matches).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: net::TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    while let Ok((socket, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        // Without this every small answer would wait 40 ms for the client's acknowledgement.
        socket.set_nodelay(true).ok();
        // A broken connection is the client's affair, and often the point of the test.
        tokio::spawn(async move { converse(Connection::new(socket), &shared).await.ok() });
    }
}

async fn converse(mut connection: Connection, shared: &Shared) -> io::Result<()> {
    while let Some(request) = connection.receive().await? {
        let plan = plan(request, shared);
        if !play(plan, &mut connection).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Decides how to answer, handles the request unless a fault forbids it, and records both.
fn plan(request: Request, shared: &Shared) -> Plan {
    let mut status = None;
    let mut handle = || {
        let response = shared.handler.handle(&request);
        status = Some(response.status);
        response
    };
    let plan = match shared.script.take(&request) {
        Some(fault) => fault.plan(&request, handle),
        None => Plan::Answer(handle()),
    };
    lock(&shared.record).push(Exchange { request, status, at: Instant::now() });
    plan
}

/// How long a byte of a dripping body takes.
const DRIP: Duration = Duration::from_millis(20);

/// Carries out a plan; false when the connection is over.
async fn play(plan: Plan, connection: &mut Connection) -> io::Result<bool> {
    match plan {
        Plan::Answer(response) => connection.send(&response).await.map(|()| true),
        Plan::Reset => connection.socket.set_zero_linger().map(|()| false),
        Plan::Bytes(bytes) => connection.socket.write_all(&bytes).await.map(|()| false),
        Plan::Cut(response) => {
            connection.socket.write_all(&stream::head(&response)).await?;
            let half = response.body.len() / 2;
            connection.socket.write_all(&response.body[..half]).await.map(|()| false)
        }
        Plan::Drip(response) => drip(&response, connection).await,
        // Reading on instead of sleeping notices when the client gives up.
        Plan::Silence => connection.receive().await.map(|_| false),
    }
}

async fn drip(response: &Response, connection: &mut Connection) -> io::Result<bool> {
    connection.socket.write_all(&stream::head(response)).await?;
    for byte in &response.body {
        connection.socket.write_all(&[*byte]).await?;
        connection.socket.flush().await?;
        tokio::time::sleep(DRIP).await;
    }
    Ok(true)
}
