//! A server without a socket, on a store in memory.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use baton_agents::{AttemptControl, AttemptRequest, Recovery, SharedDispatcher, StageDispatcher};
use baton_app::artifacts::Roots;
use baton_app::{App, Features};
use baton_model::plan::Workspace;
use baton_model::{AttemptReport, Edit, Failure, FailureLabel, Plan, StageId};
use baton_runtime::{AgentResolver, HookRequest, Mode, Named, Options, Plug, Runtime, SystemClock};
use baton_server::http::{Instruments, Router, router};
use baton_store::{FullStore, LeaseTerm, MemoryStore, ServerId, Store};
use http_body_util::BodyExt;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use uuid::Uuid;

/// Agents that work until they are told to end; `agent:nobody` is nobody.
struct Working;

#[async_trait]
impl StageDispatcher for Working {
    fn needs_slot(&self) -> bool {
        false
    }

    async fn run(&self, _: AttemptRequest, control: AttemptControl) -> AttemptReport {
        control.cancel.cancelled().await;
        AttemptReport::Failed(Failure::new(FailureLabel::CANCELLED, "told to end"))
    }

    async fn recover(&self, _: AttemptRequest, _: AttemptControl, _: u64) -> Recovery {
        Recovery::Lost
    }
}

impl AgentResolver for Working {
    fn resolve(&self, _: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure> {
        if artifact.starts_with("agent:") && artifact != "agent:nobody" {
            return Ok(Arc::new(Self));
        }
        Err(Failure::new(
            FailureLabel::UNREACHABLE,
            "there is no such agent",
        ))
    }

    fn named(&self, workspace: &Workspace) -> Result<Vec<Named>, Failure> {
        match &workspace.config {
            None => Ok(Vec::new()),
            Some(file) => {
                let message = format!("cannot read {file}");
                Err(Failure::new(FailureLabel::UNREACHABLE, message))
            }
        }
    }
}

#[async_trait]
impl Plug for Working {
    fn compile_edits(&self, _: &Plan, _: &[StageId], _: &[Value]) -> Result<Vec<Edit>, String> {
        Err("nobody edits".to_owned())
    }

    async fn run_hook(&self, _: &Plan, _: &HookRequest) -> Result<(), String> {
        Ok(())
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of an answer with this status.
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// A problem with this status and this code.
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(
            self.headers.get(header::CONTENT_TYPE).unwrap(),
            "application/problem+json"
        );
        let problem = self.with(status);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["error"], code);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["detail"], problem["message"]);
        assert!(!problem["trace_id"].as_str().unwrap().is_empty());
        problem
    }
}

/// Sends a request to a router; its answer may take for ever.
pub(crate) async fn open(router: &Router, request: Request<Body>) -> Response<Body> {
    let service = TowerToHyperService::new(router.clone());
    service.call(request).await.unwrap()
}

/// Sends a request to a router.
pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (parts, body) = open(router, request).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    }
}

/// The server.
pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) app: App,
    pub(crate) store: Arc<MemoryStore>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(Features::default(), Roots::default())
    }

    pub(crate) fn with(features: Features, roots: Roots) -> Self {
        let store = Arc::new(MemoryStore::new());
        let options = Options {
            mode: Mode::Execute,
            processes_max: 8,
            server: ServerId::new(Uuid::now_v7()),
            term: LeaseTerm::Exclusive,
        };
        let runtime = Runtime::start(
            Arc::clone(&store) as Arc<dyn Store>,
            Arc::new(Working),
            Arc::new(SystemClock),
            options,
        );
        let library = Arc::clone(&store) as Arc<dyn FullStore>;
        let app = App::new(library, runtime, Arc::new(Working))
            .with_features(features)
            .with_roots(roots);
        Self {
            router: router(app.clone(), Instruments::default()),
            app,
            store,
        }
    }

    /// Sends whatever it is given.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// Without a body.
    pub(crate) async fn post_nothing(&self, path: &str) -> Answer {
        self.ask(Method::POST, path, None).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Posts under an idempotency key.
    pub(crate) async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// Stores a workflow of this name; answers its id.
    pub(crate) async fn stored(&self, name: &str) -> String {
        let created = self.post("/workflows", &workflow(name)).await.with(201);
        created["id"].as_str().unwrap().to_owned()
    }
}

/// A definition with a parameter, an agent and a gate.
pub(crate) fn definition(name: &str) -> String {
    let key = name.to_lowercase().replace(' ', "-");
    format!(
        "# {name}, letter for letter
workflow: {{ id: {key}, name: {name}, version: 1.2.0, tags: [one, two], description: For tests }}
config:
  parameters:
    topic: {{ type: string, required: true }}
stages:
  - id: write
    name: Write
    roles: {{ primary: {{ artifact: agent:writer }} }}
    inputs:
      topic: {{ type: string, source: \"${{{{ parameters.topic }}}}\" }}
    outputs:
      text: {{ type: string }}
  - id: approve
    name: Approve
    type: gate
    depends_on: [write]
    gate: {{ message: Good? }}
"
    )
}

/// What stores a workflow of this name.
pub(crate) fn workflow(name: &str) -> Value {
    json!({ "yaml_content": definition(name) })
}

/// A definition that can be read and cannot run.
pub(crate) const UNSOUND: &str = "
workflow: { id: unsound, name: Unsound }
stages:
  - { id: a, name: A, depends_on: [b], roles: { primary: { artifact: agent:writer } } }
  - { id: c, name: C, roles: { primary: { artifact: agent:writer } }, condition: '${{ nothing }}' }
";
