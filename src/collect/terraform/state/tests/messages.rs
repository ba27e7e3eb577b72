//! Every loader message, once.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::estate::Kind;

fn says(detail: &str, parts: &[&str]) {
    for part in parts {
        assert!(detail.contains(part), "{detail:?} lacks {part:?}");
    }
}

fn error_of(location: &Location) -> String {
    Loader::default().location(location).expect_err("an error").to_string()
}

#[test]
fn an_empty_file_is_an_empty_state_and_no_error() {
    for bytes in [&b""[..], b" \n", b"\xEF\xBB\xBF"] {
        let reading = assemble(vec![load_bytes("x", bytes.to_vec())]).readings.remove(0);
        assert_eq!(reading.source.notes, ["empty state: no resources recorded"]);
        assert!(reading.source.gaps.is_empty());
        assert_eq!(reading.estate.listing_gap(Kind::Bucket), None);
    }
}

#[test]
fn truncated_json_names_the_byte_and_the_way_out() {
    let cut = r#"{ "version": 4, "terraform_version": "1.9.8",
 "resources": ["#;
    says(&refusal(cut.as_bytes()), &[&format!("not valid JSON at byte {}", cut.len()), "truncated?", ".backup", "previous version"]);
}

#[test]
fn broken_json_names_the_byte_and_quotes_nothing() {
    let detail = refusal(b"{\"version\": 4,\n \"s3cret-c4nary\" }");
    says(&detail, &["not valid JSON at byte 32", "terraform state pull"]);
    assert!(!detail.contains("c4nary"));
}

#[test]
fn an_html_page_needs_a_login() {
    says(&refusal(b"<!DOCTYPE html><html>"), &["an HTML page, not a state", "login"]);
    says(&refusal(b"\n<HTML><body>"), &["an HTML page"]);
}

#[test]
fn a_binary_plan_and_gzip_are_told_apart() {
    says(&refusal(b"PK\x03\x04rest"), &["a binary plan", "terraform show -json"]);
    says(&refusal(b"\x1F\x8B\x08"), &["gzip", "gunzip"]);
}

#[test]
fn a_plan_log_is_not_a_plan() {
    let log = "{\"@level\":\"info\",\"@message\":\"x\",\"type\":\"version\"}\n{\"@level\":\"info\"}\n";
    says(&refusal(log.as_bytes()), &["plan -json", "terraform show -json"]);
}

#[test]
fn other_files_are_not_states() {
    says(&refusal(b"resource \"aws_s3_bucket\" \"x\" {}"), &["not JSON"]);
    says(&refusal(b"{\"name\": \"package\"}"), &["neither a Terraform state"]);
    says(&refusal(b"[1, 2]"), &["neither a Terraform state"]);
    says(&refusal(b"{\"version\": \"four\"}"), &["neither a Terraform state"]);
    says(&refusal(b"{\"version\": 4, \"resources\": {\"a\": 1}}"), &["list of resources", "terraform state pull"]);
}

#[test]
fn a_newer_format_names_the_terraform_that_wrote_it() {
    says(&refusal(br#"{"version": 5, "terraform_version": "2.1.0"}"#), &["format 5 is newer", "written by Terraform 2.1.0"]);
    says(&refusal(br#"{"version": 9}"#), &["of unknown version"]);
    let shown = br#"{"format_version": "2.0", "terraform_version": "3.0.0", "values": {}}"#;
    says(&refusal(shown), &["format 2.0 is newer", "Terraform 3.0.0"]);
}

#[test]
fn formats_one_and_two_are_read_as_well_as_they_can_be() {
    for (version, terraform) in [(1, "0.7"), (2, "0.9")] {
        let json = format!(
            r#"{{"version": {version}, "serial": 1, "modules": [{{"path": ["root"], "outputs": {{"a": "x"}}, "resources": {{
                "aws_subnet.a": {{"type": "aws_subnet", "primary": {{"id": "s-1", "attributes": {{"id": "s-1", "availability_zone": "us-east-1b"}}}}}}}}}}]}}"#
        );
        let reading = read(&json);
        assert_eq!(reading.estate.of_kind(Kind::Subnet).len(), 1);
        says(
            &reading.source.notes[0],
            &[&format!("format {version}"), &format!("Terraform < {terraform}"), "open it once with Terraform 0.11"],
        );
    }
}

#[test]
fn a_backend_pointer_names_where_the_state_is() {
    let json =
        br#"{"version": 3, "backend": {"type": "s3", "config": {"bucket": "states", "key": "prod/x.tfstate", "secret_key": "c4nary"}}}"#;
    let detail = refusal(json);
    says(&detail, &["backend pointer", "s3://states/prod/x.tfstate"]);
    assert!(!detail.contains("c4nary"));
    says(&refusal(br#"{"version": 3, "backend": {"type": "gcs", "config": {"bucket": "b"}}}"#), &["type gcs", "state pull"]);
}

#[test]
fn an_encrypted_state_names_provider_serial_and_lineage() {
    let json = br#"{"serial": 7, "lineage": "0f0e", "meta": {"key_provider.pbkdf2.main": "e30="}, "encrypted_data": "AAAA", "encryption_version": "v0"}"#;
    says(&refusal(json), &["OpenTofu", "pbkdf2.main", "serial 7", "lineage 0f0e", "tofu state pull"]);
}

#[test]
fn a_lock_is_not_a_state() {
    let json = br#"{"ID": "1", "Operation": "OperationTypeApply", "Info": "", "Who": "ana@host", "Created": "2026-11-20T10:00:00Z", "Path": "states/prod.tfstate"}"#;
    says(&refusal(json), &["lock-info", "ana@host", "2026-11-20T10:00:00Z", "states/prod.tfstate"]);
}

#[test]
fn an_address_twice_is_refused_as_terraform_does() {
    let twice = [resource("aws_subnet", "a", r#"{"id": "s-1"}"#), resource("aws_subnet", "a", r#"{"id": "s-2"}"#)].join(",");
    says(&refusal(state(1, "l", &twice).as_bytes()), &["aws_subnet.a appears multiple times"]);
}

#[test]
fn bytes_that_are_no_text_name_the_byte() {
    says(&refusal(b"{\"version\": \xFF4}"), &["not valid UTF-8 at byte 12"]);
    says(&refusal(b"\xFF\xFE{\0\0\xD8\0\0"), &["not valid UTF-8 at byte 2"]);
}

#[test]
fn nesting_without_end_is_refused_or_skipped() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(refusal(deep.as_bytes()).contains("neither"));
    let inside = state(1, "l", &resource("aws_subnet", "a", &format!(r#"{{"id": "s", "x": {deep}}}"#)));
    let reading = read(&inside);
    assert_eq!(reading.estate.of_kind(Kind::Subnet).len(), 0);
    let gap = reading.estate.listing_gap(Kind::Subnet).expect("the subnet is not forgotten");
    says(&gap.detail, &["aws_subnet.a", "cannot be understood"]);
    assert_eq!(reading.estate.listing_gap(Kind::Bucket), None);
}

#[test]
fn places_without_states_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| Location::parse(name, folder.path()).unwrap();
    says(&error_of(&at("nowhere.tfstate")), &["no such file or folder", "terraform state pull"]);
    says(&error_of(&at(".")), &["a folder without state", "s3://bucket/key"]);
    says(&error_of(&at("*.tfstate")), &["no file matches"]);
    says(&error_of(&at("[")), &["not a valid pattern"]);
    assert!(Location::parse("s3://bucket", folder.path()).unwrap_err().to_string().contains("s3://bucket/key"));
    assert!(Location::parse("https://x/y", folder.path()).unwrap_err().to_string().contains("https://: states are read from"));
    assert_eq!(Location::parse("-", folder.path()).unwrap(), Location::Stdin);
    assert_eq!(Location::parse("s3://b/k/x", folder.path()).unwrap(), Location::S3 { bucket: "b".into(), key: "k/x".into() });
}

#[test]
fn a_folder_gives_states_workspaces_and_shown_json() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    write("a.tfstate", &state(1, "a", ""));
    write("a.tfstate.backup", "old");
    write("terraform.tfstate.d/dev/terraform.tfstate", &state(1, "b", ""));
    write("plan.json", r#"{"format_version": "1.2", "terraform_version": "1.9", "planned_values": {"root_module": {}}}"#);
    write("package.json", "{}");
    write("main.tf", "");
    let here = Location::parse("", folder.path()).unwrap();
    let names = |location: &Location| -> Vec<PathBuf> {
        let loaded = Loader::default().location(location).unwrap();
        loaded.iter().map(|one| PathBuf::from(one.name()).strip_prefix(folder.path()).unwrap().to_owned()).collect()
    };
    assert_eq!(names(&here), ["a.tfstate", "plan.json", "terraform.tfstate.d/dev/terraform.tfstate"].map(PathBuf::from));
    let pattern = Location::parse("**/*.tfstate", folder.path()).unwrap();
    assert_eq!(names(&pattern), ["a.tfstate", "terraform.tfstate.d/dev/terraform.tfstate"].map(PathBuf::from));
    let flat = Location::parse("*.tfstate", folder.path()).unwrap();
    assert_eq!(names(&flat), ["a.tfstate"].map(PathBuf::from));
}

#[test]
fn an_initialised_folder_without_state_says_where_the_state_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".terraform")).unwrap();
    let pointer = r#"{"version": 3, "backend": {"type": "s3", "config": {"bucket": "b", "key": "k"}}}"#;
    fs::write(folder.path().join(".terraform/terraform.tfstate"), pointer).unwrap();
    let loaded = Loader::default().location(&Location::parse("", folder.path()).unwrap()).unwrap();
    says(&loaded[0].gap().unwrap().detail, &["s3://b/k"]);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_or_is_no_file_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tfstate");
    fs::write(&path, "{}").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    // A super-user may read everything: then only the words can be tested.
    let io = if fs::read(&path).is_ok() { std::io::ErrorKind::PermissionDenied.into() } else { fs::read(&path).unwrap_err() };
    says(&super::super::locate::io_error(&path, io).to_string(), &["permission denied", "x.tfstate"]);
    says(&Loader::default().file("/dev/null".as_ref()).gap().unwrap().detail, &["/dev/null: neither a file nor a folder"]);
    says(&Loader::default().file(folder.path()).gap().unwrap().detail, &["neither a file nor a folder"]);
}

#[test]
fn standard_input_is_a_reader_and_its_failure_a_gap() {
    assert_eq!(Loader::default().reader("-", state(1, "l", "").as_bytes()).gap(), None);
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("cable"))
        }
    }
    says(&Loader::default().reader("-", Broken).gap().unwrap().detail, &["-: reading failed (cable)"]);
}

#[test]
fn one_bad_state_does_not_lose_the_others() {
    let good = text("good", &state(1, "a", &resource("aws_subnet", "a", r#"{"id": "s-1"}"#)));
    let readings = assemble(vec![text("bad", "<html>"), good]).readings;
    assert_eq!(readings.len(), 2);
    assert_eq!(readings[0].source.gaps.len(), 1);
    for kind in Kind::ALL {
        assert!(readings[0].estate.listing_gap(*kind).is_some(), "{kind} may be in the bad state");
    }
    assert_eq!(readings[1].source.resources, 1);
    assert_eq!(readings[1].estate.listing_gap(Kind::Subnet), None);
}

#[test]
fn a_source_that_could_not_be_fetched_keeps_its_gap() {
    let gap = Gap::new(Cause::Denied, "no").for_action(crate::estate::Action::of("s3:GetObject"));
    let reading = assemble(vec![Loaded::unreachable("s3://b/k", gap.clone())]).readings.remove(0);
    assert_eq!(reading.source.gaps, std::slice::from_ref(&gap));
    assert_eq!(reading.estate.listing_gap(Kind::Bucket), Some(gap));
}
