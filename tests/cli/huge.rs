//! A state of 200 MB: it is read to its end, and what matters in it is judged.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lastro::report::model::Report;

use crate::program::{Desk, finding, root, text};

const SIZE: u64 = 200 << 20;

/// The state of the example, with as many Lambda functions around its resources as make it large.
fn write_large(path: &Path) -> u64 {
    let state = std::fs::read_to_string(root().join("fixtures/estates/example/terraform.tfstate")).expect("the state");
    let (before, after) = state.split_once("\"resources\": [").expect("resources");
    let mut file = BufWriter::new(File::create(path).expect("scratch space"));
    write!(file, "{before}\"resources\": [").expect("scratch space");
    let padding = "every word of it is unread ".repeat(200);
    let mut written = 0;
    for at in 0.. {
        let resource = format!(
            r#"{{"mode":"managed","type":"aws_lambda_function","name":"f{at}","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{{"schema_version":0,"attributes":{{"arn":"arn:aws:lambda:us-east-1:123456789012:function:f{at}","description":"{padding}","tags":{{"System":"other"}}}}}}]}},"#
        );
        written += resource.len() as u64;
        file.write_all(resource.as_bytes()).expect("scratch space");
        if written > SIZE {
            break;
        }
    }
    file.write_all(after.as_bytes()).expect("scratch space");
    file.flush().expect("scratch space");
    written
}

/// The most memory that the process has taken so far, bytes; `None` where the system does not tell.
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

#[test]
fn a_state_of_200_megabytes_is_read_to_its_end_in_bounded_memory() {
    let desk = Desk::new();
    let large = desk.path("large.tfstate");
    let size = write_large(&large);
    let output = desk.path("report.json");
    let mut command = desk.lastro();
    command.args(["audit", "policies/example.yaml", "--no-live", "--format", "json", "--state", text(&large)]);
    let mut child = command.stdin(Stdio::null()).stdout(File::create(&output).expect("scratch space")).spawn().expect("starts");
    let (began, mut most) = (Instant::now(), 0);
    let status = loop {
        most = most.max(peak(&child).unwrap_or_default());
        if let Some(status) = child.try_wait().expect("ours") {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "still reading after {:?}", began.elapsed());
        thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(1));
    assert!(most < 3 * size, "{} MB for a file of {} MB", most >> 20, size >> 20);
    let report: Report = serde_json::from_str(&std::fs::read_to_string(output).expect("written")).expect("a report");
    assert_eq!(report.sources[0].gaps, []);
    let small = desk.audit_example(&["--no-live"]).report();
    assert_eq!(report.score, small.score, "what surrounds the promises does not change them");
    finding(&report, "s3-versioning", "harbour-invoices");
}
