//! Watches every attempt of every client: counts it, and refuses an answer that cannot be believed.
//!
//! The parsers of the SDK are lenient where an audit must not be: an empty body reads as `{}` to the JSON protocols, and an
//! XML body that breaks off reads as one whose last elements are absent. Both would turn "not seen" into "not there".

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::ErrorKind;

use super::gate::Gate;
use super::xml;

/// Why an answer with a good status is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Distrust {
    /// Nothing came where AWS always sends something.
    #[error("its body is empty")]
    Empty,
    /// A page for people.
    #[error("it is an HTML page")]
    Html,
    /// Neither XML nor JSON, or not all of it.
    #[error("its body is not whole")]
    Broken,
}

/// The interceptor: one for all clients of a session.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    calls: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Watch {
    /// Attempts so far by `service.Operation`.
    pub(super) fn calls(&self) -> BTreeMap<String, u64> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, metadata: &Metadata) {
        let name = format!("{}.{}", service_prefix(metadata.service()), metadata.name());
        tracing::debug!("calling {name}");
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
    }
}

/// The service as IAM prefixes it, from the SDK's own name.
fn service_prefix(sdk: &str) -> String {
    match sdk {
        "Auto Scaling" => "autoscaling".to_owned(),
        "Elastic Load Balancing v2" => "elasticloadbalancing".to_owned(),
        "Resource Groups Tagging API" => "tag".to_owned(),
        "Route 53" => "route53".to_owned(),
        other => other.to_ascii_lowercase().replace(' ', ""),
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "lastro::Watch"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(metadata) = cfg.load::<Metadata>() {
            self.count(metadata);
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let bodiless = cfg.load::<Metadata>().is_some_and(|metadata| metadata.name().starts_with("Head"));
        // A streamed body is not in memory here; whoever collects it checks its length.
        let Some(body) = response.body().bytes() else { return Ok(()) };
        if !response.status().is_success() || bodiless {
            return Ok(());
        }
        believable(body).map_err(BoxError::from)
    }
}

/// Retries what the default classifiers do not: a bare 429, and a good status whose body did not arrive whole. A whole body that
/// the SDK does not understand would be no clearer the next time.
///
/// It runs after the others, and tells the gate of the service when an attempt was throttled.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    gate: Option<Gate>,
}

impl Doubt {
    pub(super) fn new(gate: Option<Gate>) -> Self {
        Self { gate }
    }
}

impl ClassifyRetry for Doubt {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let failed = matches!(context.output_or_error(), Some(Err(_)));
        let broken = || response.body().bytes().is_none_or(|body| believable(body).is_err());
        match response.status().as_u16() {
            429 => RetryAction::throttling_error(),
            200..=299 if failed && broken() => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn classify_retry_v2(&self, context: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        let own = self.classify_retry(context);
        let throttled = |action: &RetryAction| {
            matches!(action, RetryAction::RetryIndicated(RetryReason::RetryableError { kind: ErrorKind::ThrottlingError, .. }))
        };
        if let Some(gate) = self.gate.as_ref().filter(|_| throttled(&own) || throttled(previous)) {
            gate.slow();
        }
        own
    }

    fn name(&self) -> &'static str {
        "lastro::Doubt"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Whether a body is one whole JSON value or one whole XML element that is no web page.
pub(super) fn believable(body: &[u8]) -> Result<(), Distrust> {
    let body = body.trim_ascii();
    match body.first() {
        None => Err(Distrust::Empty),
        Some(b'<') => xml::whole(body),
        Some(_) => serde_json::from_slice::<serde::de::IgnoredAny>(body).map(|_| ()).map_err(|_| Distrust::Broken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_answers_are_believed() {
        for body in [
            "{}",
            "{\"clusters\":[]}",
            "<VersioningConfiguration/>",
            "<?xml version=\"1.0\"?>\n<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
            "<a x='1>2'><b/><!-- > --><c>t</c><![CDATA[</a>]]></a>\n",
        ] {
            assert_eq!(believable(body.as_bytes()), Ok(()), "{body}");
        }
    }

    #[test]
    fn what_breaks_off_is_not() {
        for body in
            ["<a><b></b>", "<a><b></a></b>", "<a", "<a></a><a></a>", "x<a/>", "{\"clusters\":[", "{} trailing", "<!-- <a/>", "<a/>tail"]
        {
            assert_eq!(believable(body.as_bytes()), Err(Distrust::Broken), "{body}");
        }
        assert_eq!(believable(b" \n"), Err(Distrust::Empty));
        assert_eq!(believable(b"<html><body/></html>"), Err(Distrust::Html));
        assert_eq!(believable(b"<!DOCTYPE html><html></html>"), Err(Distrust::Html));
    }

    #[test]
    fn services_are_counted_as_iam_prefixes_them() {
        let names = ["S3", "EC2", "WAFV2", "Auto Scaling", "Elastic Load Balancing v2", "Resource Groups Tagging API", "Route 53"];
        let prefixes: Vec<String> = names.into_iter().map(service_prefix).collect();
        assert_eq!(prefixes, ["s3", "ec2", "wafv2", "autoscaling", "elasticloadbalancing", "tag", "route53"]);
    }
}
