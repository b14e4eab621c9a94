//! What goes wrong between a client and a tracker, scripted: "the nth request that looks like this meets that".

use super::{Request, Response, gzip};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// One way in which a request goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Refused with this status before anything happened, with any `Retry-After`, valid or not.
    Refuse(u16, Option<String>),
    /// Handled, and then answered with this status all the same.
    CommitThenStatus(u16),
    /// The connection is reset before anything happened.
    Reset,
    /// Handled, and then the connection is reset before the answer: the fault that makes duplicates.
    CommitThenReset,
    /// Handled; the connection closes in the middle of the answer's body.
    CutBody,
    /// A sign-in page with status 200, as proxies and expired sessions serve it.
    LoginPage,
    /// A page that says 503, as whatever stands before a tracker serves it while the tracker is down.
    OutagePage,
    /// Handled; 200 and `application/json`, and a body that is not.
    GarbageBody,
    /// Bytes that are not HTTP at all.
    NotHttp,
    /// Handled; 200 without a body.
    EmptyBody,
    /// No answer, ever.
    Silence,
    /// Handled; the body comes one byte at a time, slower than anybody waits.
    SlowBody,
    /// A redirect to the same place, with a count: use it with [`Rule::times`].
    RedirectHere,
    /// A redirect to the same path of another server.
    RedirectTo(Url),
    /// Refused with this status by a server that repeats the whole request in its answer.
    Echo(u16),
    /// 200 and a compressed body of so many bytes once unpacked.
    GzipBomb(usize),
    /// Handled; the value at this JSON pointer of the answer is null.
    Null(String),
    /// Handled; the member at this JSON pointer of the answer is left out.
    LeftOut(String),
}

impl Fault {
    /// 429 with this `Retry-After`.
    pub fn throttle(retry_after: &str) -> Self {
        Self::Refuse(429, Some(retry_after.to_owned()))
    }

    /// How the server answers; `handle` is called only by faults that let the request through.
    pub(super) fn plan(self, request: &Request, handle: impl FnOnce() -> Response) -> Plan {
        match self {
            Self::Refuse(status, retry_after) => Plan::Answer(refusal(status, retry_after)),
            Self::CommitThenStatus(status) => {
                handle();
                Plan::Answer(refusal(status, None))
            }
            Self::Reset => Plan::Reset,
            Self::CommitThenReset => {
                handle();
                Plan::Reset
            }
            Self::CutBody => Plan::Cut(handle()),
            Self::LoginPage => Plan::Answer(Response::with_body(200, "text/html", LOGIN_PAGE)),
            Self::OutagePage => Plan::Answer(Response::with_body(503, "text/html", OUTAGE_PAGE)),
            Self::GarbageBody => {
                Plan::Answer(Response { body: b"{\"fields\": \x00\xff[".to_vec(), ..handle() })
            }
            Self::NotHttp => Plan::Bytes(b"SSH-2.0-fake\r\n\x00\x01\x02".to_vec()),
            Self::EmptyBody => Plan::Answer(Response { body: Vec::new(), ..handle() }),
            Self::Silence => Plan::Silence,
            Self::SlowBody => Plan::Drip(handle()),
            Self::RedirectHere => Plan::Answer(redirect(&next_hop(request))),
            Self::RedirectTo(server) => Plan::Answer(redirect(&elsewhere(&server, request))),
            Self::Echo(status) => Plan::Answer(echo(status, request)),
            Self::Null(pointer) => Plan::Answer(changed(handle(), |body| {
                if let Some(value) = body.pointer_mut(&pointer) {
                    *value = Value::Null;
                }
            })),
            Self::LeftOut(pointer) => {
                Plan::Answer(changed(handle(), |body| leave_out(body, &pointer)))
            }
            Self::GzipBomb(length) => Plan::Answer(
                Response::with_body(200, "application/json", gzip::bomb(length))
                    .with_header("Content-Encoding", "gzip"),
            ),
        }
    }
}

/// What the server does on the wire.
#[derive(Debug)]
pub(super) enum Plan {
    Answer(Response),
    Reset,
    Bytes(Vec<u8>),
    Cut(Response),
    Drip(Response),
    Silence,
}

const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head>\
    <body><form action=\"/login\"><input name=\"password\" type=\"password\"></form></body></html>";

const OUTAGE_PAGE: &str = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n\
    <body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>";

fn refusal(status: u16, retry_after: Option<String>) -> Response {
    let response = Response::json(status, &serde_json::json!({"errorMessages": [], "errors": {}}));
    match retry_after {
        Some(value) => response.with_header("Date", DATE).with_header("Retry-After", value),
        None => response,
    }
}

/// The server's clock: a `Retry-After` that is a date counts from here.
const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";

fn echo(status: u16, request: &Request) -> Response {
    let raw = String::from_utf8_lossy(&request.raw).into_owned();
    let authorization = request.header("authorization").unwrap_or_default();
    let body =
        serde_json::json!({"errorMessages": [authorization, raw], "errors": {"header": raw}});
    Response::json(status, &body).with_header("X-Request-Id", authorization)
}

/// The same answer with another body, where it is JSON.
fn changed(answer: Response, change: impl FnOnce(&mut Value)) -> Response {
    let Ok(mut body) = serde_json::from_slice(&answer.body) else { return answer };
    change(&mut body);
    Response { body: body.to_string().into_bytes(), ..answer }
}

fn leave_out(body: &mut Value, pointer: &str) {
    let (holder, name) = pointer.rsplit_once('/').unwrap_or_default();
    if let Some(holder) = body.pointer_mut(holder).and_then(Value::as_object_mut) {
        holder.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

fn redirect(location: &str) -> Response {
    Response::empty(307).with_header("Location", location)
}

fn next_hop(request: &Request) -> String {
    let hop = request.number("hop").unwrap_or(0) + 1;
    format!("{}?hop={hop}", request.path)
}

fn elsewhere(server: &Url, request: &Request) -> String {
    format!("{}{}", server.as_str().trim_end_matches('/'), request.path)
}

/// Which requests meet a fault.
#[derive(Debug, Clone)]
pub struct Rule {
    fault: Fault,
    method: Option<&'static str>,
    part: Option<String>,
    skip: usize,
    times: usize,
}

impl Rule {
    /// The next request meets `fault`, once.
    pub fn new(fault: Fault) -> Self {
        Self { fault, method: None, part: None, skip: 0, times: 1 }
    }

    /// Only requests with this method, for a target that contains `part`, count.
    #[must_use]
    pub fn on(mut self, method: &'static str, part: impl Into<String>) -> Self {
        self.method = Some(method);
        self.part = Some(part.into());
        self
    }

    /// Lets so many requests that count pass first.
    #[must_use]
    pub fn after(mut self, requests: usize) -> Self {
        self.skip = requests;
        self
    }

    /// So many requests in a row meet the fault.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Every request from then on meets the fault.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    fn counts(&self, request: &Request) -> bool {
        self.method.is_none_or(|method| request.method == method)
            && self.part.as_ref().is_none_or(|part| request.target().contains(part.as_str()))
    }

    /// The fault, when this request is one that meets it.
    fn strike(&mut self, request: &Request) -> Option<Fault> {
        if self.times == 0 || !self.counts(request) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.fault.clone())
    }
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Script(Mutex<Vec<Rule>>);

impl Script {
    pub(super) fn push(&self, rule: Rule) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn take(&self, request: &Request) -> Option<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = rules.iter_mut().find_map(|rule| rule.strike(request));
        rules.retain(|rule| rule.times > 0);
        fault
    }
}
