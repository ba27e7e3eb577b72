//! The proxy in front of a server of three lines.

use std::time::Instant;

use super::*;
use tokio::io::AsyncReadExt;

/// Answers every request with its own body, or with a listing of two databases when it has none.
fn server() -> u16 {
    let listener = block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    crate::runtime::runtime().spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let request = http::read(&mut client, Body::Request).await.expect("a request").expect("not closed");
                let answer = Message::answer(200, "text/xml", format!("<R>{}</R>", request.text()));
                client.write_all(&answer.bytes()).await.expect("written");
            });
        }
    });
    port
}

/// What a client gets: everything until the connection closes.
fn ask(proxy: &Proxy, service: &str, body: &str) -> String {
    let port: u16 = proxy.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4 Credential=A/20261120/us-east-1/{service}/aws4_request, X\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    block_on(async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("read");
        answer
    })
}

const LIST: &str = "Action=DescribeDBInstances";

#[test]
fn requests_pass_and_are_journalled() {
    let proxy = Proxy::before(server());
    assert!(ask(&proxy, "rds", LIST).ends_with("\r\n\r\n<R>Action=DescribeDBInstances</R>"));
    ask(&proxy, "rds", LIST);
    ask(&proxy, "ec2", "Action=DescribeSubnets");
    let journal = proxy.take_journal();
    let seen: Vec<_> = journal.iter().map(|entry| (entry.call.action(), entry.call.nth, entry.status)).collect();
    let rds = "rds:DescribeDBInstances".to_owned();
    assert_eq!(seen, [(rds.clone(), 1, Some(200)), (rds, 2, Some(200)), ("ec2:DescribeSubnets".to_owned(), 1, Some(200))]);
    assert!(proxy.take_journal().is_empty(), "taken");
}

#[test]
fn refusals_speak_the_protocol_of_the_service() {
    let proxy = Proxy::before(server());
    proxy.inject(|_| true, Effect::Deny);
    for (service, status, says) in [
        ("rds", "403", "<Code>AccessDenied</Code>"),
        ("ec2", "403", "<Errors><Error><Code>UnauthorizedOperation</Code>"),
        ("s3", "403", "<Error><Code>AccessDenied</Code>"),
        ("wafv2", "400", "\"__type\":\"AccessDeniedException\""),
        ("eks", "403", "x-amzn-ErrorType: AccessDeniedException"),
        ("route53", "403", "<ErrorResponse>"),
    ] {
        let answer = ask(&proxy, service, LIST);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(says), "{service}: {answer}");
    }
    proxy.clear();
    proxy.inject(|_| true, Effect::Throttle);
    for (service, status, code) in [
        ("rds", "400", "Throttling"),
        ("ec2", "503", "RequestLimitExceeded"),
        ("s3", "503", "SlowDown"),
        ("eks", "429", "TooManyRequestsException"),
    ] {
        let answer = ask(&proxy, service, LIST);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(code), "{service}: {answer}");
    }
    proxy.clear();
    assert!(ask(&proxy, "rds", LIST).starts_with("HTTP/1.1 200 "));
}

#[test]
fn rules_choose_by_operation_and_count() {
    let proxy = Proxy::before(server());
    proxy.inject(|call| call.operation == "DescribeDBInstances" && call.nth == 2, Effect::Fail(503));
    assert!(ask(&proxy, "rds", LIST).starts_with("HTTP/1.1 200 "));
    assert!(ask(&proxy, "rds", "Action=DescribeDBSnapshots").starts_with("HTTP/1.1 200 "));
    assert!(ask(&proxy, "rds", LIST).starts_with("HTTP/1.1 503 "));
    assert!(ask(&proxy, "rds", LIST).starts_with("HTTP/1.1 200 "));
}

#[test]
fn broken_connections_break_as_told() {
    let proxy = Proxy::before(server());
    proxy.inject_into("A", Effect::Drop);
    proxy.inject_into("B", Effect::DropHalf);
    proxy.inject_into("C", Effect::Truncate);
    proxy.inject_into("D", Effect::Stall(Duration::from_millis(300)));
    proxy.inject_into("E", Effect::Empty);
    proxy.inject_into("F", Effect::Html(404));
    assert_eq!(ask(&proxy, "rds", "Action=A"), "");
    let half = ask(&proxy, "rds", "Action=B");
    assert!(half.contains("Content-Length: 15") && half.ends_with("\r\n\r\n<R>Acti"), "{half}");
    let truncated = ask(&proxy, "rds", "Action=C");
    assert!(truncated.contains("Content-Length: 7") && truncated.ends_with("\r\n\r\n<R>Acti"), "{truncated}");
    let began = Instant::now();
    assert_eq!(ask(&proxy, "rds", "Action=D"), "");
    assert!(began.elapsed() >= Duration::from_millis(300));
    let empty = ask(&proxy, "rds", "Action=E");
    assert!(empty.starts_with("HTTP/1.1 200 ") && empty.ends_with("\r\n\r\n"), "{empty}");
    let page = ask(&proxy, "rds", "Action=F");
    assert!(page.starts_with("HTTP/1.1 404 ") && page.contains("text/html"), "{page}");
    let statuses: Vec<_> = proxy.take_journal().into_iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [None, None, Some(200), None, Some(200), Some(404)]);
}

#[test]
fn rewritings_add_up_and_keep_the_length_true() {
    let proxy = Proxy::before(server());
    proxy.inject_into("DescribeDBInstances", Effect::rewrite(|body| body.replace("<R>", "<Result>")));
    proxy.inject_into("DescribeDBInstances", Effect::rewrite(|body| body.replace("</R>", "</Result>")));
    let answer = ask(&proxy, "rds", LIST);
    assert!(answer.contains("Content-Length: 43") && answer.ends_with("<Result>Action=DescribeDBInstances</Result>"), "{answer}");
}

#[test]
fn page_tokens_repeat() {
    let answer = |service: &str, operation: &str, body: &str| {
        let call = Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: String::new(),
            target: String::new(),
            body: String::new(),
            nth: 1,
        };
        let mut answer = Message::answer(200, "", body);
        answers::repeat_token(&call, &mut answer);
        answer.text()
    };
    assert_eq!(
        answer("rds", "DescribeDBInstances", "<X><DescribeDBInstancesResult></DescribeDBInstancesResult></X>"),
        "<X><DescribeDBInstancesResult><Marker>again</Marker></DescribeDBInstancesResult></X>"
    );
    assert_eq!(answer("eks", "ListClusters", "{\"clusters\":[]}"), "{\"clusters\":[],\"nextToken\":\"again\"}");
    assert_eq!(answer("eks", "DescribeCluster", "{}"), "{}");
}

#[test]
fn the_weather_is_seeded_and_keeps_its_shares() {
    let call = |nth| Call {
        service: "rds".to_owned(),
        operation: "DescribeDBInstances".to_owned(),
        region: "us-east-1".to_owned(),
        target: String::new(),
        body: String::new(),
        nth,
    };
    let rolls: Vec<f64> = (0..10_000).map(|nth| dice(7, &call(nth))).collect();
    let again: Vec<f64> = (0..10_000).map(|nth| dice(7, &call(nth))).collect();
    assert_eq!(rolls, again);
    let under =
        |share: f64| f64::from(u16::try_from(rolls.iter().filter(|roll| **roll < share).count()).expect("at most 10,000")) / 10_000.0;
    assert!((under(0.3) - 0.3).abs() < 0.02, "{}", under(0.3));
    assert!((under(0.9) - 0.9).abs() < 0.02, "{}", under(0.9));
    assert_ne!(rolls, (0..10_000).map(|nth| dice(8, &call(nth))).collect::<Vec<_>>());

    let proxy = Proxy::before(server());
    proxy.weather(7, vec![(0.3, Effect::Throttle), (0.7, Effect::Fail(500))]);
    let throttled = (0..40).filter(|_| ask(&proxy, "rds", LIST).contains("Throttling")).count();
    assert!((4..=24).contains(&throttled), "{throttled} of 40");
    assert!(proxy.take_journal().iter().all(|entry| entry.status != Some(200)), "every share was used up");
}
