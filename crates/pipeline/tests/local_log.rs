//! The local log: the conformance suite, and what only it has: crashes, processes beside it, disks.

mod local_log {
    mod beside;
    mod conforms;
    mod crash;
    mod disk;
    mod flush;
    mod takeover;
}
