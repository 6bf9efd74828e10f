"""What stands in an input is written by us, as the form library writes it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms import Form, SelectChoice, SelectField, TextAreaField
from wtforms.widgets import core, html_params

from app.web.shared.environment import attributes

_VALUES = st.one_of(
    st.booleans(), st.integers(), st.text(max_size=12), st.text('"<&a', max_size=6).map(Markup)
)


@given(st.dictionaries(st.text('abc_-"<ariadt', min_size=1, max_size=8), _VALUES, max_size=5))
def test_attributes_are_the_library_s(given_: dict[str, object]) -> None:
    assert html_params is not attributes
    assert attributes(**given_) == html_params(**given_)


def test_names_and_values_are_escaped_and_dashed() -> None:
    assert attributes(aria_label='a "b"', class_="x<y", data_id=3, hidden=True, open=False) == (
        'aria-label="a &#34;b&#34;" class="x&lt;y" data-id="3" hidden'
    )


def test_a_text_area_and_a_select_are_written_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Words(Form):
        words = TextAreaField()
        kind = SelectField(choices=[SelectChoice("a", 'The "first"')])

    def drawn() -> tuple[str, str]:
        form = Words(data={"words": "</textarea>"})
        return form.words(rows=3, aria_label='"x"'), form.kind(class_="input")

    theirs = drawn()
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        core, "html_params", lambda **given: asked.append(given) or attributes(**given)
    )

    assert drawn() == theirs
    assert [one.get("name") for one in asked] == ["words", "kind", None]
