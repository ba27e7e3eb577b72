//! As much HTTP/1.1 as the proxy needs: one message per connection and direction.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// A request or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// The request line or the status line.
    pub(crate) start: String,
    /// Names as they came, in their order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, without chunking.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// An answer of our own.
    pub(crate) fn answer(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self { start: format!("HTTP/1.1 {status} {}", reason(status)), headers, body: body.into() }
    }

    /// A header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        self.start.split(' ').nth(1)?.parse().ok()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The message as it goes over the wire: its length told, its connection closed.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes_with_length(self.body.len())
    }

    /// The same to a `HEAD` request: the length of the body that is not sent stays as the server told it.
    pub(crate) fn bytes_without_body(&self) -> Vec<u8> {
        let length = self.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        self.bytes_with_length(length)
    }

    fn bytes_with_length(&self, length: usize) -> Vec<u8> {
        const OURS: [&str; 4] = ["connection", "content-length", "transfer-encoding", "expect"];
        let mut head = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            if !OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        head.push_str(&format!("Content-Length: {length}\r\nConnection: close\r\n\r\n"));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// What ends a message that tells no length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// A request: without a length there is none.
    Request,
    /// An answer: without a length it ends with the connection.
    Answer,
    /// An answer to `HEAD`: there is none, whatever the length says.
    None,
}

/// Reads one message; `None` when the peer closed before sending anything.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin), body: Body) -> io::Result<Option<Message>> {
    let mut buffer = Vec::new();
    let head_end = loop {
        if let Some(end) = find(&buffer, b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    };
    let rest = buffer.split_off(head_end + 4);
    let mut message = parse_head(&String::from_utf8_lossy(&buffer))?;
    message.body = read_body(stream, &message, rest, body).await?;
    Ok(Some(message))
}

fn parse_head(head: &str) -> io::Result<Message> {
    let mut lines = head.trim_end().split("\r\n");
    let start = lines.next().filter(|line| line.contains(' ')).ok_or(io::ErrorKind::InvalidData)?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Ok(Message { start, headers: headers.collect(), body: Vec::new() })
}

async fn read_body(stream: &mut (impl AsyncRead + Unpin), head: &Message, mut rest: Vec<u8>, body: Body) -> io::Result<Vec<u8>> {
    if body == Body::None {
        return Ok(Vec::new());
    }
    if head.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            if let Some(whole) = unchunk(&rest) {
                return Ok(whole);
            }
            if stream.read_buf(&mut rest).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
    match head.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => {
            while rest.len() < length {
                if stream.read_buf(&mut rest).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            rest.truncate(length);
        }
        None if body == Body::Answer => {
            stream.read_to_end(&mut rest).await?;
        }
        None => rest.clear(),
    }
    Ok(rest)
}

/// The body of a chunked message, when all of it is there.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line_end = find(rest, b"\r\n")?;
        let line = std::str::from_utf8(&rest[..line_end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[line_end + 2..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parsed(mut wire: &[u8], body: Body) -> Message {
        read(&mut wire, body).await.expect("readable").expect("a message")
    }

    #[tokio::test]
    async fn bodies_end_by_length_chunks_or_connection() {
        let by_length = parsed(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcdef", Body::Request).await;
        assert_eq!(by_length.text(), "abc");
        let chunked =
            parsed(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n", Body::Answer).await;
        assert_eq!(chunked.text(), "abc");
        let by_close = parsed(b"HTTP/1.0 200 OK\r\n\r\nabc", Body::Answer).await;
        assert_eq!((by_close.text(), by_close.status()), ("abc".to_owned(), Some(200)));
        assert_eq!(parsed(b"GET / HTTP/1.1\r\n\r\nabc", Body::Request).await.text(), "");
    }

    #[tokio::test]
    async fn half_a_message_is_an_error() {
        for wire in ["GET / HT", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"] {
            assert!(read(&mut wire.as_bytes(), Body::Request).await.is_err(), "{wire:?}");
        }
        assert_eq!(read(&mut &b""[..], Body::Request).await.expect("closed"), None);
    }

    #[tokio::test]
    async fn what_is_written_tells_its_true_length_once() {
        let mut message = parsed(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc", Body::Answer).await;
        message.body = b"longer".to_vec();
        let wire = String::from_utf8(message.bytes()).expect("text");
        assert_eq!(wire, "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 6\r\nConnection: close\r\n\r\nlonger");
    }
}
