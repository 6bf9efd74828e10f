"""Messages read well as they are and can be said in another language later."""

from __future__ import annotations

from app.kernel.words import Words, words


def test_words_remember_their_template_and_values() -> None:
    text = words("At most %(limit)d.", limit=3)

    assert text == "At most 3."
    assert isinstance(text, Words)
    assert (text.template, text.params) == ("At most %(limit)d.", {"limit": 3})


def test_a_percent_sign_without_values_stays() -> None:
    assert words("100 %") == "100 %"
