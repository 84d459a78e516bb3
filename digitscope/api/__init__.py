"""The HTTP API: the reader behind FastAPI (extra `api`).

`digitscope serve` starts it; `uvicorn --factory digitscope.api:create_app` does, too.
"""

from digitscope.api.app import create_app

__all__ = ["create_app"]
