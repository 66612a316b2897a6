//! A receiver of webhooks that answers as it is told, with a thread of its own.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::sync::Notify;

/// How a receiver answers.
#[derive(Clone, Copy)]
pub(super) enum Reply {
    Status(u16),
    /// A redirect to another path of the receiver.
    Redirect,
    /// Closes the connection without a word.
    HangUp,
    /// Asks the fake at this address for the time first: 204 if it knows, 500 if not.
    AfterAsking(SocketAddr),
    /// Keeps the connection open and says nothing.
    Silence,
}

/// A request as it arrived.
pub(super) struct Arrival {
    pub(super) request_line: String,
    /// By lower-case names.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Value,
}

pub(super) struct Receiver {
    address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
}

#[derive(Default)]
struct Desk {
    replies: VecDeque<Reply>,
    arrivals: Vec<Arrival>,
    open: Vec<TcpStream>,
    bell: Arc<Notify>,
}

impl Receiver {
    /// Listens on a free port; answers 204 unless told otherwise.
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let desk = Arc::<Mutex<Desk>>::default();
        let clerk = Arc::clone(&desk);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                take(stream, &clerk);
            }
        });
        Self { address, desk }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/personio", self.address)
    }

    /// Answers the next requests like this, and all after them with 204.
    pub(super) fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.desk.lock().unwrap().replies.extend(replies);
    }

    /// Waits until so many requests have arrived.
    pub(super) async fn until(&self, count: usize) {
        let bell = Arc::clone(&self.desk.lock().unwrap().bell);
        while self.desk.lock().unwrap().arrivals.len() < count {
            bell.notified().await;
        }
    }

    pub(super) fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut self.desk.lock().unwrap().arrivals)
    }

    pub(super) fn take_names(&self) -> Vec<String> {
        let arrivals = self.take();
        arrivals.iter().map(Arrival::name).collect()
    }
}

impl Arrival {
    pub(super) fn name(&self) -> String {
        self.body["event_name"].as_str().unwrap().to_owned()
    }
}

fn take(stream: TcpStream, desk: &Mutex<Desk>) {
    let Some(arrival) = read(&stream) else {
        return;
    };
    let mut desk = desk.lock().unwrap();
    desk.arrivals.push(arrival);
    desk.bell.notify_one();
    let reply = desk.replies.pop_front().unwrap_or(Reply::Status(204));
    let head = match reply {
        Reply::Status(status) => format!("{status} As Told"),
        Reply::Redirect => "307 Elsewhere\r\nlocation: /elsewhere".to_owned(),
        Reply::AfterAsking(fake) if knows_the_time(fake) => "204 As Told".to_owned(),
        Reply::AfterAsking(_) => "500 In Vain".to_owned(),
        Reply::HangUp => return,
        Reply::Silence => return desk.open.push(stream),
    };
    let answer = format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    // Whoever asked may have gone.
    drop((&stream).write_all(answer.as_bytes()));
}

fn knows_the_time(fake: SocketAddr) -> bool {
    let request = "GET /_fake/clock HTTP/1.1\r\nhost: fake\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(fake).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn read(stream: &TcpStream) -> Option<Arrival> {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let request_line = line.trim_end().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        lines.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    lines.read_exact(&mut body).ok()?;
    Some(Arrival {
        request_line,
        headers,
        body: serde_json::from_slice(&body).ok()?,
    })
}
