//! Both ends of the wire: a broker that records and echoes, and a client that tells what it sees.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tests::{ApiKey, await_that};

/// Long enough for whatever must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// What a client that has seen something waits before it takes silence for an answer.
pub(crate) const SILENCE: Duration = Duration::from_millis(550);

/// A request as the broker received it.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) api: ApiKey,
    pub(crate) correlation: i32,
    pub(crate) body: Vec<u8>,
    /// When its last byte came, and in how many pieces it came.
    pub(crate) at: Instant,
    pub(crate) pieces: usize,
}

/// Answers each request with its correlation id and body, one after the other on each connection. Does
/// not answer a body that begins with `no answer`.
pub(crate) struct Broker {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Broker {
    pub(crate) fn start() -> Self {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port"))
    }

    /// Its threads end with the connections, the accepting one with the test's process.
    pub(crate) fn on(listener: TcpListener) -> Self {
        let address = listener.local_addr().expect("an address");
        let received = Arc::default();
        let log = Arc::clone(&received);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let log = Arc::clone(&log);
                thread::spawn(move || answer(connection, &log));
            }
        });
        Self { address, received }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("nobody panics with it").clone()
    }

    /// The correlation ids of what it received, in that order.
    pub(crate) fn order(&self) -> Vec<i32> {
        let received = self.received();
        received.iter().map(|request| request.correlation).collect()
    }

    /// Waits for a request.
    #[track_caller]
    pub(crate) fn awaited(&self, correlation: i32) -> Received {
        let find = || {
            let mut received = self.received().into_iter();
            received.find(|request| request.correlation == correlation)
        };
        await_that(
            PATIENCE,
            || find().is_some(),
            || format!("request {correlation} among {:?}", self.order()),
        );
        find().expect("it was there, and nothing is taken away")
    }
}

fn answer(mut connection: TcpStream, log: &Mutex<Vec<Received>>) {
    connection.set_nodelay(true).expect("a live connection");
    while let Ok((frame, pieces)) = read_frame(&mut connection) {
        let received = Received {
            api: ApiKey(i16::from_be_bytes([frame[0], frame[1]])),
            correlation: i32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]),
            body: frame[8..].to_vec(),
            at: Instant::now(),
            pieces,
        };
        log.lock()
            .expect("nobody panics with it")
            .push(received.clone());
        if received.body.starts_with(b"no answer") {
            continue;
        }
        let mut frame = received.correlation.to_be_bytes().to_vec();
        frame.extend(received.body);
        if write_frame(&mut connection, &frame).is_err() {
            return;
        }
    }
}

/// A frame without its length, and how many reads it took.
pub(crate) fn read_frame(from: &mut TcpStream) -> std::io::Result<(Vec<u8>, usize)> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    let (mut filled, mut reads) = (0, 0);
    while filled < frame.len() {
        match from.read(&mut frame[filled..])? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => filled += read,
        }
        reads += 1;
    }
    Ok((frame, reads))
}

fn write_frame(to: &mut TcpStream, frame: &[u8]) -> std::io::Result<()> {
    let mut whole = (frame.len() as u32).to_be_bytes().to_vec();
    whole.extend(frame);
    to.write_all(&whole)
}

/// What a client sees next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Answer(i32, Vec<u8>),
    Silence,
    Closed,
}

pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) fn of(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the proxy listens");
        stream.set_nodelay(true).expect("a live connection");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a time limit that is not zero");
        Self(stream)
    }

    /// Sends a request. A connection that is gone shows when its answer is read.
    pub(crate) fn send(&mut self, api: ApiKey, correlation: i32, body: &[u8]) {
        let _ = write_frame(&mut self.0, &request(api, correlation, body));
    }

    pub(crate) fn receive(&mut self) -> Seen {
        match read_frame(&mut self.0) {
            Ok((frame, _)) => answer_of(&frame),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Seen::Silence,
            Err(_) => Seen::Closed,
        }
    }

    /// Everything until the connection is closed or silent.
    pub(crate) fn receive_all(&mut self) -> Vec<Seen> {
        let mut all = Vec::new();
        while all
            .last()
            .is_none_or(|last| matches!(last, Seen::Answer(..)))
        {
            all.push(self.receive());
            // The first may take its time; from then on silence is an answer.
            self.0
                .set_read_timeout(Some(SILENCE))
                .expect("a time limit that is not zero");
        }
        all
    }

    #[track_caller]
    pub(crate) fn ask(&mut self, api: ApiKey, correlation: i32) {
        self.send(api, correlation, b"asked");
        assert_eq!(
            self.receive(),
            Seen::Answer(correlation, b"asked".to_vec()),
            "to {api}"
        );
    }
}

fn request(api: ApiKey, correlation: i32, body: &[u8]) -> Vec<u8> {
    let version = 3_i16.to_be_bytes();
    [
        api.0.to_be_bytes().as_slice(),
        &version,
        &correlation.to_be_bytes(),
        body,
    ]
    .concat()
}

pub(crate) fn answer_of(frame: &[u8]) -> Seen {
    let (correlation, body) = frame
        .split_first_chunk()
        .expect("an answer has a correlation id");
    Seen::Answer(i32::from_be_bytes(*correlation), body.to_vec())
}
