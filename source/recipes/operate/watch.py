"""Watch a service with logs and metrics: uvicorn watch:app --log-config logging.json."""

from app.main import app as service  # the application that MLTrack wrote
from logs import RequestLog
from prometheus_client import Gauge
from prometheus_fastapi_instrumentator import Instrumentator

Instrumentator(
    should_group_status_codes=False,
    excluded_handlers=["/metrics", "/api/v1/health"],
).instrument(service).expose(service, include_in_schema=False)

model = service.title.removesuffix(" API")
Gauge("model_info", "The model that answers", ["model", "version"]).labels(
    model, service.version
).set(1)

app = RequestLog(service, model=model, version=service.version)
