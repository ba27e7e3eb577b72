//! The report as GitHub-flavoured Markdown, for a comment on a pull request or the summary of a job: what is broken first,
//! at the line of code, and everything that needs no action folded. It never grows past what a comment holds.

mod text;

use std::io;

use self::text::{Table, code, count, inline, number};
use super::drift::Entry;
use super::model::{Finding, Report, Verdict};
use super::table::order::{by_section, plan_order};

/// Bytes of the whole text. A comment on GitHub holds 65,536 characters; the rest is room for what a job adds of its own.
const ROOM: usize = 60_000;

/// Kept back for the headings, the tails of cut tables and the last line.
const RESERVE: usize = 4_000;

/// Rows of a table that stand open; a longer one is folded.
const OPEN_ROWS: usize = 30;

/// Parts of the room: no table starves those after it.
const SHARES: [(Verdict, usize); 5] =
    [(Verdict::Broken, 50), (Verdict::Unknown, 40), (Verdict::Waived, 30), (Verdict::NotApplicable, 40), (Verdict::Kept, 60)];

/// Writes the report as Markdown of at most 60,000 bytes, with a newline at its end.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(page(report).as_bytes())
}

fn page(report: &Report) -> String {
    let mut page = head(report);
    let findings: Vec<&Finding> = ordered(report);
    let of = |verdict| findings.iter().copied().filter(move |finding| finding.verdict == verdict).collect::<Vec<_>>();
    for (verdict, share) in SHARES {
        let room = (ROOM - RESERVE).saturating_sub(page.len()) * share / 100;
        page.push_str(&section(verdict, &of(verdict), room));
        // Drift is news, like what is broken and unknown; what follows is for the record.
        if verdict == Verdict::Unknown {
            let room = (ROOM - RESERVE).saturating_sub(page.len()) * share / 100;
            page.push_str(&drift_section(report, room));
        }
    }
    page.push_str(&foot(report));
    page
}

/// The title, the score in a line, and where the evidence came from.
fn head(report: &Report) -> String {
    let counts = Verdict::ALL.map(|verdict| {
        let many = report.score.counts.get(verdict.as_str()).copied().unwrap_or(0);
        (many > 0).then(|| format!("{} {} {}", symbol(verdict), number(many), verdict.as_str().replace('_', " ")))
    });
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let percent = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| format!("{value:.1} %"));
    let verdicts = if counts.is_empty() { "No promise was judged".to_owned() } else { counts.join(" · ") };
    let mut head = format!(
        "## {}\n\n**Score {}** · evidence coverage {} · {verdicts}\n\n",
        inline(&report.plan.title),
        percent(report.score.overall),
        percent(report.score.evidence_coverage),
    );
    let sources = report.sources.iter().take(5).map(|source| {
        let gaps = if source.gaps.is_empty() { String::new() } else { format!(", {}", count(source.gaps.len(), "gap")) };
        format!(
            "{} {} ({}{gaps})",
            inline(&source.view),
            code(&source.uri),
            count(usize::try_from(source.resources).unwrap_or(usize::MAX), "resource")
        )
    });
    let sources: Vec<String> = sources.collect();
    let more = report.sources.len().saturating_sub(5);
    let more = if more > 0 { format!(" and {}", count(more, "more source")) } else { String::new() };
    let read = if sources.is_empty() { "no evidence".to_owned() } else { sources.join(", ") + &more };
    head.push_str(&format!("<sub>Plan {} judged {} by {read}</sub>\n\n", code(&report.plan.path), inline(&report.audited_at)));
    head
}

/// The worst of each verdict first, then as the plan has it.
fn ordered(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = by_section(&report.findings).into_iter().flat_map(|(_, findings)| findings).collect();
    let rank = |finding: &Finding| ["critical", "high", "medium", "low"].iter().position(|known| *known == finding.severity);
    findings.sort_by(|a, b| {
        // What a next apply breaks comes before what is simply kept.
        (rank(a), a.blame.is_none()).cmp(&(rank(b), b.blame.is_none())).then_with(|| plan_order(a, b))
    });
    findings
}

fn symbol(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "❌",
        Verdict::Unknown => "❔",
        Verdict::Waived => "🔕",
        Verdict::NotApplicable => "➖",
        Verdict::Kept => "✅",
    }
}

/// The findings of one verdict: a table, open or folded, cut where its room ends.
fn section(verdict: Verdict, findings: &[&Finding], room: usize) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let (title, columns): (&str, &[&str]) = match verdict {
        Verdict::Broken => ("broken", &["Severity", "Promise", "Where", "Found", "What to do"]),
        Verdict::Unknown => ("unknown", &["Severity", "Promise", "Subject", "Why"]),
        Verdict::Waived => ("waived", &["Severity", "Promise", "Subject", "Found", "Waiver"]),
        Verdict::NotApplicable => ("not applicable", &["Promise", "Subject", "Why"]),
        Verdict::Kept => ("kept", &["Promise", "Subject", "Found"]),
    };
    let mut table = Table::new(columns, room);
    for finding in findings {
        table.row(|| row(verdict, finding));
    }
    let title = format!("{} {} {title}", symbol(verdict), number(findings.len() as u64));
    let open = matches!(verdict, Verdict::Broken | Verdict::Unknown) && findings.len() <= OPEN_ROWS;
    // A long list of breaches still shows its head without a click.
    if verdict == Verdict::Broken && !open { headed(&title, columns, findings, room) } else { table.finish(&title, open) }
}

/// The worst of many breaches open, the others folded.
fn headed(title: &str, columns: &[&str], findings: &[&Finding], room: usize) -> String {
    let (first, others) = findings.split_at(OPEN_ROWS.min(findings.len()));
    let mut head = Table::new(columns, room);
    first.iter().for_each(|finding| head.row(|| row(Verdict::Broken, finding)));
    let head = head.finish(title, true);
    let mut rest = Table::new(columns, room.saturating_sub(head.len()));
    others.iter().for_each(|finding| rest.row(|| row(Verdict::Broken, finding)));
    head + &rest.finish(&format!("{} more broken", number(others.len() as u64)), false)
}

fn row(verdict: Verdict, finding: &Finding) -> Vec<String> {
    let found = || inline(finding.found.as_deref().unwrap_or(&finding.message));
    let promise = format!("{}<br><sub>{}</sub>", promised(finding), code(&finding.rule));
    match verdict {
        Verdict::Broken => vec![inline(&finding.severity), promise, place(finding), views(finding), advice(finding)],
        Verdict::Unknown => vec![inline(&finding.severity), promise, subject(finding), why(finding)],
        Verdict::Waived => vec![inline(&finding.severity), promise, subject(finding), found(), waiver(finding)],
        Verdict::NotApplicable => vec![promised(finding), subject(finding), found()],
        Verdict::Kept => {
            let blame = finding.blame.as_ref().map(|blame| format!("<br>⚠️ {}", inline(blame))).unwrap_or_default();
            vec![promised(finding), subject(finding), format!("{}{blame}", found())]
        }
    }
}

/// The promise, and the line of the document that makes it.
fn promised(finding: &Finding) -> String {
    let line = finding.document.line.map(|line| format!(" (document line {line})")).unwrap_or_default();
    format!("{}{line}", inline(&finding.promised))
}

fn subject(finding: &Finding) -> String {
    code(finding.subject.shown())
}

/// The line of code where there is one, else the plan's; and the subject.
fn place(finding: &Finding) -> String {
    let line = finding.views.get("declared").and_then(|seen| seen.code.as_ref());
    let line =
        line.map_or_else(|| format!("{}:{}", finding.promise.path, finding.promise.line), |place| format!("{}:{}", place.path, place.line));
    format!("{}<br>{}", code(&line), subject(finding))
}

/// What was found, by view where more than one was asked.
fn views(finding: &Finding) -> String {
    if finding.views.len() < 2 {
        return inline(finding.found.as_deref().unwrap_or(&finding.message));
    }
    let said = ["declared", "recorded", "live"].iter().filter_map(|view| Some((*view, finding.views.get(*view)?)));
    let lines = said.map(|(view, seen)| {
        let mark = match seen.verdict.as_str() {
            "kept" => "✅",
            "broken" => "❌",
            "absent" => "🚫",
            _ => "❔",
        };
        format!("{mark} {view}: {}", inline(&seen.found))
    });
    lines.collect::<Vec<_>>().join("<br>")
}

/// Whose move it was, and what to do about it.
fn advice(finding: &Finding) -> String {
    let fix = &finding.remediation;
    let change = fix.change.as_ref().map(|change| {
        let now = change.now.as_ref().map(|now| format!(" (now {})", code(now))).unwrap_or_default();
        let at = format!("{}:{}", change.file, change.line);
        format!("{}: {}{now}", code(&at), code(&format!("{} = {}", change.attribute, change.should)))
    });
    let blame = finding.blame.as_ref().map(|blame| format!("**{}**", inline(blame)));
    // The change says it in fewer words.
    let text = change.is_none().then(|| inline(&fix.text)).filter(|text| !text.is_empty());
    [blame, change, text].into_iter().flatten().collect::<Vec<_>>().join("<br>")
}

fn why(finding: &Finding) -> String {
    let Some(gap) = &finding.gap else { return inline(&finding.message) };
    let action = gap.action.as_ref().map(|action| format!("<br>needs {}", code(action))).unwrap_or_default();
    format!("{}: {}{action}", inline(&gap.cause.replace('_', " ")), inline(&gap.detail))
}

fn waiver(finding: &Finding) -> String {
    let accepted = finding.waiver.as_ref();
    accepted.map(|waiver| inline(&format!("{}: {}, until {}", waiver.owner, waiver.reason, waiver.expires))).unwrap_or_default()
}

/// Differences between views; nothing where there is none.
fn drift_section(report: &Report, room: usize) -> String {
    if report.drift.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["Resource", "Attribute", "Declared", "Recorded", "Live", "Blame"], room);
    let row = |entry: Entry<'_>| {
        let side = |view| entry.sides.iter().find(|(name, _)| *name == view).map(|(_, value)| code(value)).unwrap_or_default();
        let place = entry.code.map(|(path, line)| format!("<br>{}", code(&format!("{path}:{line}")))).unwrap_or_default();
        let attribute = if entry.attribute.is_empty() { String::new() } else { code(entry.attribute) };
        let resource = format!("{}{place}", code(entry.subject));
        vec![resource, attribute, side("declared"), side("recorded"), side("live"), inline(entry.blame)]
    };
    report.drift.iter().for_each(|entry| table.row(|| row(Entry::of(entry))));
    table.finish(&format!("↔️ {}", count(report.drift.len(), "difference")), report.drift.len() <= OPEN_ROWS)
}

fn foot(report: &Report) -> String {
    let explain = report.findings.iter().find(|finding| finding.verdict == Verdict::Broken);
    let explain =
        explain.map(|finding| format!(" · {} explains a rule", code(&format!("lastro explain {}", finding.rule)))).unwrap_or_default();
    format!(
        "<sub>{} {}{explain} · every finding in full: {}</sub>\n",
        inline(&report.tool.name),
        inline(&report.tool.version),
        code("--format json")
    )
}

#[cfg(test)]
mod tests;
