//! The local log: the conformance suite, and what only it has: crashes, processes beside it, disks.

mod local_log {
    mod beside;
    mod compacted;
    mod conforms;
    mod crash;
    mod disk;
    mod failed;
    mod flush;
    mod full;
    mod removal;
    mod retention;
    mod takeover;
}
