//! No personal data and no secret in traces.
//!
//! A process of its own: an event that another test meets first, while nobody listens, may stay off for the whole process.

use personio_client::testing::{Answer, Expected, ReplayTransport};
use personio_client::v1::ListEmployees;

/// Writes down everything that is traced.
#[derive(Default)]
struct Recorder(std::sync::Arc<std::sync::Mutex<String>>);

impl tracing::field::Visit for Recorder {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0
            .lock()
            .unwrap()
            .push_str(&format!("{field}={value:?} "));
    }
}

impl tracing::Subscriber for Recorder {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("personio_client")
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Self(self.0.clone()));
        tracing::span::Id::from_u64(1)
    }

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Self(self.0.clone()));
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn traces_show_operations_and_figures_only() {
    let path = "/v1/company/employees";
    let transport = ReplayTransport::new()
        .expect(
            Expected::post("/v1/auth"),
            Answer::json(r#"{"data": {"token": "Canary"}}"#),
        )
        .expect(Expected::get(path), Answer::status(429, "Canary"))
        .expect(
            Expected::get(path),
            Answer::status(400, r#"{"error": {"message": "Canary"}}"#),
        );
    let traced = std::sync::Arc::<std::sync::Mutex<String>>::default();
    let guard = tracing::subscriber::set_default(Recorder(traced.clone()));
    let request = ListEmployees::new().email("Canary");
    transport
        .client()
        .v1()
        .employees()
        .list(request)
        .next_page()
        .await
        .unwrap_err();
    drop(guard);
    let traced = traced.lock().unwrap().clone();
    assert!(
        traced.contains("v1.employees.list") && traced.contains("status=429"),
        "{traced}"
    );
    assert!(!traced.contains("Canary"), "{traced}");
}
