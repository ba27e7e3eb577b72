//! What a failed call means: by the error code and the HTTP status, never by the words of a message.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::watch::{Distrust, believable};
use crate::collect::needs::Call;
use crate::estate::{Cause, Gap, Region};

/// A call that gave no answer, with what is needed to tell "not configured" from everything else.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// The gap it leaves.
    pub(super) gap: Gap,
    /// The error code, where the answer had one.
    pub(super) code: Option<String>,
    /// The HTTP status, where there was an answer.
    pub(super) status: Option<u16>,
    /// The region that S3 says the bucket lives in, even when it refuses everything else.
    pub(super) bucket_region: Option<Region>,
    /// A whole answer with a good status that the SDK did not understand.
    pub(super) answer: Option<Vec<u8>>,
    /// No connection came about: wrong address, no network, unknown region.
    pub(super) unreachable: bool,
}

impl Refusal {
    /// Whether AWS says, by this very code in a 404 answer, that the setting is not there.
    pub(super) fn is_absence(&self, code: &str) -> bool {
        self.status == Some(404) && self.code.as_deref() == Some(code)
    }
}

impl From<Refusal> for Gap {
    fn from(refusal: Refusal) -> Self {
        refusal.gap
    }
}

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Client.UnauthorizedOperation",
    "NotAuthorized",
    "NotAuthorizedException",
    "UnauthorizedAccess",
    "UnauthorizedAccessException",
    "UnauthorizedOperation",
];

const CLOCK: &[&str] = &["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"];

const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"];

const WRONG_SIGNATURE: &[&str] =
    &["IncompleteSignature", "IncompleteSignatureException", "InvalidSignatureException", "SignatureDoesNotMatch"];

const WRONG_KEY: &[&str] = &[
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotSignedUp",
    "UnrecognizedClientException",
];

const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const TIMED_OUT: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

const UNSUPPORTED: &[&str] = &[
    "InvalidAction",
    "NotImplemented",
    "OperationNotSupportedException",
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnknownOperation",
    "UnknownOperationException",
    "UnsupportedOperation",
];

/// The cause that an error code or a status stands for, and what to do about it.
fn cause_of(code: Option<&str>, status: Option<u16>) -> (Cause, &'static str) {
    let is = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    if is(CLOCK) {
        return (Cause::Unauthenticated, "the clock of this machine is off: set it right and run again");
    }
    if is(EXPIRED) {
        return (Cause::Unauthenticated, "the credentials have expired: sign in again (`aws sso login`, or a new session token)");
    }
    if is(WRONG_SIGNATURE) {
        return (Cause::Unauthenticated, "the signature does not fit: check the secret access key and the clock of this machine");
    }
    if is(WRONG_KEY) {
        let advice = "AWS does not know these credentials here: check the access key, the session token, and that the region is enabled";
        return (Cause::Unauthenticated, advice);
    }
    if is(THROTTLED) || status == Some(429) {
        return (Cause::Throttled, "the service asked for fewer requests until the attempts were used up: run again later");
    }
    if is(TIMED_OUT) || status == Some(408) {
        return (Cause::TimedOut, "the service gave up waiting for the request: run again");
    }
    if is(UNSUPPORTED) || status == Some(501) {
        return (Cause::Unsupported, "the endpoint does not offer this call: use another region or endpoint for it");
    }
    if status == Some(401) {
        return (Cause::Unauthenticated, "the credentials were refused: check the profile, the access key and the session token");
    }
    if is(DENIED) || status == Some(403) {
        return (Cause::Denied, "grant it to the caller (`lastro iam-policy` prints the policy that suffices)");
    }
    (Cause::Failed, "the call failed: run again, and look at the AWS Health Dashboard or the endpoint when it persists")
}

/// What a failed call leaves behind.
pub(super) fn refusal<E>(call: &Call, region: &Region, error: &SdkError<E, HttpResponse>) -> Refusal
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).map(str::to_owned);
    let response = error.raw_response();
    let status = response.map(|response| response.status().as_u16());
    let bucket_region = response.and_then(|response| response.headers().get("x-amz-bucket-region")).map(Region::from);
    let good = response.filter(|response| response.status().is_success());
    let whole = good.and_then(|response| response.body().bytes()).filter(|body| believable(body).is_ok());
    let mut unreachable = false;
    let (cause, detail) = match error {
        SdkError::TimeoutError(_) => {
            (Cause::TimedOut, "no whole answer came in time: check the network and the endpoint, or raise --timeout".to_owned())
        }
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            unreachable = true;
            (Cause::TimedOut, "nobody answered in time: check the network, the region's name and the endpoint".to_owned())
        }
        SdkError::DispatchFailure(_) => {
            unreachable = true;
            (Cause::Failed, "the endpoint cannot be reached: check the network, the region's name and the endpoint".to_owned())
        }
        SdkError::ConstructionFailure(_) => {
            (Cause::Failed, "the request could not be built: check the credentials, region and endpoint".to_owned())
        }
        SdkError::ResponseError(failure) => untrusted(failure.raw().status().as_u16(), distrust(error)),
        SdkError::ServiceError(_) if status.is_some_and(|status| (200..300).contains(&status)) => {
            (Cause::Failed, "the answer cannot be understood: a proxy in between, or an endpoint that is not AWS".to_owned())
        }
        SdkError::ServiceError(_) => {
            let (cause, advice) = cause_of(code.as_deref(), status);
            (cause, described(code.as_deref(), status, advice))
        }
        _ => (Cause::Failed, "the call failed in a way that this version does not know: run again".to_owned()),
    };
    let mut gap = Gap::new(cause, format!("{} in {region}: {detail}", call.name()));
    gap.action = call.permission.clone();
    Refusal { gap, code, status, bucket_region, answer: whole.map(<[u8]>::to_vec), unreachable }
}

/// An answer that came but cannot be believed. What the status alone says still counts.
fn untrusted(status: u16, distrust: Option<Distrust>) -> (Cause, String) {
    if !(200..300).contains(&status) {
        let (cause, advice) = cause_of(None, Some(status));
        return (cause, described(None, Some(status), advice));
    }
    let why = distrust.map_or_else(|| "it broke off".to_owned(), |distrust| distrust.to_string());
    (Cause::Failed, format!("the answer cannot be trusted ({why}): a proxy in between, or an endpoint that is not AWS"))
}

fn described(code: Option<&str>, status: Option<u16>, advice: &str) -> String {
    match (code, status) {
        (Some(code), _) => format!("{}: {advice}", super::clean(code)),
        (None, Some(status)) => format!("HTTP {status} without an AWS error code: {advice}"),
        (None, None) => advice.to_owned(),
    }
}

/// The reason that our own watch gave, somewhere in the chain of sources.
fn distrust(error: &(dyn Error + 'static)) -> Option<Distrust> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(distrust) = error.downcast_ref::<Distrust>() {
            return Some(*distrust);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_before_statuses() {
        let cause = |code, status| cause_of(code, status).0;
        assert_eq!(cause(Some("AccessDenied"), Some(403)), Cause::Denied);
        assert_eq!(cause(Some("UnauthorizedOperation"), Some(400)), Cause::Denied);
        assert_eq!(cause(Some("ExpiredToken"), Some(403)), Cause::Unauthenticated);
        assert_eq!(cause(Some("RequestTimeTooSkewed"), Some(403)), Cause::Unauthenticated);
        assert_eq!(cause(Some("SlowDown"), Some(503)), Cause::Throttled);
        assert_eq!(cause(None, Some(429)), Cause::Throttled);
        assert_eq!(cause(None, Some(403)), Cause::Denied);
        assert_eq!(cause(None, Some(404)), Cause::Failed);
        assert_eq!(cause(Some("NoSuchBucket"), Some(404)), Cause::Failed);
        assert_eq!(cause(Some("NotImplemented"), Some(501)), Cause::Unsupported);
        assert_eq!(cause(None, Some(503)), Cause::Failed);
    }

    #[test]
    fn advice_differs_between_a_wrong_key_an_old_token_and_a_wrong_clock() {
        let advice = |code| cause_of(Some(code), Some(403)).1;
        assert!(advice("InvalidClientTokenId").contains("access key"));
        assert!(advice("ExpiredToken").contains("expired"));
        assert!(advice("RequestTimeTooSkewed").contains("clock"));
        assert!(advice("SignatureDoesNotMatch").contains("secret"));
    }
}
