//! A server of a hundred lines that answers as a script says, well or badly.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What came over the wire.
pub(super) struct Asked {
    /// Method, path and query.
    pub(super) line: String,
    /// `Service.Operation` of the JSON protocols.
    pub(super) target: String,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn is(&self, text: &str) -> bool {
        self.line.contains(text) || self.target.ends_with(text) || self.body.contains(&format!("Action={text}&"))
    }
}

/// What goes back.
pub(super) enum Answer {
    /// A whole answer.
    Http(u16, String),
    /// A length that the body does not have, then the end of the connection.
    CutOff(String),
    /// No length: the end of the connection ends the body.
    UntilClose(String),
    /// Nothing, for ever.
    Stall,
    /// Half an answer, then nothing for ever.
    StallInBody(String),
}

pub(super) fn ok(body: impl Into<String>) -> Answer {
    Answer::Http(200, body.into())
}

type Script = dyn Fn(&Asked, usize) -> Option<Answer> + Send + Sync;

/// Starts a server; the script gets each request with its number, from 0, among those that look the same.
pub(super) async fn serve(script: impl Fn(&Asked, usize) -> Option<Answer> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let script: Arc<Script> = Arc::new(script);
    let seen = Arc::new(std::sync::Mutex::new(BTreeMap::<String, usize>::new()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
            tokio::spawn(async move {
                if let Some(asked) = receive(stream).await {
                    let (asked, stream) = asked;
                    let key = format!("{} {} {}", asked.line, asked.target, asked.body);
                    let number = {
                        let mut seen = seen.lock().expect("not poisoned");
                        let count = seen.entry(key).or_default();
                        *count += 1;
                        *count - 1
                    };
                    let answer = script(&asked, number).unwrap_or_else(|| super::usual(&asked));
                    reply(stream, answer).await;
                }
            });
        }
    });
    format!("http://{address}")
}

async fn receive(mut stream: TcpStream) -> Option<(Asked, TcpStream)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        if body.len() >= header("content-length").parse().unwrap_or(0) {
            let line = head.lines().next().unwrap_or_default().to_owned();
            return Some((Asked { line, target: header("x-amz-target"), body: body.to_owned() }, stream));
        }
    }
}

async fn reply(mut stream: TcpStream, answer: Answer) {
    let head = |status: u16, length: usize| format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    let text = match &answer {
        Answer::Http(status, body) => head(*status, body.len()) + body,
        Answer::CutOff(body) => head(200, body.len() + 100) + body,
        Answer::UntilClose(body) => format!("HTTP/1.1 200 X\r\nconnection: close\r\n\r\n{body}"),
        Answer::Stall => String::new(),
        Answer::StallInBody(body) => head(200, body.len() + 100) + body,
    };
    let _ = stream.write_all(text.as_bytes()).await;
    if matches!(answer, Answer::Stall | Answer::StallInBody(_)) {
        std::future::pending::<()>().await;
    }
    let _ = stream.shutdown().await;
}
