"""What a study will cost, before it is paid for: env steps, core-hours, and what each job asks a scheduler for."""

from itt.plan.cells import Cell, cell, cells
from itt.plan.requests import Request, gathering, request
from itt.plan.site import SAFE, Site, site
from itt.plan.speeds import Speeds, measured, published, speed

__all__ = [
    "SAFE",
    "Cell",
    "Request",
    "Site",
    "Speeds",
    "cell",
    "cells",
    "gathering",
    "measured",
    "published",
    "request",
    "site",
    "speed",
]
