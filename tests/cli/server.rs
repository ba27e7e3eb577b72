//! A server on 127.0.0.1 that answers every request with the same canned bytes, or never.

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How the server treats whoever connects.
#[derive(Clone, Debug)]
pub(crate) enum Manners {
    /// Answers with this.
    Answer(String),
    /// Accepts, listens, and says nothing.
    Silence,
    /// Accepts and closes.
    Hangup,
}

/// A server that lives as long as the process.
pub(crate) struct Server {
    pub(crate) url: String,
    heads: Arc<Mutex<Vec<String>>>,
    visits: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heads = Arc::new(Mutex::new(Vec::new()));
        let visits = Arc::new(AtomicUsize::new(0));
        let (seen, visited) = (heads.clone(), visits.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                visited.fetch_add(1, Ordering::SeqCst);
                let (manners, seen) = (manners.clone(), seen.clone());
                thread::spawn(move || serve(stream, &manners, &seen));
            }
        });
        Self { url, heads, visits }
    }

    /// A server that answers as AWS refuses: in the XML that most services speak, with the code where JSON services look for it.
    pub(crate) fn refusing(status: u16, code: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        );
        let head = format!("HTTP/1.1 {status} No\r\nContent-Type: text/xml\r\nx-amzn-ErrorType: {code}\r\n");
        Self::start(Manners::Answer(format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())))
    }

    /// Connections so far.
    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// The heads of the requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no request panicked").clone()
    }
}

/// A whole answer.
pub(crate) fn answer(status: &str, content_type: &str, body: &str) -> Manners {
    Manners::Answer(format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ))
}

fn serve(mut stream: TcpStream, manners: &Manners, seen: &Mutex<Vec<String>>) {
    let limit = Some(Duration::from_secs(60));
    if stream.set_read_timeout(limit).is_err() {
        return;
    }
    match manners {
        Manners::Hangup => {}
        Manners::Silence => while matches!(stream.read(&mut [0; 1024]), Ok(1..)) {},
        Manners::Answer(bytes) => {
            let Some(head) = request(&mut stream) else { return };
            seen.lock().expect("no request panicked").push(head);
            // Whoever asked may be gone already.
            drop(stream.write_all(bytes.as_bytes()));
        }
    }
}

/// Reads one request to its end, so that closing afterwards resets nothing.
fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|length| length.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(head.to_owned());
            }
        }
    }
}
