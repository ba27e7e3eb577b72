//! What AWS itself says when it refuses, throttles, fails or pages: each protocol its own way.

use super::call::Call;
use super::http::Message;

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// RDS, Auto Scaling, ELB, STS; Route 53 and CloudFront report errors alike.
    Query,
    Ec2,
    S3,
    /// The target in a header, every refusal a 400: WAF, tagging.
    Json,
    /// The error's code in a header: EKS.
    RestJson,
}

fn protocol(service: &str) -> Protocol {
    match service {
        "ec2" => Protocol::Ec2,
        "s3" => Protocol::S3,
        "wafv2" | "tagging" => Protocol::Json,
        "eks" => Protocol::RestJson,
        _ => Protocol::Query,
    }
}

/// The caller may not.
pub(crate) fn denied(call: &Call) -> Message {
    let says = format!("User: arn:aws:sts::123456789012:assumed-role/audit/test is not authorized to perform: {}", call.action());
    match protocol(&call.service) {
        Protocol::Query => error(call, 403, "AccessDenied", &says),
        Protocol::Ec2 => error(call, 403, "UnauthorizedOperation", "You are not authorized to perform this operation."),
        Protocol::S3 => error(call, 403, "AccessDenied", "Access Denied"),
        Protocol::Json => error(call, 400, "AccessDeniedException", &says),
        Protocol::RestJson => error(call, 403, "AccessDeniedException", &says),
    }
}

/// Too many requests.
pub(crate) fn throttled(call: &Call) -> Message {
    match protocol(&call.service) {
        Protocol::Query => error(call, 400, "Throttling", "Rate exceeded"),
        Protocol::Ec2 => error(call, 503, "RequestLimitExceeded", "Request limit exceeded."),
        Protocol::S3 => error(call, 503, "SlowDown", "Please reduce your request rate."),
        Protocol::Json => error(call, 400, "ThrottlingException", "Rate exceeded"),
        Protocol::RestJson => error(call, 429, "TooManyRequestsException", "Too Many Requests"),
    }
}

/// AWS itself is ill.
pub(crate) fn failed(call: &Call, status: u16) -> Message {
    let code = match (protocol(&call.service), status) {
        (_, 503) => "ServiceUnavailable",
        (Protocol::Query, _) => "InternalFailure",
        (Protocol::Ec2 | Protocol::S3, _) => "InternalError",
        (Protocol::Json, _) => "WAFInternalErrorException",
        (Protocol::RestJson, _) => "ServerException",
    };
    error(call, status, code, "We encountered an internal error. Please try again.")
}

/// What something between AWS and us says: a captive portal, a corporate proxy, an unimplemented route.
pub(crate) fn html(status: u16) -> Message {
    let page = "<!DOCTYPE html>\n<html><head><title>Not what you asked for</title></head><body><h1>A page for people</h1></body></html>\n";
    Message::answer(status, "text/html; charset=utf-8", page)
}

/// An error in the words of the service.
pub(crate) fn error(call: &Call, status: u16, code: &str, says: &str) -> Message {
    let id = "4f7f2d5e-0000-4000-8000-000000000000";
    match protocol(&call.service) {
        Protocol::Query => {
            let body = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{says}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
            );
            Message::answer(status, "text/xml", body)
        }
        Protocol::Ec2 => {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code><Message>{says}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
            );
            Message::answer(status, "text/xml;charset=UTF-8", body)
        }
        Protocol::S3 => {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{says}</Message><RequestId>{id}</RequestId><HostId>host</HostId></Error>"
            );
            Message::answer(status, "application/xml", body)
        }
        Protocol::Json => Message::answer(status, "application/x-amz-json-1.1", json_error(code, says)),
        Protocol::RestJson => {
            let mut answer = Message::answer(status, "application/json", json_error(code, says));
            answer.headers.push(("x-amzn-ErrorType".to_owned(), code.to_owned()));
            answer
        }
    }
}

fn json_error(code: &str, says: &str) -> String {
    serde_json::json!({ "__type": code, "message": says }).to_string()
}

/// Makes a page of a listing name itself as the next page, whatever was asked; other answers stay as they are.
pub(crate) fn repeat_token(call: &Call, answer: &mut Message) {
    let text = answer.text();
    let token = match (call.service.as_str(), call.operation.as_str()) {
        ("s3", "ListBuckets") => "<ContinuationToken>again</ContinuationToken>",
        ("ec2", _) => "<nextToken>again</nextToken>",
        ("rds", _) => "<Marker>again</Marker>",
        ("autoscaling", _) => "<NextToken>again</NextToken>",
        ("elasticloadbalancing", _) => "<NextMarker>again</NextMarker>",
        ("eks", operation) if operation.starts_with("List") => return put_json(answer, "nextToken"),
        ("wafv2", operation) if operation.starts_with("List") => return put_json(answer, "NextMarker"),
        ("tagging", _) => return put_json(answer, "PaginationToken"),
        _ => return,
    };
    let end = match call.service.as_str() {
        "s3" => "</ListAllMyBucketsResult>".to_owned(),
        "ec2" => format!("</{}Response>", call.operation),
        _ => format!("</{}Result>", call.operation),
    };
    answer.body = text.replace(&end, &format!("{token}{end}")).into_bytes();
}

fn put_json(answer: &mut Message, key: &str) {
    if let Ok(serde_json::Value::Object(mut object)) = serde_json::from_slice(&answer.body) {
        object.insert(key.to_owned(), "again".into());
        answer.body = serde_json::Value::Object(object).to_string().into_bytes();
    }
}
