"""Serve a project that write_project.py wrote on Modal: modal deploy serve_modal.py."""

import sys

import modal

PROJECT = "service/flowers"  # on this machine, from the directory where you run modal
PLACE = PROJECT if modal.is_local() else "/srv/flowers"  # and in the container

image = (
    modal.Image.debian_slim(python_version="3.11")
    .pip_install_from_requirements(f"{PROJECT}/requirements.txt")
    .env({"MLFLOW_DISABLE_TELEMETRY": "true"})
    .add_local_dir(PROJECT, "/srv/flowers", ignore=["**/__pycache__"])
)
app = modal.App("mltrack-flowers", image=image)


@app.cls(
    cpu=1.0,
    memory=1024,  # MiB
    max_containers=2,  # never more than this, whatever arrives
    scaledown_window=300,  # seconds that an idle container waits before it ends
    enable_memory_snapshot=True,
)
@modal.concurrent(max_inputs=8)
class Flowers:
    """The service of one model."""

    @modal.enter(snap=True)
    def load(self):
        """Load the model; Modal keeps the loaded state for the next containers."""
        sys.path.insert(0, PLACE)
        from app.core.model import load_model

        load_model()

    @modal.asgi_app(requires_proxy_auth=True)
    def web(self):
        """Return the application, which finds the model loaded."""
        from app.main import app as service

        return service
