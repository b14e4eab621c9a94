//! HTTP/1.1 on a byte stream: just enough to be talked to by any client.

use super::{Request, Response};
use std::io;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection: the socket and what was read from it beyond the last request.
pub(super) struct Connection {
    pub(super) socket: TcpStream,
    buffer: Vec<u8>,
}

const MAX_HEADERS: usize = 100;
const MAX_BODY: usize = 64 << 20;

impl Connection {
    pub(super) fn new(socket: TcpStream) -> Self {
        Self { socket, buffer: Vec::new() }
    }

    /// The next request; `None` when the client is done with the connection.
    pub(super) async fn receive(&mut self) -> io::Result<Option<Request>> {
        let (mut request, head) = loop {
            if let Some(parsed) = parse_head(&self.buffer)? {
                break parsed;
            }
            if !self.fill().await? {
                return Ok(None);
            }
        };
        let chunked = request.header("transfer-encoding").is_some_and(|v| v.contains("chunked"));
        let end = if chunked {
            self.chunks(head, &mut request.body).await?
        } else {
            let length = request.header("content-length").and_then(|v| v.parse().ok());
            let end = head + length.unwrap_or(0usize).min(MAX_BODY);
            self.fill_to(end).await?;
            request.body = self.buffer[head..end].to_vec();
            end
        };
        request.raw = self.buffer.drain(..end).collect();
        Ok(Some(request))
    }

    /// Reads a chunked body that starts at `position`; returns where it ends.
    async fn chunks(&mut self, mut position: usize, body: &mut Vec<u8>) -> io::Result<usize> {
        loop {
            let (start, size) = loop {
                match httparse::parse_chunk_size(&self.buffer[position..])
                    .map_err(|_| malformed())?
                {
                    httparse::Status::Complete((length, size)) => break (position + length, size),
                    httparse::Status::Partial => self.fill_to(self.buffer.len() + 1).await?,
                }
            };
            let size = usize::try_from(size).map_err(|_| malformed())?;
            let end =
                start.checked_add(size).filter(|end| *end <= MAX_BODY).ok_or_else(malformed)?;
            self.fill_to(end + 2).await?;
            body.extend_from_slice(&self.buffer[start..end]);
            position = end + 2;
            if size == 0 {
                return Ok(position);
            }
        }
    }

    async fn fill_to(&mut self, length: usize) -> io::Result<()> {
        while self.buffer.len() < length {
            if !self.fill().await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    async fn fill(&mut self) -> io::Result<bool> {
        Ok(self.socket.read_buf(&mut self.buffer).await? > 0)
    }

    /// Sends a whole answer.
    pub(super) async fn send(&mut self, response: &Response) -> io::Result<()> {
        let mut bytes = head(response);
        bytes.extend_from_slice(&response.body);
        self.socket.write_all(&bytes).await
    }
}

/// Status line and headers, with the length of the whole body.
pub(super) fn head(response: &Response) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Status\r\n", response.status);
    for (name, value) in &response.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    if response.status != 204 {
        head.extend(["Content-Length: ", &response.body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    head.into_bytes()
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not an HTTP/1.1 request")
}

/// The request without its body, and the length of its head; `None` while the head is incomplete.
fn parse_head(bytes: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(bytes).map_err(|_| malformed())? else {
        return Ok(None);
    };
    let target = parsed.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = Request {
        method: parsed.method.unwrap_or_default().to_ascii_uppercase(),
        path: path.to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: parsed.headers.iter().map(owned).collect(),
        ..Request::default()
    };
    Ok(Some((request, length)))
}

fn owned(header: &httparse::Header<'_>) -> (String, String) {
    (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
}
