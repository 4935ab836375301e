//! `copydesk health` beside a process that answers this or that.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use copydesk::storage;
use pipeline::log::local::LocalLog;

use crate::{check_fails, config, folder, said};

/// Answers one question on an admin port that the data folder names.
fn answer(dir: &Path, status: &'static str, body: &'static str) -> std::thread::JoinHandle<String> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let file = config(dir).data_dir.join("admin");
    std::fs::write(file, format!("{address}\n")).expect("written");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        let mut asked = [0; 1024];
        let read = stream.read(&mut asked).expect("a question");
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).expect("answered");
        String::from_utf8_lossy(&asked[..read]).into_owned()
    })
}

#[test]
fn a_process_with_a_stuck_task_is_not_well() {
    let dir = folder();
    let dir = dir.path();
    let health = ["--data-dir", "var/copydesk", "health"];
    check_fails(dir, &health, 1, "nothing runs on var/copydesk");
    // Whoever has the log open is the process.
    let _log = LocalLog::open(storage::local_config(&config(dir))).expect("a new log");
    check_fails(dir, &health, 1, "has no admin port yet");

    let well = answer(dir, "200 OK", "ok\n");
    let told = said(dir, &health);
    assert_eq!(told, format!("process {}: ok\n", std::process::id()));
    let asked = well.join().expect("it has answered");
    assert!(asked.starts_with("GET /healthz "), "{asked}");

    let stuck = "stuck: clean 3 has given no sign of life for 612 s; see /status";
    let unwell = answer(dir, "503 Service Unavailable", stuck);
    check_fails(dir, &health, 1, stuck);
    unwell.join().expect("it has answered");
}
