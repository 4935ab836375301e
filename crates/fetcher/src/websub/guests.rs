//! Connections to the callbacks, few at a time and none for long: anybody may connect to a public address, and
//! each connection holds a descriptor that polling may need.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// How many connections there are at most. Who comes beyond waits to be let in.
const AT_ONCE: usize = 256;
/// How long one lasts at most, idle or not: longer than a request may take, with its answer.
const LONGEST: Duration = Duration::from_secs(90);

/// A listener that lets so many in, and sees them out.
#[derive(Debug)]
pub(super) struct Guests {
    door: TcpListener,
    room: Arc<Semaphore>,
    longest: Duration,
}

impl Guests {
    pub(super) fn of(door: TcpListener) -> Self {
        Self {
            door,
            room: Arc::new(Semaphore::new(AT_ONCE)),
            longest: LONGEST,
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
            let guest = Guest {
                stream,
                leaves: Box::pin(tokio::time::sleep(self.longest)),
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
    _permit: OwnedSemaphorePermit,
}

impl Guest {
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.leaves.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for Guest {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, into)
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
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn who_says_nothing_is_seen_out_and_others_are_let_in() {
        let door = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut guests = Guests {
            room: Arc::new(Semaphore::new(1)),
            longest: Duration::from_millis(50),
            door,
        };
        let address = guests.local_addr().expect("an address");
        let _silent = TcpStream::connect(address).await.expect("it listens");
        let _waiting = TcpStream::connect(address).await.expect("it listens");
        let (mut first, _) = guests.accept().await;
        let full = tokio::time::timeout(Duration::from_millis(20), guests.accept());
        assert!(full.await.is_err(), "there is room for one");
        let read = first.read(&mut [0; 8]).await;
        assert_eq!(
            read.map_err(|error| error.kind()),
            Err(io::ErrorKind::TimedOut)
        );
        drop(first);
        guests.accept().await;
    }
}
