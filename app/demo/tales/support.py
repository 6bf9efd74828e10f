"""Questions that need an answer and no decision."""

from __future__ import annotations

from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import SubKind
from app.demo import papers as p
from app.demo.acts import (
    asks,
    links,
    moves,
    rates,
    says,
    takes,
    writes,
)
from app.demo.tale import Tale

S = SubKind


def _subject(title: str, summary: str, **more: str) -> dict[str, str]:
    return {"subject_title": title, "summary": summary} | more


SUPPORT: tuple[Tale, ...] = (
    Tale("putri", S.ACCOUNT_ACCESS, 26, _subject("Cannot sign in with my new phone", "My old phone fell into the sea. The code goes to the old number."), (),
        (3, takes("dee"), says("dee", "Oh no! I sent you a link to your mail address instead. It works for one hour."), 5, writes("Works, terima kasih!"),
         1, moves("dee", E.RESOLVE, "Signed in by mail; the old phone was removed."), 20, rates(5, 5, "So fast."))),
    Tale("rauf", S.PLAYLIST_PITCHING, 24, _subject("When do I pitch Beat Diary?", "The release is on 15 January. When does the pitch have to be in?"), (),
        (6, takes("dee"), 2, says("dee", "Four weeks before, so by 18 December. The form is under your release, Pitch."), moves("dee", E.RESOLVE, "Dates and place of the form given."), 30, rates(4, 4))),
    Tale("lucia", S.BILLING_REFUND, 19, _subject("Charged twice in October", "The yearly fee was taken on the 2nd and on the 5th.", disputed_amount="29.00 EUR"),
        (("bank-october.png", p.picture(tint=(70, 110, 70)), p.PNG),),
        (4, takes("dee"), says("dee", "You are right, twice. The second one goes back today, your bank shows it in three days."), moves("dee", E.RESOLVE, "Second charge refunded."), 90, rates(5, 5, "Gracias"))),
    Tale("chidi", S.TECHNICAL, 13, _subject("Upload stops at 80 percent", "The WAV of 240 MB always stops at the same place on my connection."), (),
        (5, takes("dee"), asks("dee", "It helps us to see where it stops.", "A picture of the page when it stops"))),
    Tale("amara", S.DELIVERY_METADATA, 11, _subject("Featured artist shown as main artist", "On Corniche the guest is shown first in two stores.", isrc="SNA012500040"), (),
        (5, takes("dee"), 20, says("dee", "Bonjour Amara. I corrected the roles and sent it to all stores again. It takes two to five days."), moves("dee", E.RESOLVE, "Roles corrected and delivered again."))),
    Tale("arjun", S.OTHER, 2.2, _subject("Letter for my visa", "The consulate asks for a letter that I am an artist with you."), (),
        (7, takes("dee"), 4, says("dee", "Gladly. Which name and passport number should it show? Please do not send a copy of the passport here."), 30, writes("Arjun Raman. I bring the number by phone."))),
    Tale("elif", S.DELIVERY_METADATA, 0.9, _subject("Lyrics with wrong letters", "ı and i are mixed up in the lyrics of one store.", isrc="TRA012600118"), (), (20, takes("dee"))),
    Tale("minji", S.TECHNICAL, 0.3, _subject("Statement does not open on my tablet", "The CSV opens as one long line."), (), ()),
    Tale("nour", S.ACCOUNT_ACCESS, 0.4, _subject("My manager needs access", "Can my manager see my statements, but not change my bank?"), (), ()),
    Tale("thanapat", S.PLAYLIST_PITCHING, 17, _subject("Win a million streams!!!", "Dear sir buy plays cheap best price"), (), (3, moves("dee", E.CLOSE_OUT_OF_SCOPE, "Advertising."))),
    Tale("ani", S.OTHER, 0.4, _subject("Address of the office", "I would like to send you a vinyl of Գարուն. Where to?"), (), ()),
    Tale("daniyar", S.TECHNICAL, 0.5, _subject("Two accounts", "I have two accounts with two addresses, please make one."), (), (links("two"), 8, takes("dee"))),
)  # fmt: skip

DRAFTS: tuple[Tale, ...] = (
    Tale("linh", S.MISSING_EARNINGS, 1.5, {"subject_title": "Vườn Chiều", "subject_artist": "Nguyễn Thuỳ Linh"}, keeps_draft=True),
    Tale("doyun", S.SHARE, 20, {"subject_title": "서울 야간열차", "subject_artist": "김도윤"}, keeps_draft=True),
)  # fmt: skip
