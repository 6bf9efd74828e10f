"""BMI: royalties of works by performance."""

from __future__ import annotations

from app.statements.rules.profile import Profile, columns_of

PROFILES = (
    Profile(
        name="bmi",
        version="",
        source="BMI",
        header=columns_of(
            "PERIOD|W OR P|PARTICIPANT NAME|PARTICIPANT #|IP #|TITLE NAME|TITLE #|PERF SOURCE|COUNTRY OF PERFORMANCE|"
            "SHOW NAME|EPISODE NAME|USE CODE|TIMING|PARTICIPANT %|PERF COUNT|BONUS LEVEL|ROYALTY AMOUNT|WITHHOLD|"
            "PERF PERIOD|CURRENT ACTIVITY AMT|HITS SONG OR TV NET SUPER USAGE BONUS|"
            "STANDARDS OR TV NET THEME BONUS|FOREIGN SOCIETY ADJUSTMENT|COMPANY CODE|COMPANY NAME"
        ),
        optional=("PERF DATE",),
        columns={
            "statement": "PERIOD",
            "sale": "PERF PERIOD",
            "title": "TITLE NAME",
            "store": "PERF SOURCE",
            "territory": "COUNTRY OF PERFORMANCE",
            "usage": "USE CODE",
            "units": "PERF COUNT",
            "amount": "ROYALTY AMOUNT",
        },
        fixed={"currency": "USD"},
    ),
)
