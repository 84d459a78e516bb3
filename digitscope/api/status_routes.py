"""Who answers, whether it can answer, and its figures."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from digitscope import __version__
from digitscope.api.openapi_extras import problems
from digitscope.api.schemas import Health, Welcome
from digitscope.api.service import ServiceDependency

router = APIRouter(tags=["status"])
ENDPOINTS = {
    "GET /health": "whether the network answers",
    "GET /metrics": "figures for Prometheus",
    "GET /openapi.json": "this API, described",
    "POST /predict": "784 values in 0..1: the digit of one tile",
    "POST /predict/batch": "several tiles at once",
    "POST /api/v1/predict": "a picture file: a digit, or the reason why there is none",
}


@router.get("/", summary="Who answers here")
async def welcome() -> Welcome:
    """Tell what this is and what can be asked."""
    return Welcome(
        message=f"Digitscope {__version__} reads handwritten digits.", endpoints=ENDPOINTS
    )


@router.get("/health", summary="Whether the network answers", responses=problems(503))
async def health(service: ServiceDependency) -> Health:
    """Healthy once the network has answered; until then 503 with the cause."""
    service.keeper.reader()
    return Health()


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(service: ServiceDependency) -> Response:
    """All figures in Prometheus' text format."""
    return Response(service.metrics.render(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
