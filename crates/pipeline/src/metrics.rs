//! Every metric: its name, its unit and its help, in one place.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Input records handled. Labels: stage, topic.
pub const RECORDS_IN: &str = "copydesk_records_in_total";
/// Output records committed. Labels: stage.
pub const RECORDS_OUT: &str = "copydesk_records_out_total";
/// Records that went to `articles.dead`. Labels: stage, reason.
pub const DEAD_LETTERS: &str = "copydesk_dead_letters_total";
/// Time a stage takes for a batch, a record's share of it. Labels: stage.
pub const PROCESS_SECONDS: &str = "copydesk_process_seconds";
/// Time from begin to committed. Labels: stage.
pub const TRANSACTION_SECONDS: &str = "copydesk_transaction_seconds";
/// Times a task was opened. Labels: stage, cause (assigned, failure).
pub const TASK_OPENS: &str = "copydesk_task_opens_total";
/// Time to restore a task's state. Labels: stage.
pub const RESTORE_SECONDS: &str = "copydesk_restore_seconds";
/// Entries of a task's state. Labels: stage, table.
pub const STATE_ENTRIES: &str = "copydesk_state_entries";
/// Requests that the fetcher made. Labels: what (feed, page), outcome.
pub const FETCHES: &str = "copydesk_fetches_total";
/// Time from request to the answer's last byte. Labels: what (feed, page).
pub const FETCH_SECONDS: &str = "copydesk_fetch_seconds";

/// Tells the recorder unit and help of every metric.
pub fn describe() {
    describe_counter!(RECORDS_IN, Unit::Count, "Input records handled");
    describe_counter!(RECORDS_OUT, Unit::Count, "Output records committed");
    describe_counter!(DEAD_LETTERS, Unit::Count, "Records sent to articles.dead");
    describe_histogram!(
        PROCESS_SECONDS,
        Unit::Seconds,
        "Stage time for one record, averaged over its batch"
    );
    describe_histogram!(
        TRANSACTION_SECONDS,
        Unit::Seconds,
        "Time from begin to committed"
    );
    describe_counter!(TASK_OPENS, Unit::Count, "Times a task was opened");
    describe_histogram!(
        RESTORE_SECONDS,
        Unit::Seconds,
        "Time to restore a task's state"
    );
    describe_gauge!(STATE_ENTRIES, Unit::Count, "Entries of a task's state");
    describe_counter!(FETCHES, Unit::Count, "Requests that the fetcher made");
    describe_histogram!(
        FETCH_SECONDS,
        Unit::Seconds,
        "Time from request to the answer's last byte"
    );
}
