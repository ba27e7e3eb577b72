//! The log, looked at as a whole.
//!
//! The schema of OASIS is not part of this repository: name a copy in `LASTRO_SARIF_SCHEMA` when the tests are built, and the
//! logs of these tests are held against it too.

use std::collections::BTreeSet;

use super::*;
use crate::report::escape::is_hostile;
use crate::report::model::{CodePlace, Drift, Gap};
use crate::report::specimen::{archive, drift, finding, specimen};

fn sarif(report: &Report) -> Value {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with("}\n"));
    assert!(!text.chars().any(|char| char != '\n' && is_hostile(char)));
    let log: Value = serde_json::from_str(&text).unwrap();
    follows_the_standard(&log);
    log
}

/// What the schema and the standard ask of what is written here, and the schema itself where it is at hand.
fn follows_the_standard(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert!(run["tool"]["driver"]["name"].is_string());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "§3.19.23: one descriptor a rule");
    for rule in rules {
        assert!(["error", "warning", "note"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
        assert!(["shortDescription", "fullDescription", "help"].iter().all(|field| rule[field]["text"].is_string()), "{rule}");
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= MOST_TAGS);
    }
    for result in run["results"].as_array().unwrap() {
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[at]["id"], result["ruleId"], "§3.27.6");
        let kind = result["kind"].as_str().unwrap();
        assert!(["pass", "fail", "open", "notApplicable"].contains(&kind), "§3.27.9: {kind}");
        assert_eq!(kind != "fail", result["level"] == "none", "§3.27.10: {result}");
        assert_eq!(result["locations"].as_array().unwrap().len(), 1, "code scanning takes no result without a place");
        let related = result["relatedLocations"].as_array().into_iter().flatten();
        for place in result["locations"].as_array().unwrap().iter().chain(related) {
            let region = &place["physicalLocation"]["region"];
            assert!(region["startLine"].as_u64().unwrap() > 0 && region["startColumn"].as_u64() != Some(0), "§3.30.5");
            let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.is_ascii() && !uri.contains([' ', '<', '"', '\\', '{', '|', '^', '`']), "RFC 3986: {uri}");
        }
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.is_empty() && !text.contains("]("), "{text}");
        assert_eq!(text.replace("{{", "").matches('{').count(), 0, "§3.11.5: {text}");
    }
    if let Some(path) = option_env!("LASTRO_SARIF_SCHEMA") {
        let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

fn of<'a>(log: &'a Value, id: &str) -> &'a Value {
    let results = log["runs"][0]["results"].as_array().unwrap();
    results.iter().find(|result| result["partialFingerprints"]["lastro/v1"] == id).unwrap_or_else(|| panic!("no result {id}"))
}

#[test]
fn every_finding_is_a_result_of_its_kind() {
    let report = specimen();
    let log = sarif(&report);
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), report.findings.len() + report.drift.len());
    for finding in &report.findings {
        let kind = match finding.verdict {
            Verdict::Broken | Verdict::Waived => "fail",
            Verdict::Unknown => "open",
            Verdict::NotApplicable => "notApplicable",
            Verdict::Kept => "pass",
        };
        let result = of(&log, &finding.id);
        assert_eq!(result["kind"], kind, "{}", finding.id);
        assert_eq!(result["suppressions"].is_array(), finding.verdict == Verdict::Waived);
    }
    let waived = report.findings.iter().find(|finding| finding.verdict == Verdict::Waived).unwrap();
    let suppression = &of(&log, &waived.id)["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["status"]), (&json!("external"), &json!("accepted")));
    assert!(suppression["justification"].as_str().unwrap().contains("OPS-1431"));
}

#[test]
fn severities_become_levels() {
    for (severity, level, number) in
        [("critical", "error", "9.5"), ("high", "error", "8.0"), ("medium", "warning", "5.5"), ("low", "note", "2.5")]
    {
        let broken = Finding { severity: severity.to_owned(), verdict: Verdict::Broken, ..finding() };
        let log = sarif(&Report { findings: vec![broken], ..specimen() });
        let run = &log["runs"][0];
        assert_eq!(run["results"][0]["level"], level);
        assert_eq!(run["tool"]["driver"]["rules"][0]["properties"]["security-severity"], number);
    }
}

#[test]
fn a_result_is_at_its_line_of_code_and_names_the_others() {
    let report = specimen();
    let encryption = report.findings.iter().find(|finding| finding.rule == "rds-encryption").unwrap();
    let log = sarif(&report);
    let result = of(&log, &encryption.id);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"], json!({ "uri": "infra/db.tf", "uriBaseId": "%SRCROOT%" }));
    assert_eq!(place["region"], json!({ "startLine": 17, "startColumn": 3 }));
    let related: Vec<(String, u64)> = result["relatedLocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            let place = &place["physicalLocation"];
            (place["artifactLocation"]["uri"].as_str().unwrap().to_owned(), place["region"]["startLine"].as_u64().unwrap())
        })
        .collect();
    let expected = [("infra/prod.tfvars", 3), ("policies/flowise.yaml", 24), ("policies/plans/flowise.md", 22)];
    assert_eq!(related, expected.map(|(path, line)| (path.to_owned(), line)));
    let logical = result["locations"][0]["logicalLocations"].to_string();
    assert!(["terraform.tfstate module.database", "rds:DescribeDBInstances"].iter().all(|place| logical.contains(place)), "{logical}");
    assert!(result["message"]["text"].as_str().unwrap().contains("Blame: never promised in code: fix infra/prod.tfvars:3"));
}

#[test]
fn a_result_without_code_is_at_the_promise() {
    let log = sarif(&Report { findings: vec![finding()], ..specimen() });
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "policies/flowise.yaml");
    assert_eq!(place["region"], json!({ "startLine": 31, "startColumn": 9 }));
}

#[test]
fn rules_carry_their_page_and_their_controls() {
    let log = sarif(&specimen());
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "rds-backup-retention").unwrap();
    assert_eq!(rule["name"], "RdsBackupRetention");
    assert_eq!(rule["fullDescription"]["text"], "The period of `{name}`.");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("backup_retention_period = {days}"), "a page is no message: {rule}");
    assert_eq!(rule["properties"]["tags"], json!(["security", "disaster-recovery", "NIST SP 800-53 r5: CP-9"]));
}

#[test]
fn hostile_names_stay_text() {
    let name = "{0}[click](http://evil)\u{1b}[31m\u{202e}\n\u{0}</script>";
    let mut odd = Finding { verdict: Verdict::Broken, ..finding() };
    odd.subject.name = name.to_owned();
    [odd.message, odd.id, odd.rule, odd.promise.path] = [name, name, name, name].map(str::to_owned);
    let seen = odd.views.get_mut("live").unwrap();
    seen.code = None;
    let declared = CodePlace { path: "a b\u{202e}/../\u{0}x:y.tf".to_owned(), line: 0, column: 0, from: Some(name.to_owned()) };
    odd.views.insert("declared".to_owned(), crate::report::model::ViewVerdict { code: Some(declared), ..odd.views["live"].clone() });
    let log = sarif(&Report { findings: vec![odd], ..specimen() });
    let text = log["runs"][0]["results"][0]["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("{{0}}[click] (http://evil)\\u{{1b}}"), "{text}");
}

#[test]
fn what_is_broken_comes_first_and_a_limit_cuts_off_what_is_kept() {
    let mut findings: Vec<Finding> = (0..MOST_RESULTS + 40).map(archive).collect();
    findings.push(Finding { id: "broken".to_owned(), verdict: Verdict::Broken, ..finding() });
    let report = Report { findings, drift: Vec::new(), ..specimen() };
    let log = log(&report);
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), MOST_RESULTS);
    assert_eq!(run["results"][0]["partialFingerprints"]["lastro/v1"], "broken");
    let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(told.starts_with("41 results are left out"), "{told}");
}

#[test]
fn what_could_not_be_read_is_told() {
    let log = sarif(&specimen());
    let told = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(told.contains("rds:DescribeDBSnapshots") && told.contains("us-west-2"), "{told}");
    let endless = Gap { cause: "denied".to_owned(), action: None, detail: "x".to_owned() };
    let mut report = specimen();
    report.sources[0].gaps = vec![endless; 3 * MOST_NOTIFICATIONS];
    let log = sarif(&report);
    assert_eq!(log["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), MOST_NOTIFICATIONS);
}

#[test]
fn drift_is_a_rule_of_its_own() {
    let entry = Drift { declared: Some("true".to_owned()), live: Some("false".to_owned()), ..drift("flowise-db", "multi_az") };
    let log = sarif(&Report { drift: vec![entry], ..specimen() });
    let results = log["runs"][0]["results"].as_array().unwrap();
    let drift: Vec<&Value> = results.iter().filter(|result| result["ruleId"] == "drift").collect();
    assert_eq!(drift.len(), 1);
    assert_eq!(drift[0]["message"]["text"], "flowise-db multi_az: declared true, live false. Blame: changed by hand");
    assert_eq!(drift[0]["level"], "warning");
}

#[test]
fn an_empty_report_is_a_log_too() {
    let log = sarif(&Report { findings: Vec::new(), drift: Vec::new(), rules: Vec::new(), sources: Vec::new(), ..specimen() });
    assert_eq!(log["runs"][0]["results"], json!([]), "§3.14.23: an empty array says that nothing was found");
}

#[test]
fn two_writings_are_equal() {
    assert_eq!(sarif(&specimen()), sarif(&specimen()));
}
