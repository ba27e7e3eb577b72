//! AWS that cannot be reached or does not let us in: the run ends, says what to do, and judges nothing on what it did not see.

use std::process::Command;
use std::time::Duration;

use lastro::report::model::Verdict;

use crate::program::{Desk, Run, run, text};
use crate::server::{Manners, Server, answer};

/// An audit of live AWS with keys that nobody gave out.
fn live(desk: &Desk, arguments: &[&str]) -> Run {
    run(with_keys(desk.lastro().args(["audit", "policies/flowise.yaml", "--live", "--format", "json"]).args(arguments)))
}

fn with_keys(command: &mut Command) -> &mut Command {
    command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "canary-of-the-environment")
}

/// The report is there, nothing live is judged, and somebody is told why.
#[track_caller]
fn nothing_was_seen(run: &Run, says: &[&str]) {
    run.refused(2, says).refused(2, &["warning: nothing was read from"]);
    assert!(!run.said().contains("canary-of-the-environment"), "a key is said");
    let report = run.report();
    for finding in &report.findings {
        assert!(finding.verdict != Verdict::Broken, "{} is broken unseen", finding.message);
        assert!(finding.verdict != Verdict::Kept || finding.rule == "owner-named", "{} is kept unseen", finding.message);
        assert!(!matches!(finding.views.get("live").map(|view| view.verdict.as_str()), Some("kept" | "broken")), "{}", finding.message);
    }
    let source = report.sources.iter().find(|source| source.view == "live").expect("the live source is listed");
    assert!(source.resources == 0 && !source.gaps.is_empty());
}

#[test]
fn without_credentials_it_ends_at_once() {
    let desk = Desk::new();
    let bare = run(desk.lastro().args(["audit", "policies/flowise.yaml", "--live", "--format", "json"]));
    nothing_was_seen(&bare, &["no AWS credentials were found", "aws sso login", "AWS_ACCESS_KEY_ID"]);
    assert!(bare.took < Duration::from_secs(15), "{:?}", bare.took);
}

#[test]
fn an_instance_metadata_service_that_is_silent_costs_seconds() {
    let desk = Desk::new();
    let server = Server::start(Manners::Silence);
    let mut command = desk.lastro();
    command.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.url);
    let done = run(command.args(["audit", "policies/flowise.yaml", "--live", "--format", "json", "--timeout", "10"]));
    nothing_was_seen(&done, &["unauthenticated: ", "AWS_ACCESS_KEY_ID"]);
    assert!(done.took < Duration::from_secs(30), "{:?}", done.took);
}

#[test]
fn a_credentials_program_that_hangs_is_not_waited_for() {
    let desk = Desk::new();
    let config = desk.file("home/.aws/config", "[profile slow]\ncredential_process = sleep 30\n");
    let mut command = desk.lastro();
    command.env("AWS_CONFIG_FILE", config).env("PATH", "/usr/bin:/bin");
    let done = run(command.args(["audit", "policies/flowise.yaml", "--live", "--profile", "slow", "--timeout", "2", "--format", "json"]));
    nothing_was_seen(&done, &["unauthenticated: the credentials provider did not answer in time"]);
    assert!(done.took < Duration::from_secs(20), "{:?}", done.took);
}

#[test]
fn a_profile_that_is_named_wins_over_the_environment_or_is_missed() {
    let desk = Desk::new();
    let server = Server::refusing(403, "InvalidClientTokenId");
    let missing = live(&desk, &["--profile", "nobody", "--endpoint-url", &server.url]);
    nothing_was_seen(&missing, &["unauthenticated: ", "profile"]);
    assert_eq!(server.heads().len(), 0, "other credentials than the named ones must not be used");

    desk.file("home/.aws/credentials", "[audit]\naws_access_key_id = AKIAOFTHEPROFILE0000\naws_secret_access_key = x\n");
    live(&desk, &["--profile", "audit", "--endpoint-url", &server.url]).exits(2);
    let heads = server.heads();
    assert!(!heads.is_empty() && heads.iter().all(|head| head.contains("AKIAOFTHEPROFILE0000")), "{heads:?}");
}

#[test]
fn refused_credentials_say_what_is_wrong_with_them() {
    let desk = Desk::new();
    for (status, code, says) in [
        (403, "InvalidClientTokenId", "check the access key"),
        (403, "UnrecognizedClientException", "check the access key"),
        (403, "ExpiredToken", "the credentials have expired: sign in again"),
        (403, "ExpiredTokenException", "the credentials have expired: sign in again"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is off"),
        (403, "RequestExpired", "the clock of this machine is off"),
        (403, "SignatureDoesNotMatch", "check the secret access key and the clock"),
    ] {
        let server = Server::refusing(status, code);
        let done = live(&desk, &["--endpoint-url", &server.url]);
        nothing_was_seen(&done, &[&format!("unauthenticated: sts.GetCallerIdentity in us-east-1: {code}: "), says]);
        assert!(done.took < Duration::from_secs(30), "{code}: {:?}", done.took);
    }
}

#[test]
fn denied_everywhere_is_unknown_everywhere_and_names_the_actions() {
    let desk = Desk::new();
    let server = Server::refusing(403, "AccessDenied");
    let done = live(&desk, &["--endpoint-url", &server.url]);
    nothing_was_seen(&done, &["denied: "]);
    let report = done.report();
    let actions: Vec<_> = report.findings.iter().filter_map(|finding| finding.gap.as_ref()?.action.clone()).collect();
    for action in ["s3:ListAllMyBuckets", "rds:DescribeDBClusters"] {
        assert!(actions.iter().any(|named| named == action), "{action} is not among {actions:?}");
    }
}

#[test]
fn a_closed_port_is_said_to_be_unreachable() {
    let desk = Desk::new();
    let done = live(&desk, &["--endpoint-url", "http://127.0.0.1:1", "--timeout", "3"]);
    nothing_was_seen(&done, &["check the network", "the endpoint"]);
    assert!(done.took < Duration::from_secs(30), "{:?}", done.took);
}

#[test]
fn an_endpoint_that_never_answers_is_not_waited_for() {
    let desk = Desk::new();
    for manners in [Manners::Silence, Manners::Hangup] {
        let server = Server::start(manners.clone());
        let done = live(&desk, &["--endpoint-url", &server.url, "--timeout", "2"]);
        nothing_was_seen(&done, &["check the network"]);
        assert!(done.took < Duration::from_secs(30), "{manners:?}: {:?}", done.took);
    }
}

#[test]
fn a_web_server_is_not_aws() {
    let desk = Desk::new();
    let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>canary of the page</body></html>";
    for status in ["200 OK", "404 Not Found", "302 Found", "500 Internal Server Error"] {
        let server = Server::start(answer(status, "text/html", page));
        let done = live(&desk, &["--endpoint-url", &server.url, "--timeout", "2"]);
        nothing_was_seen(&done, &["endpoint"]);
        assert!(!done.said().contains("canary of the page"), "{status}: {}", done.stderr);
    }
}

#[test]
fn answers_that_say_nothing_settle_nothing() {
    let desk = Desk::new();
    for (content_type, body) in [("application/json", "{}"), ("text/xml", ""), ("text/xml", "<a/>"), ("application/json", "[")] {
        let server = Server::start(answer("200 OK", content_type, body));
        let done = live(&desk, &["--endpoint-url", &server.url, "--timeout", "2"]);
        let report = done.report();
        let judged = report.findings.iter().filter(|finding| finding.verdict == Verdict::Kept && finding.rule != "owner-named");
        assert_eq!(judged.map(|finding| &finding.message).collect::<Vec<_>>(), Vec::<&String>::new(), "{content_type} {body}");
    }
}

#[test]
fn a_region_that_does_not_exist_is_unknown() {
    let desk = Desk::new();
    // Names are resolved by nobody here: the same failure as that of a region without a name in DNS.
    let done = live(&desk, &["--region", "us-east-9", "--endpoint-url", "http://endpoint.invalid", "--timeout", "3"]);
    nothing_was_seen(&done, &["in us-east-9: ", "check the network", "the endpoint"]);
}

#[test]
fn the_state_counts_when_live_cannot_be_read_and_its_verdict_is_shown_beside() {
    let desk = Desk::new();
    let done = run(with_keys(desk.lastro().args(["audit", "policies/example.yaml", "--live", "--format", "json"])).args([
        "--endpoint-url",
        "http://127.0.0.1:1",
        "--timeout",
        "2",
    ]));
    let report = done.report();
    let about_resources = report.findings.iter().filter(|finding| finding.views.contains_key("live"));
    let seen: Vec<_> = about_resources.filter(|finding| finding.verdict == Verdict::Kept).map(|finding| &finding.message).collect();
    assert!(seen.is_empty(), "{seen:?}");
    let recorded = report.findings.iter().filter_map(|finding| finding.views.get("recorded"));
    assert!(recorded.filter(|view| view.verdict == "kept").count() > 5, "the state still says what it says");
}

#[test]
fn a_state_in_a_bucket_that_cannot_be_reached_is_a_gap() {
    let desk = Desk::new();
    let server = Server::refusing(403, "AccessDenied");
    let state = ["--state", "s3://states/prod.tfstate"];
    let audit = |url: &str| {
        let mut command = desk.lastro();
        command.args(["audit", "policies/flowise.yaml", "--no-live", "--format", "json", "--timeout", "2", "--endpoint-url", url]);
        run(with_keys(command.args(state)))
    };
    audit(&server.url).refused(2, &["warning: nothing was read from s3://states/prod.tfstate: denied: s3.GetObject"]);
    audit("http://127.0.0.1:1").refused(2, &["warning: nothing was read from s3://states/prod.tfstate", "check the network"]);
    let bare = run(desk.lastro().args(["audit", "policies/flowise.yaml", "--no-live", "--format", "json"]).args(state));
    bare.refused(2, &["no AWS credentials were found"]);
}

#[test]
fn every_call_in_the_log_and_no_key() {
    let desk = Desk::new();
    let server = Server::refusing(403, "AccessDenied");
    let done = live(&desk, &["-vv", "--endpoint-url", &server.url, "--report", &format!("json={}", text(&desk.path("r.json")))]);
    done.exits(2);
    for secret in ["canary-of-the-environment", "Signature=", "Authorization", "x-amz-security-token"] {
        assert!(!done.said().contains(secret), "{secret} is logged");
    }
}
