"""How tests are shared out among workers: one by one, but what shares something costly goes to one worker, whole."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {"tests/browser/": "browser", "tests/unit/recompute/test_engines.py": "spark"}
"""Beginning of a test's address → its group: one product and one browser for all journeys, one Spark.

By address, because the marks of the plugin's own groups do not reach it from this version of pytest.
"""


class InGroups(LoadScopeScheduling):
    """The plugin's way of keeping tests together, with the largest group first."""

    def _split_scope(self, nodeid: str) -> str:
        found = (group for start, group in TOGETHER.items() if nodeid.startswith(start))
        return next(found, nodeid)
