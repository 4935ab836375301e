//! One connection of a client, and the connection to the broker that stands for it.

use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::frames::{Frame, Frames, Request, Stop};
use super::rules::{ApiKey, Fault};
use super::script::{Script, Verdict};

/// How long the broker may take to answer a request that came late. Longer than it takes to give up a
/// transaction; a produce request that wants no answer ends its connection by this.
const LATE_ANSWER: Duration = Duration::from_secs(60);

/// How many slices of a frame are followed by a pause, and how long each pause is.
const PAUSES: usize = 256;
const PAUSE: Duration = Duration::from_millis(1);

/// Passes frames both ways until one side is gone or a rule ends the connection.
pub(super) async fn run(client: TcpStream, broker: TcpStream, script: &Script) {
    let (from_client, mut to_client) = client.into_split();
    let (from_broker, mut to_broker) = broker.into_split();
    let mut from_client = Frames::of(from_client);
    let mut from_broker = Frames::of(from_broker);
    let awaited = Awaited::default();

    let end = {
        let mut responses = pin!(responses(
            &mut from_broker,
            &mut to_client,
            &awaited,
            script
        ));
        let requests = requests(&mut from_client, &mut to_broker, &awaited, script);
        let end = tokio::select! {
            end = requests => end,
            () = &mut responses => End::Cut,
        };
        if matches!(end, End::ClientGone) {
            // What was passed on is still answered, to a client that closed only its own half.
            responses.await;
        }
        end
    };
    if let End::Held(held) = end {
        // Both halves: only then is the client's connection closed.
        drop((from_client, to_client));
        deliver(held, &mut from_broker, &mut to_broker, script).await;
    }
}

/// Why no more requests are passed on.
enum End {
    /// The client sends no more.
    ClientGone,
    /// The connection is to be closed now.
    Cut,
    /// So is the client's; the request goes on later.
    Held(Held),
}

struct Held {
    frame: Frame,
    request: Request,
    verdict: Verdict,
    delay: Duration,
}

async fn requests(
    from_client: &mut Frames<OwnedReadHalf>,
    to_broker: &mut OwnedWriteHalf,
    awaited: &Awaited,
    script: &Script,
) -> End {
    loop {
        let frame = match from_client.next().await {
            Ok(frame) => frame,
            Err(Stop::Closed) => {
                // Fails where the broker is gone, which the other direction sees.
                let _ = to_broker.shutdown().await;
                return End::ClientGone;
            }
            Err(Stop::Unreadable) => {
                script.count(ApiKey::NONE, "unreadable");
                return End::Cut;
            }
        };
        match pass_on(frame, to_broker, awaited, script).await {
            Ok(None) => {}
            Ok(Some(end)) => return end,
            Err(_) => return End::Cut,
        }
    }
}

/// Does with one request what the rules want. Returns the connection's end where they want that.
async fn pass_on(
    frame: Frame,
    to_broker: &mut OwnedWriteHalf,
    awaited: &Awaited,
    script: &Script,
) -> io::Result<Option<End>> {
    let Some(request) = frame.request() else {
        script.count(ApiKey::NONE, "unreadable");
        return Ok(Some(End::Cut));
    };
    let mut verdict = script.judge(request.api);
    match verdict.fault {
        // The first two are counted when the answer is withheld.
        Some(Fault::DropResponse | Fault::CutAfter) | None => {}
        Some(fault) => script.count(request.api, fault.name()),
    }
    // It is passed on once for each of these.
    let answers = match verdict.fault {
        None => [Some(Answer::Pass), None],
        Some(Fault::DelayRequest(delay)) => {
            verdict.hold(delay).await;
            [Some(Answer::Pass), None]
        }
        Some(Fault::DelayPast(delay)) => {
            return Ok(Some(End::Held(Held {
                frame,
                request,
                verdict,
                delay,
            })));
        }
        Some(Fault::DropRequest) => [None, None],
        Some(Fault::DropResponse) => [Some(Answer::Drop), None],
        Some(Fault::Cut) => return Ok(Some(End::Cut)),
        Some(Fault::CutAfter) => [Some(Answer::Cut), None],
        Some(Fault::Duplicate) => [Some(Answer::Pass), Some(Answer::Surplus)],
        Some(Fault::Slice(size)) => [Some(Answer::Slice(size)), None],
    };
    for answer in answers.into_iter().flatten() {
        // Before it is written: the answer may be back before the write returns.
        awaited.push(request, answer);
        match answer {
            Answer::Slice(size) => write_slices(to_broker, frame.bytes(), size).await?,
            _ => to_broker.write_all(frame.bytes()).await?,
        }
    }
    Ok(None)
}

/// Passes answers on until the broker is gone, or a rule cuts.
async fn responses(
    from_broker: &mut Frames<OwnedReadHalf>,
    to_client: &mut OwnedWriteHalf,
    awaited: &Awaited,
    script: &Script,
) {
    let mut client_gone = false;
    loop {
        let frame = match from_broker.next().await {
            Ok(frame) => frame,
            Err(Stop::Closed) => return,
            Err(Stop::Unreadable) => return script.count(ApiKey::NONE, "unreadable"),
        };
        let (api, answer) = awaited.take(&frame);
        let written = match answer {
            Answer::Surplus => Ok(()),
            Answer::Drop => {
                script.count(api, Fault::DropResponse.name());
                Ok(())
            }
            Answer::Cut => return script.count(api, Fault::CutAfter.name()),
            _ if client_gone => Ok(()),
            Answer::Pass => to_client.write_all(frame.bytes()).await,
            Answer::Slice(size) => write_slices(to_client, frame.bytes(), size).await,
        };
        // Not the end: a delayed request of this client may still have to be passed on.
        client_gone |= written.is_err();
    }
}

/// Sends on a request whose client is gone, and waits for its answer.
async fn deliver(
    held: Held,
    from_broker: &mut Frames<OwnedReadHalf>,
    to_broker: &mut OwnedWriteHalf,
    script: &Script,
) {
    let Held {
        frame,
        request,
        mut verdict,
        delay,
    } = held;
    // Read all the time: a broker that cannot get rid of an earlier answer takes no request.
    let answered = async {
        loop {
            match from_broker.next().await {
                Ok(frame) if frame.answers() == Some(request.correlation) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    let given_up = async {
        verdict.hold(delay).await;
        if to_broker.write_all(frame.bytes()).await.is_ok() {
            tokio::time::sleep(LATE_ANSWER).await;
        }
    };
    let answered = tokio::select! {
        answered = answered => answered,
        () = given_up => false,
    };
    if answered {
        script.count(request.api, "late");
    }
}

async fn write_slices(to: &mut OwnedWriteHalf, frame: &[u8], size: usize) -> io::Result<()> {
    let (paused, rest) = frame.split_at(frame.len().min(size.saturating_mul(PAUSES)));
    for slice in paused.chunks(size) {
        to.write_all(slice).await?;
        tokio::time::sleep(PAUSE).await;
    }
    to.write_all(rest).await
}

/// What is to happen to an answer.
#[derive(Clone, Copy)]
enum Answer {
    Pass,
    Slice(usize),
    /// Swallowed, and counted.
    Drop,
    /// Swallowed: the second answer to a doubled request.
    Surplus,
    /// The connection is closed instead.
    Cut,
}

/// The requests that were passed on and not answered yet, in their order.
#[derive(Default)]
struct Awaited(Mutex<VecDeque<(Request, Answer)>>);

impl Awaited {
    fn push(&self, request: Request, answer: Answer) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back((request, answer));
    }

    /// Finds what `frame` answers. A broker answers a connection's requests in their order, so whatever
    /// waits before that will not be answered: a produce request with `acks=0`.
    fn take(&self, frame: &Frame) -> (ApiKey, Answer) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = frame.answers();
        let place = queue
            .iter()
            .position(|(request, _)| Some(request.correlation) == answered);
        place
            .and_then(|place| queue.drain(..=place).next_back())
            .map_or((ApiKey::NONE, Answer::Pass), |(request, answer)| {
                (request.api, answer)
            })
    }
}
