//! One file as a multipart form, written by hand so that no name can break out of its header.

use crate::{digest, model::Attachment};

/// Media type and body of a form with one file.
pub fn form(file: &Attachment) -> (String, Vec<u8>) {
    let boundary = boundary(&file.content);
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        file_name(&file.name),
        media_type(&file.media_type),
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), &file.content, tail.as_bytes()].concat();
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A line that the content does not hold: its own digest, which it cannot hold but by design, and then another one.
fn boundary(content: &[u8]) -> String {
    let mut boundary = format!("file-{}", &digest::sha256_hex(content)[..40]);
    while content.windows(boundary.len()).any(|part| part == boundary.as_bytes()) {
        boundary = format!("file-{}", &digest::sha256_hex(boundary.as_bytes())[..40]);
    }
    boundary
}

/// The last part of a path, escaped as browsers do.
fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let name = if matches!(name, "" | "." | "..") { "attachment" } else { name };
    let mut escaped = String::new();
    for c in name.chars() {
        match c {
            '"' => escaped.push_str("%22"),
            c if c.is_control() => escaped.push('_'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A media type that is nothing else.
fn media_type(text: &str) -> &str {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"!#$&^_.+-/;= ".contains(&c);
    let good = text.contains('/') && !text.is_empty() && text.bytes().all(plain);
    if good { text } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        for (name, expected) in [
            ("build.log", "build.log"),
            ("../../etc/passwd", "passwd"),
            ("C:\\logs\\a b.txt", "a b.txt"),
            ("a\"\r\nX-Evil: 1", "a%22__X-Evil: 1"),
            ("..", "attachment"),
            ("", "attachment"),
            ("Übersicht.txt", "Übersicht.txt"),
        ] {
            assert_eq!(file_name(name), expected, "{name:?}");
        }
        assert_eq!(media_type("text/plain; charset=utf-8"), "text/plain; charset=utf-8");
        assert_eq!(media_type("text/plain\r\nX: 1"), "application/octet-stream");
        assert_eq!(media_type(""), "application/octet-stream");
    }

    #[test]
    fn a_form_holds_the_content_untouched() {
        let content = b"--x\r\n\x00\xff".to_vec();
        let file = Attachment { name: "a.bin".into(), media_type: "text/plain".into(), content };
        let (media_type, body) = form(&file);
        let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(text.starts_with(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\""
        )));
        assert!(text.ends_with(&format!("\r\n--{boundary}--\r\n")));
        assert!(body.windows(file.content.len()).any(|part| part == file.content));
    }
}
