//! Damaged, huge and malicious input: an error, never a panic.

use proptest::prelude::*;

use super::*;

/// A state that touches every part of the reader.
const WHOLE: &str = r#"{"version": 4, "terraform_version": "1.13.5", "serial": 3, "lineage": "l", "outputs": {"o": {"value": "x", "sensitive": true}},
    "resources": [{"module": "module.a[\"b\"]", "mode": "managed", "type": "aws_s3_bucket", "name": "x", "provider": "provider[\"r/h/aws\"].dr",
    "instances": [{"index_key": "k", "status": "tainted", "attributes": {"bucket": "b", "arn": "arn:aws:s3:::b", "versioning": [{"enabled": true}],
    "tags_all": {"a": "b"}}, "sensitive_attributes": [[{"type": "get_attr", "value": "tags_all"}]], "identity": {"region": "x"}}]},
    {"mode": "managed", "type": "aws_s3_bucket_lifecycle_configuration", "name": "l", "instances": [{"attributes": {"bucket": "b",
    "rule": [{"id": "r", "status": "Enabled", "transition": [{"days": 30, "storage_class": "GLACIER"}]}]}}]}]}"#;

fn survive(bytes: Vec<u8>) {
    let assembled = assemble(vec![load_bytes("x", bytes)]);
    assert!(!assembled.readings.is_empty());
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), start in 0..6_usize) {
        let starts: [&[u8]; 6] = [b"", b"{\"version\": 4,", b"\xFF\xFE", b"PK\x03\x04", b"{\"format_version\":\"1.0\",\"values\":", b"[["];
        survive([starts[start], &bytes].concat());
    }

    #[test]
    fn any_mutation_of_a_state_gives_an_answer(at in 0..WHOLE.len(), byte in any::<u8>(), cut in 0..WHOLE.len(), insert in ".{0,6}") {
        let mut mutated = WHOLE.as_bytes().to_vec();
        mutated[at] = byte;
        survive(mutated.clone());
        mutated.splice(cut..cut, insert.bytes());
        survive(mutated);
        survive(WHOLE.as_bytes()[..cut].to_vec());
    }

    #[test]
    fn any_value_in_any_attribute_gives_an_answer(json in prop_oneof!["null", "-1", "1e400", "true", "\"\"", "\"x\"", "\\[\\]", "\\{\\}", "\\[null\\]", "\\[\\{\\}\\]", "\\[\\[1\\]\\]"], at in 0..12_usize) {
        let attribute = ["bucket", "arn", "versioning", "tags_all", "rule", "id", "status", "transition", "days", "instances", "index_key", "module"][at];
        let name = format!("\"{attribute}\": ");
        let (before, after) = WHOLE.split_once(&name).unwrap_or((WHOLE, ""));
        let rest = after.find([',', '}']).map_or("", |end| &after[end..]);
        survive(format!("{before}\"{attribute}\": {json}{rest}").into_bytes());
    }
}

#[test]
fn a_large_state_loads_from_one_buffer() {
    let unread = resource("aws_instance", "N", &format!(r#"{{"id": "i", "user_data": "{}"}}"#, "x".repeat(1500)));
    let mut resources = vec![resource("aws_subnet", "last", r#"{"id": "s-1"}"#)];
    resources.extend((0..4000).map(|at| unread.replace("\"N\"", &format!("\"n{at}\""))));
    let json = state(1, "l", &resources.join(","));
    assert!(json.len() > 6_000_000);
    assert_eq!(read(&json).source.resources, 1);
}
