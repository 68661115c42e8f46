//! Counts requests and writes one line of the log for each.
//!
//! Labels are bounded: a path counts under the template of its route, and what
//! has no route, or a method that no route takes, counts under one word.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use baton_metrics::{Counter, Gauge, Histogram, Page, Source};
use futures_util::StreamExt;

use super::trace::{self, TraceId};

/// What a path without a route is called.
const UNMATCHED: &str = "unmatched";

/// Methods that have a name of their own.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Classes of statuses.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

const BOUNDS: &[Duration] = &[
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_micros(2_500),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(10),
];

/// What is counted of requests. There are as many entries as there are routes
/// that were asked for.
#[derive(Debug, Default)]
pub(super) struct Requests {
    routes: RwLock<BTreeMap<String, ByMethod>>,
    streams: Arc<Gauge>,
    under_way: Arc<Gauge>,
}

type ByMethod = BTreeMap<&'static str, Arc<Route>>;

/// One method of one route.
#[derive(Debug)]
struct Route {
    answers: [Counter; CLASSES.len()],
    took: Histogram,
}

impl Route {
    fn new() -> Self {
        Self {
            answers: Default::default(),
            took: Histogram::new(BOUNDS),
        }
    }

    fn count(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(answers) = self.answers.get(class) {
            answers.count();
        }
        self.took.observe(took);
    }
}

impl Requests {
    fn route(&self, path: &str, method: &Method) -> Arc<Route> {
        let known = METHODS.iter().find(|known| **known == method.as_str());
        let method = *known.unwrap_or(&"other");
        let find = |routes: &BTreeMap<String, ByMethod>| {
            let route = routes.get(path)?.get(method)?;
            Some(Arc::clone(route))
        };
        let found = find(&self.routes.read().unwrap_or_else(PoisonError::into_inner));
        found.unwrap_or_else(|| {
            let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
            let of_path = routes.entry(path.to_owned()).or_default();
            let route = of_path.entry(method);
            Arc::clone(route.or_insert_with(|| Arc::new(Route::new())))
        })
    }
}

impl Source for Requests {
    fn write(&self, page: &mut Page) {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let all = || {
            routes.iter().flat_map(|(path, methods)| {
                let each = methods.iter();
                each.map(move |(method, route)| ([("route", &**path), ("method", *method)], route))
            })
        };
        let help = "HTTP requests answered, by route, method and class of status.";
        let mut answered = page.counter("baton_http_requests_total", help);
        for ([path, method], route) in all() {
            for (class, answers) in CLASSES.iter().zip(&route.answers) {
                if answers.value() > 0 {
                    answered.value(&[path, method, ("status", class)], answers.value());
                }
            }
        }
        let help = "Time until the head of the answer, by route and method.";
        let mut took = page.histogram("baton_http_request_duration_seconds", help);
        for (labels, route) in all() {
            took.value(&labels, &route.took.timings());
        }
        page.gauge(
            "baton_http_requests_in_flight",
            "HTTP requests being answered now.",
        )
        .value(&[], self.under_way.value());
        page.gauge("baton_sse_clients", "Streams of events being followed now.")
            .value(&[], self.streams.value());
    }
}

/// One more, until it is dropped.
struct Counted(Arc<Gauge>);

impl Counted {
    fn of(gauge: &Arc<Gauge>) -> Self {
        gauge.add(1);
        Self(Arc::clone(gauge))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.add(-1);
    }
}

/// Counts a request, and writes down how it was answered.
pub(super) async fn observe(
    State(requests): State<Arc<Requests>>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let under_way = Counted::of(&requests.under_way);
    let template = request.extensions().get::<MatchedPath>().cloned();
    let path = template.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let method = request.method().clone();
    let route = requests.route(path, &method);
    let id = TraceId::of(request.headers());
    let asked = tracing::enabled!(target: trace::REQUESTS, tracing::Level::INFO)
        .then(|| request.uri().path().to_owned());
    let answer = id.clone().around(next.run(request)).await;
    let (status, took) = (answer.status(), began.elapsed());
    route.count(status, took);
    drop(under_way);
    if let Some(asked) = asked {
        trace::log_request(&id, (&method, path, &asked), &answer, took);
    }
    counting_stream(&requests.streams, answer)
}

/// Counts a stream of events for as long as it is read.
fn counting_stream(streams: &Arc<Gauge>, answer: Response) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        return answer;
    }
    let counted = Counted::of(streams);
    answer.map(|body| {
        let events = body.into_data_stream().map(move |event| {
            let _as_long_as_it_is_read = &counted;
            event
        });
        Body::from_stream(events)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_asked_for_there_are_only_so_many_labels() {
        let requests = Requests::default();
        for number in 0..1_000 {
            let method = Method::from_bytes(format!("X{number}").as_bytes()).unwrap();
            let route = requests.route(UNMATCHED, &method);
            route.count(StatusCode::NOT_FOUND, Duration::ZERO);
        }
        let mut page = Page::default();
        requests.write(&mut page);
        let text = page.into_text();
        let line =
            r#"baton_http_requests_total{route="unmatched",method="other",status="4xx"} 1000"#;
        assert_eq!(text.matches("baton_http_requests_total{").count(), 1);
        assert!(text.contains(line), "{text}");
    }
}
