//! The document was reviewed within its cadence.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use crate::plan::Unit;
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "document-review",
    summary: "The plan's document was reviewed within its cadence",
    severity: Severity::Low,
    needs: &[],
    controls: &["nist-800-53r5:CP-2"],
    remediation: Remediation {
        text: "Review the document, put the date into it, and repeat that date as `document.updated` in the plan.",
        terraform: None,
        cli: None,
    },
    evidence: Evidence::Stated,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That the date the document states as its last change, plus the promised cadence, has not passed on the day of the audit.

## Why it matters

A recovery plan describes systems as they were. Each change that the document does not follow is a step that fails during the disaster.

## What counts as evidence

`document.updated` and `review.every` in the plan. Days are calendar days in UTC, months and years are calendar months and years, and the \
day on which the review falls due still counts. A plan that says only \"regularly\", or a document without a date, cannot be judged.

## Limits

The date is what the document says of itself; no history of the file is read, and a date says nothing about what was reviewed.";

fn judge(whole: &Whole<'_>) -> Ruling {
    let promise = expect_claim::<claim::Review>(&whole.promise.claim)?;
    let not_stated = |detail: &'static str| Gap::new(Cause::NotStated, detail);
    let every = promise.every.ok_or_else(|| not_stated("the document says only \"regularly\": write a cadence in review.every"))?;
    let updated = promise.updated.ok_or_else(|| not_stated("the document states no date: write document.updated"))?;
    let today = whole.now.to_zoned(TimeZone::UTC).date();
    // Somewhere on Earth it is already tomorrow.
    if updated > today.saturating_add(1.day()) {
        let detail = format!("the document is dated {updated}, after the day of the audit ({today}): mend document.updated, or --now");
        return Err(Gap::new(Cause::Unreadable, detail));
    }
    let due = updated.saturating_add(calendar(every));
    Ok(kept_if(due >= today, say(updated, due, today)))
}

/// The cadence on the calendar; a part of a day counts as a day.
fn calendar(every: Period) -> Span {
    let too_long = Span::new().years(19_998);
    let span = match every.unit {
        Unit::Month => Span::new().try_months(every.count),
        Unit::Year => Span::new().try_years(every.count),
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day | Unit::Week => Span::new().try_days(every.days()),
    };
    span.unwrap_or(too_long)
}

fn say(updated: Date, due: Date, today: Date) -> String {
    let days = |span: Span| count(u64::from(span.get_days().unsigned_abs()), "day");
    match today.since(due) {
        Ok(late) if due < today => format!("was due for review by {due}, {} ago; it is dated {updated}", days(late)),
        Ok(_) | Err(_) => format!("was reviewed on {updated}; the next review is due by {due}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::*;

    /// Judged on 2026-11-20.
    fn judged(updated: &str, every: &str) -> Ruling {
        let review = claim::Review { every: Some(every.parse().expect("a period")), updated: Some(updated.parse().expect("a date")) };
        judge_whole(&RULE, &plan(review), &Estate::default())
    }

    fn answer(updated: &str, every: &str) -> Answer {
        judged(updated, every).expect("judged").answer
    }

    #[test]
    fn kept_when_reviewed_within_the_cadence() {
        let judgement = judged("2026-08-20", "3mo").expect("judged");
        assert_eq!(judgement.answer, Answer::Kept);
        assert_eq!(judgement.found, "was reviewed on 2026-08-20; the next review is due by 2026-11-20");
        for (updated, every) in
            [("2026-11-20", "1d"), ("2026-11-19", "1d"), ("2025-11-20", "1y"), ("2026-11-13", "1w"), ("2026-11-21", "1y")]
        {
            assert_eq!(answer(updated, every), Answer::Kept, "{updated} {every}");
        }
    }

    #[test]
    fn broken_when_a_day_late() {
        let judgement = judged("2026-08-19", "3mo").expect("judged");
        assert_eq!(judgement.answer, Answer::Broken);
        assert_eq!(judgement.found, "was due for review by 2026-11-19, 1 day ago; it is dated 2026-08-19");
        for (updated, every) in
            [("2026-11-18", "1d"), ("2025-11-19", "1y"), ("2026-11-12", "1w"), ("2024-12-29", "3mo"), ("2026-11-18", "23h")]
        {
            assert_eq!(answer(updated, every), Answer::Broken, "{updated} {every}");
        }
    }

    #[test]
    fn months_are_calendar_months() {
        // 92 days, and still within three months.
        assert_eq!(answer("2026-08-20", "3mo"), Answer::Kept);
        assert_eq!(answer("2026-08-20", "90d"), Answer::Broken);
        assert_eq!(answer("0001-01-01", "1y"), Answer::Broken);
        assert_eq!(answer("2020-01-01", "4294967295y"), Answer::Kept);
    }

    #[test]
    fn unknown_when_the_date_lies_ahead() {
        let gap = judged("2026-11-22", "1y").expect_err("not a review that happened");
        assert!(gap.cause == Cause::Unreadable && gap.detail.contains("2026-11-22"), "{gap}");
    }

    #[test]
    fn unknown_when_not_stated() {
        let date = Some("2026-08-20".parse().expect("a date"));
        let every = Some("3mo".parse().expect("a period"));
        for (review, says) in [
            (claim::Review { every: None, updated: date }, "the document says only \"regularly\": write a cadence in review.every"),
            (claim::Review { every, updated: None }, "the document states no date: write document.updated"),
        ] {
            let gap = judge_whole(&RULE, &plan(review), &Estate::default()).expect_err("not stated");
            assert_eq!(gap, Gap::new(Cause::NotStated, says));
        }
    }
}
