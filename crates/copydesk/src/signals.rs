//! The system's requests to stop.

use pipeline::Shutdown;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit;

/// From now on SIGTERM and SIGINT ask for the shutdown; a second one ends the process at once.
///
/// # Errors
/// Where the signals cannot be listened for.
pub fn stop_on_signals(shutdown: Shutdown) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (mut terminate, mut interrupt) = {
        let _entered = runtime.enter();
        (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        )
    };
    let listen = move || {
        runtime.block_on(async {
            let mut asked = false;
            loop {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if asked {
                    std::process::exit(exit::INTERRUPTED);
                }
                asked = true;
                shutdown.request();
                // Told after it is done, and on a task of its own: where nobody reads standard error
                // any more, writing there may panic, and a second signal must still be heard.
                tokio::spawn(async {
                    tracing::info!(
                        "asked to stop: finishing what has begun; a second signal stops at once"
                    );
                });
            }
        });
    };
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(listen)?;
    Ok(())
}
