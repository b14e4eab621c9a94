//! Lines of bounded length.

use std::io;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A line without its end, or the last piece of a stream that does not end with one.
    Whole(Vec<u8>),
    /// The beginning of a line that is longer than it may be; the rest is still to be read.
    Long(Vec<u8>),
}

/// Reads lines of at most so many bytes, so that no program fills our memory.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    longest: usize,
    read: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R, longest: usize) -> Self {
        Self { reader: BufReader::new(reader), longest, read: Vec::new() }
    }

    /// The next line; `None` at the end. A call that is dropped loses nothing of the line.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let chunk = self.reader.fill_buf().await?;
            if chunk.is_empty() {
                let rest = std::mem::take(&mut self.read);
                return Ok((!rest.is_empty()).then_some(Line::Whole(rest)));
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let piece = &chunk[..end.unwrap_or(chunk.len())];
            let room = self.longest.saturating_sub(self.read.len());
            if piece.len() > room {
                self.read.extend_from_slice(&piece[..room]);
                self.reader.consume(room);
                return Ok(Some(Line::Long(std::mem::take(&mut self.read))));
            }
            self.read.extend_from_slice(piece);
            let used = piece.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(Some(Line::Whole(std::mem::take(&mut self.read))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_bounded() {
        let mut lines = Lines::new(&b"one\n\n12345678\r\nend"[..], 6);
        let mut read = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            read.push(line);
        }
        let whole = |text: &str| Line::Whole(text.as_bytes().to_vec());
        let long = Line::Long(b"123456".to_vec());
        assert_eq!(read, [whole("one"), whole(""), long, whole("78\r"), whole("end")]);
    }
}
