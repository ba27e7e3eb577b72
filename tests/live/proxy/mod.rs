//! A reverse proxy between an AWS client and the emulator: it keeps a journal, rewrites answers, and makes the weather.

mod answers;
mod call;
mod http;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) use call::Call;
use http::{Body, Message};

use crate::runtime::block_on;

/// What happens to a request.
#[derive(Clone)]
pub(crate) enum Effect {
    /// Refused for want of a permission.
    Deny,
    /// Refused for too many requests.
    Throttle,
    /// Answered with this server error, with AWS's body.
    Fail(u16),
    /// An error of this status and code, in the words of the service.
    Refuse(u16, &'static str),
    /// The connection closes before an answer.
    Drop,
    /// The connection closes after half the body.
    DropHalf,
    /// The connection is held open this long without an answer, and then closed.
    Stall(Duration),
    /// Half the body, and a length that agrees with the half.
    Truncate,
    /// Status 200 and nothing.
    Empty,
    /// A page for people, with this status.
    Html(u16),
    /// Every page names itself as the next.
    RepeatToken,
    /// The answer's body, rewritten.
    Rewrite(Arc<dyn Fn(&str) -> String + Send + Sync>),
}

impl Effect {
    /// A rewriting of the body.
    pub(crate) fn rewrite(with: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self::Rewrite(Arc::new(with))
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deny => "deny",
            Self::Throttle => "throttle",
            Self::Fail(_) => "fail",
            Self::Refuse(_, code) => code,
            Self::Drop => "drop",
            Self::DropHalf => "drop half",
            Self::Stall(_) => "stall",
            Self::Truncate => "truncate",
            Self::Empty => "empty",
            Self::Html(_) => "html",
            Self::RepeatToken => "repeat token",
            Self::Rewrite(_) => "rewrite",
        })
    }
}

type Choice = Box<dyn Fn(&Call) -> Option<Effect> + Send + Sync>;

/// One request as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The request.
    pub(crate) call: Call,
    /// The status that the client got; `None` when it got no answer.
    pub(crate) status: Option<u16>,
}

struct Shared {
    upstream: u16,
    rules: Mutex<Vec<Choice>>,
    journal: Mutex<Vec<Entry>>,
    counts: Mutex<BTreeMap<(String, String, String), u32>>,
}

/// A running proxy; it stops when dropped.
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) url: String,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    /// Starts in front of what listens on 127.0.0.1 at this port.
    pub(crate) fn before(upstream: u16) -> Self {
        let listener = block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a free port");
        let port = listener.local_addr().expect("a bound socket").port();
        let shared = Arc::new(Shared { upstream, rules: Mutex::default(), journal: Mutex::default(), counts: Mutex::default() });
        let serving = Arc::clone(&shared);
        let listening = crate::runtime::runtime().spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                // A client that went away is its own affair.
                tokio::spawn(async move { drop(serve(&shared, client).await) });
            }
        });
        Self { url: format!("http://127.0.0.1:{port}"), shared, listening }
    }

    /// From now on, requests that match suffer the effect. Rewritings add up; of the others the first that matches counts.
    pub(crate) fn inject(&self, when: impl Fn(&Call) -> bool + Send + Sync + 'static, effect: Effect) {
        lock(&self.shared.rules).push(Box::new(move |call| when(call).then(|| effect.clone())));
    }

    /// The same for every call of an operation.
    pub(crate) fn inject_into(&self, operation: &'static str, effect: Effect) {
        self.inject(move |call| call.operation == operation, effect);
    }

    /// From now on, each share of the requests suffers its effect. The same seed gives the nth call of an operation the same
    /// fate, in whatever order calls come.
    pub(crate) fn weather(&self, seed: u64, shares: Vec<(f64, Effect)>) {
        lock(&self.shared.rules).push(Box::new(move |call| {
            let mut roll = dice(seed, call);
            shares.iter().find_map(|(share, effect)| {
                roll -= share;
                (roll < 0.0).then(|| effect.clone())
            })
        }));
    }

    /// Takes every rule away.
    pub(crate) fn clear(&self) {
        lock(&self.shared.rules).clear();
    }

    /// What was asked and answered since the start or the last call of this, in the order of the answers.
    pub(crate) fn take_journal(&self) -> Vec<Entry> {
        std::mem::take(&mut *lock(&self.shared.journal))
    }
}

/// A panic of another test leaves the data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A number from 0 to 1 that depends on the seed and on which call it is, and on nothing else. FNV-1a, then the finaliser of
/// SplitMix64.
fn dice(seed: u64, call: &Call) -> f64 {
    let name = format!("{} {} {} {}", call.service, call.operation, call.region, call.nth);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let mixed = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(u32::MAX);
    f64::from(mixed) / f64::from(u32::MAX)
}

async fn serve(shared: &Shared, mut client: TcpStream) -> io::Result<()> {
    let Some(request) = http::read(&mut client, Body::Request).await? else { return Ok(()) };
    let mut call = Call::of(&request);
    call.nth = {
        let mut counts = lock(&shared.counts);
        let count = counts.entry((call.service.clone(), call.operation.clone(), call.region.clone())).or_default();
        *count += 1;
        *count
    };
    let effects: Vec<Effect> = lock(&shared.rules).iter().filter_map(|rule| rule(&call)).collect();
    let (rewrites, faults): (Vec<_>, Vec<_>) = effects.into_iter().partition(|effect| matches!(effect, Effect::Rewrite(_)));
    let head_only = request.start.starts_with("HEAD ");
    let sent = suffer(shared, &request, &call, rewrites, faults.into_iter().next(), head_only).await?;
    let status = sent.as_ref().and_then(|sent| sent.status);
    lock(&shared.journal).push(Entry { call, status });
    if let Some(sent) = sent {
        client.write_all(&sent.bytes).await?;
        client.shutdown().await?;
    }
    Ok(())
}

/// What the client gets.
struct Sent {
    /// The status it can make sense of; `None` for half an answer.
    status: Option<u16>,
    bytes: Vec<u8>,
}

impl Sent {
    fn whole(answer: &Message) -> Self {
        Self { status: answer.status(), bytes: answer.bytes() }
    }
}

/// Applies the fault, or forwards and rewrites; `None` closes the connection without a word.
async fn suffer(
    shared: &Shared,
    request: &Message,
    call: &Call,
    rewrites: Vec<Effect>,
    fault: Option<Effect>,
    head_only: bool,
) -> io::Result<Option<Sent>> {
    let own = match &fault {
        Some(Effect::Deny) => Some(answers::denied(call)),
        Some(Effect::Throttle) => Some(answers::throttled(call)),
        Some(Effect::Fail(status)) => Some(answers::failed(call, *status)),
        Some(Effect::Refuse(status, code)) => Some(answers::error(call, *status, code, "refused by the test")),
        Some(Effect::Html(status)) => Some(answers::html(*status)),
        Some(Effect::Empty) => Some(Message { headers: Vec::new(), ..Message::answer(200, "", "") }),
        Some(Effect::Drop) => return Ok(None),
        Some(Effect::Stall(time)) => {
            tokio::time::sleep(*time).await;
            return Ok(None);
        }
        Some(Effect::DropHalf | Effect::Truncate | Effect::RepeatToken | Effect::Rewrite(_)) | None => None,
    };
    if let Some(mut own) = own {
        if head_only {
            own.body.clear();
        }
        return Ok(Some(Sent::whole(&own)));
    }
    let mut answer = forward(shared.upstream, request, head_only).await?;
    if head_only {
        return Ok(Some(Sent { status: answer.status(), bytes: answer.bytes_without_body() }));
    }
    for rewrite in rewrites {
        if let Effect::Rewrite(with) = rewrite {
            answer.body = with(&answer.text()).into_bytes();
        }
    }
    let half = answer.body.len() / 2;
    match fault {
        Some(Effect::DropHalf) => {
            let mut bytes = answer.bytes();
            bytes.truncate(bytes.len() - (answer.body.len() - half));
            Ok(Some(Sent { status: None, bytes }))
        }
        Some(Effect::Truncate) => {
            answer.body.truncate(half);
            Ok(Some(Sent::whole(&answer)))
        }
        Some(Effect::RepeatToken) => {
            answers::repeat_token(call, &mut answer);
            Ok(Some(Sent::whole(&answer)))
        }
        _ => Ok(Some(Sent::whole(&answer))),
    }
}

/// Sends a form, past every proxy, to what listens on 127.0.0.1 at this port.
pub(crate) async fn post(port: u16, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Message> {
    let host = [("Host", "127.0.0.1")];
    let headers = host.iter().chain(headers).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request = Message { start: format!("POST {path} HTTP/1.1"), headers, body: body.into() };
    forward(port, &request, false).await
}

async fn forward(upstream: u16, request: &Message, head_only: bool) -> io::Result<Message> {
    let mut server = TcpStream::connect(("127.0.0.1", upstream)).await?;
    server.write_all(&request.bytes()).await?;
    let body = if head_only { Body::None } else { Body::Answer };
    http::read(&mut server, body).await?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}
