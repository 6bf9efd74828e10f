"""What stands in an input is written by us, as the form library writes it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms.widgets.core import html_params

from app.web.shared.environment import attributes

_VALUES = st.one_of(
    st.booleans(), st.integers(), st.text(max_size=12), st.text('"<&a', max_size=6).map(Markup)
)


@given(st.dictionaries(st.text('abc_-"<ariadt', min_size=1, max_size=8), _VALUES, max_size=5))
def test_attributes_are_the_library_s(given_: dict[str, object]) -> None:
    assert attributes(**given_) == html_params(**given_)


def test_names_and_values_are_escaped_and_dashed() -> None:
    assert attributes(aria_label='a "b"', class_="x<y", data_id=3, hidden=True, open=False) == (
        'aria-label="a &#34;b&#34;" class="x&lt;y" data-id="3" hidden'
    )
