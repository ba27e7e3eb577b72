//! All pages of a listing, and an honest end when the pages do not end.

use std::collections::BTreeSet;

use crate::collect::needs::Call;
use crate::estate::{Cause, Gap};

/// More pages than any account has; a listing that goes on is not trusted to end.
const MOST_PAGES: usize = 10_000;

/// One page: what is on it, and the token of the next one.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// A page of an answer whose list may be absent and whose token may be empty.
    pub(super) fn new(items: Option<Vec<T>>, next: Option<String>) -> Self {
        Self { items: items.unwrap_or_default(), next: next.filter(|token| !token.is_empty()) }
    }
}

/// Follows the tokens to the end. What was read before an error stays, beside the gap.
pub(super) async fn all<T, F>(call: &Call, mut fetch: impl FnMut(Option<String>) -> F) -> (Vec<T>, Option<Gap>)
where
    F: Future<Output = Result<Page<T>, Gap>>,
{
    let mut items = Vec::new();
    let mut tokens = BTreeSet::new();
    let mut next = None;
    while tokens.len() < MOST_PAGES {
        let page = match fetch(next).await {
            Ok(page) => page,
            Err(gap) => return (items, Some(gap)),
        };
        items.extend(page.items);
        let Some(token) = page.next else { return (items, None) };
        if !tokens.insert(token.clone()) {
            return (items, Some(endless(call, "the service gave the same page token twice")));
        }
        next = Some(token);
    }
    (items, Some(endless(call, "the pages do not end")))
}

fn endless(call: &Call, why: &str) -> Gap {
    let mut gap = Gap::new(Cause::Incomplete, format!("{}: {why}: there may be more than was read; run again", call.name()));
    gap.action = call.permission.clone();
    gap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::needs;

    async fn listing(answers: &[Result<(i32, Option<&str>), Gap>]) -> (Vec<i32>, Option<Gap>) {
        let mut answers = answers.iter();
        all(needs::LIST_CLUSTERS, |_| {
            let answer = answers.next().cloned().expect("no page beyond the last");
            async move { answer.map(|(item, next)| Page::new(Some(vec![item]), next.map(str::to_owned))) }
        })
        .await
    }

    #[tokio::test]
    async fn follows_tokens_until_there_is_none() {
        assert_eq!(listing(&[Ok((1, Some("a"))), Ok((2, Some("b"))), Ok((3, Some("")))]).await, (vec![1, 2, 3], None));
    }

    #[tokio::test]
    async fn a_token_that_comes_back_ends_the_listing_as_incomplete() {
        let (items, gap) = listing(&[Ok((1, Some("a"))), Ok((2, Some("b"))), Ok((3, Some("a")))]).await;
        assert_eq!(items, [1, 2, 3]);
        assert_eq!(gap.map(|gap| gap.cause), Some(Cause::Incomplete));
    }

    #[tokio::test]
    async fn what_was_read_before_an_error_stays() {
        let denied = Gap::new(Cause::Denied, "no");
        assert_eq!(listing(&[Ok((1, Some("a"))), Err(denied.clone())]).await, (vec![1], Some(denied)));
    }
}
