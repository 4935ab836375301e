//! Connections to the callbacks, few at a time, fewer of one address, and none for long: anybody may connect to a
//! public address, and each connection holds a descriptor that polling may need.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// How many connections there are at most. Who comes beyond waits to be let in.
const AT_ONCE: usize = 256;
/// How many of them one address may have: as many as there are requests at once, since all hubs may come by
/// way of one proxy. Who comes beyond is sent away.
const OF_ONE: usize = 32;
/// How long the header of a request may take: as long as somebody says nothing, he is no hub.
const HEADER: Duration = Duration::from_secs(10);
/// How long a connection lasts at most, idle or not: longer than a request may take, with its answer.
const LONGEST: Duration = Duration::from_secs(90);

/// A listener that lets so many in, and sees them out.
#[derive(Debug)]
pub(super) struct Guests {
    door: TcpListener,
    room: Arc<Semaphore>,
    present: Present,
    limits: Limits,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    of_one: usize,
    header: Duration,
    longest: Duration,
}

impl Guests {
    pub(super) fn of(door: TcpListener) -> Self {
        Self {
            door,
            room: Arc::new(Semaphore::new(AT_ONCE)),
            present: Present::default(),
            limits: Limits {
                of_one: OF_ONE,
                header: HEADER,
                longest: LONGEST,
            },
        }
    }
}

/// How many connections each address has.
#[derive(Clone, Debug, Default)]
struct Present(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

impl Present {
    /// A place for one more of `address`, unless it has `most`.
    fn admit(&self, address: IpAddr, most: usize) -> Option<Place> {
        let address = network(address);
        let mut all = self.all();
        let count = all.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place {
            present: self.clone(),
            address,
        })
    }

    /// No panic leaves a half-made change behind this lock.
    fn all(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one party has: an address of IPv4, or a network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// A connection's place among those of its address.
#[derive(Debug)]
struct Place {
    present: Present,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.present.all();
        if let Some(count) = all.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.address);
            }
        }
    }
}

impl Listener for Guests {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        loop {
            // Never closed.
            let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else {
                continue;
            };
            // The waiting and the errors of accepting are as axum has them.
            let (stream, address) = Listener::accept(&mut self.door).await;
            let Some(place) = self.present.admit(address.ip(), self.limits.of_one) else {
                continue;
            };
            let guest = Guest {
                stream,
                leaves: Box::pin(tokio::time::sleep(self.limits.longest)),
                speaks: Some(Box::pin(tokio::time::sleep(self.limits.header))),
                header: Header::default(),
                _place: place,
                _permit: permit,
            };
            return (guest, address);
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.door.local_addr()
    }
}

/// A connection that ends when its time is up.
#[derive(Debug)]
pub(super) struct Guest {
    stream: TcpStream,
    leaves: Pin<Box<Sleep>>,
    /// By when its header is there; nothing once it is. One request a connection is answered.
    speaks: Option<Pin<Box<Sleep>>>,
    header: Header,
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

impl Guest {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let is_late = match &mut self.speaks {
            Some(speaks) => speaks.as_mut().poll(context).is_ready(),
            None => false,
        };
        if is_late || self.leaves.as_mut().poll(context).is_ready() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(())
    }
}

/// Finds the end of a request's header: an empty line after something else.
#[derive(Debug, Default)]
struct Header {
    has_begun: bool,
    /// Whether there is nothing on the line so far.
    is_empty: bool,
}

impl Header {
    /// Whether it ends within these bytes, which come next.
    fn ends(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            match byte {
                b'\n' if self.is_empty && self.has_begun => return true,
                b'\n' => self.is_empty = true,
                b'\r' => {}
                _ => (self.has_begun, self.is_empty) = (true, false),
            }
        }
        false
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        if self.speaks.is_some() && self.header.ends(&into.filled()[before..]) {
            self.speaks = None;
        }
        read
    }
}

impl AsyncWrite for Guest {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(50);

    async fn guests(room: usize, limits: Limits) -> Guests {
        let door = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Guests {
            room: Arc::new(Semaphore::new(room)),
            limits,
            ..Guests::of(door)
        }
    }

    async fn knock(guests: &Guests) -> TcpStream {
        let address = guests.local_addr().expect("an address");
        TcpStream::connect(address).await.expect("it listens")
    }

    async fn is_seen_out(guest: &mut Guest) -> bool {
        loop {
            match guest.read(&mut [0; 8]).await {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == io::ErrorKind::TimedOut,
            }
        }
    }

    #[tokio::test]
    async fn who_says_nothing_is_seen_out_and_others_are_let_in() {
        let limits = Limits {
            of_one: 2,
            header: LONG,
            longest: SHORT,
        };
        let mut guests = guests(1, limits).await;
        let _silent = knock(&guests).await;
        let _waiting = knock(&guests).await;
        let (mut first, _) = guests.accept().await;
        let full = tokio::time::timeout(Duration::from_millis(20), guests.accept());
        assert!(full.await.is_err(), "there is room for one");
        assert!(is_seen_out(&mut first).await);
        drop(first);
        guests.accept().await;
    }

    #[tokio::test]
    async fn half_a_header_is_not_waited_for_and_a_body_is() {
        let limits = Limits {
            of_one: 2,
            header: SHORT,
            longest: LONG,
        };
        let mut guests = guests(2, limits).await;
        let mut half = knock(&guests).await;
        half.write_all(b"\r\n\r\nPOST / HTTP/1.1\r\nHost: ")
            .await
            .expect("sent");
        let (mut guest, _) = guests.accept().await;
        assert!(is_seen_out(&mut guest).await);
        let mut whole = knock(&guests).await;
        whole
            .write_all(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf")
            .await
            .expect("sent");
        let (mut guest, _) = guests.accept().await;
        let seen_out = tokio::time::timeout(4 * SHORT, is_seen_out(&mut guest));
        assert!(seen_out.await.is_err(), "the header was there");
    }

    #[tokio::test]
    async fn one_address_leaves_room_for_others() {
        let limits = Limits {
            of_one: 1,
            header: LONG,
            longest: LONG,
        };
        let mut guests = guests(4, limits).await;
        let _one = knock(&guests).await;
        let (first, _) = guests.accept().await;
        let mut more = knock(&guests).await;
        let next = tokio::time::timeout(SHORT, guests.accept());
        assert!(next.await.is_err(), "it has its place");
        assert_eq!(more.read(&mut [0; 8]).await.ok(), Some(0), "sent away");
        drop(first);
        let _again = knock(&guests).await;
        guests.accept().await;
    }

    #[test]
    fn a_network_of_ipv6_is_one_party() {
        let of = |address: &str| network(address.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:5::6"));
        assert_ne!(of("2001:db8:1:2::4"), of("2001:db8:1:3::4"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
