//! How a command ends: its exit code and its last words.

use std::io::ErrorKind;
use std::process::ExitCode;

use pipeline::log::Failure;
use pipeline::log::kafka::ConnectError;
use pipeline::plan::TopicTrouble;

use crate::config::ConfigError;

/// The configuration is wrong: `EX_CONFIG` of sysexits.h.
pub const BAD_CONFIG: u8 = 78;
/// Two sides could not be compared: 1 says that they differ.
pub const UNCOMPARED: u8 = 2;
/// Ended by a second signal.
pub const INTERRUPTED: i32 = 130;

/// Two sides differ, which was told already: no error, and an exit code that says so.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the two differ")]
pub struct Differ;

/// Two sides could not be compared, for the reasons behind it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the two cannot be compared")]
pub struct Uncompared;

/// Services ended, and would again after a restart, until somebody has changed something.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Stuck(pub String);

/// Tells an error on standard error and turns the outcome into an exit code. A reader of our output
/// that went away, as `head` does, is no error.
pub fn code(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    if error.downcast_ref::<Differ>().is_some() {
        return ExitCode::FAILURE;
    }
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because {cause}");
    }
    if is_configuration(&error) {
        ExitCode::from(BAD_CONFIG)
    } else if error.downcast_ref::<Uncompared>().is_some() {
        ExitCode::from(UNCOMPARED)
    } else {
        ExitCode::FAILURE
    }
}

/// Whether somebody has to change something before another try can help: a setting, a topic that the log
/// has otherwise, or offsets that do not go with the state.
fn is_configuration(error: &anyhow::Error) -> bool {
    let topics = error.downcast_ref::<TopicTrouble>();
    let connection = error.downcast_ref::<ConnectError>();
    error.downcast_ref::<ConfigError>().is_some()
        || error.downcast_ref::<Stuck>().is_some()
        || matches!(error.downcast_ref::<Failure>(), Some(Failure::Unfit(_)))
        || matches!(topics, Some(TopicTrouble::Unfit(_)))
        || matches!(
            connection,
            Some(ConnectError::Config(_) | ConnectError::Settings(_))
        )
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        // It keeps the error of a writer to itself.
        let json = cause.downcast_ref::<serde_json::Error>();
        let kind = io.map(std::io::Error::kind);
        kind.or_else(|| json.and_then(serde_json::Error::io_error_kind))
            == Some(ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: impl std::error::Error + Send + Sync + 'static, is_wrong: bool) {
        let error = anyhow::Error::new(error);
        assert_eq!(is_configuration(&error), is_wrong, "{error}");
    }

    #[test]
    fn what_another_try_cannot_mend_is_told_apart() {
        check(TopicTrouble::Unfit(Vec::new()), true);
        check(TopicTrouble::Log(Failure::Retry("busy".into())), false);
        check(ConnectError::Settings("two that clash".into()), true);
        let unreachable = ConnectError::Unreachable {
            servers: "broker.example:9092".into(),
            reason: "refused".into(),
        };
        check(unreachable, false);
        check(Stuck("state and offset disagree".into()), true);
        check(Failure::Unfit("state and offset disagree".into()), true);
        check(Failure::Fatal("nobody may write".into()), false);
    }
}
