"""The FastAPI application, put together."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from oncall_tui.intake.rest.access import A_MINUTE, Access
from oncall_tui.intake.rest.estate import estate
from oncall_tui.intake.rest.failing import say_errors
from oncall_tui.intake.rest.incidents import incidents
from oncall_tui.intake.rest.refusals import EVERYWHERE, refused
from oncall_tui.ops.session import Session


def build_rest(house: Session, *, a_minute: int = A_MINUTE) -> FastAPI:
    """The API over this database; `a_minute` requests of one token are answered."""
    app = FastAPI(
        title="oncall",
        version="1",
        description="On-call and incidents. Every request needs `Authorization: Bearer TOKEN` (`oncall token add`).",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.access = Access(house, a_minute=a_minute)
    app.include_router(incidents, responses=refused(*EVERYWHERE))
    app.include_router(estate, responses=refused(*EVERYWHERE))
    say_errors(app)
    if house.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(house.settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
        )
    return app
