"""The WSGI entry point: `gunicorn wsgi:application`."""

import gc

# What is loaded now lives as long as the process: nobody needs to look through it for rubbish,
# not while it loads, not with every ten thousandth request, and workers forked from here share it.
gc.disable()

from app.factory import create_app  # noqa: E402 - after the collector rests
from app.web.shared.compiled import load_compiled  # noqa: E402
from config import Settings  # noqa: E402

application = create_app(Settings.from_env())
load_compiled(application)
gc.freeze()
gc.set_threshold(10_000, 20, 20)
gc.enable()
