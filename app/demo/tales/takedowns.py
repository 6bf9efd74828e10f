"""Takedowns: notices, counter-notices, stores that removed something, and restrictions of our own."""

from __future__ import annotations

from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import Outcome, SubKind
from app.decisions.rules import FindingResult, RemedyKind
from app.demo import papers as p
from app.demo.acts import (
    Ruling,
    about,
    adds,
    asks,
    confirms,
    counters,
    joins,
    moves,
    notes,
    proposes,
    says,
    takes,
    tells_other,
    writes,
)
from app.demo.tale import Tale

S = SubKind
YES = FindingResult.ESTABLISHED
CASPIAN = {
    "other_name": "",
    "contact_address": "Caspian Reel Ltd, 4 Harbour Row, Leith, United Kingdom",
    "contact_phone": "+44 131 496 0182",
    "contact_email": "caspian@tidewater.example",
    "capacity": "owner",
}


def _notice(title: str, artist: str, isrc: str, summary: str, link: str) -> dict[str, str]:
    """What a claimant's notice says."""
    return CASPIAN | {
        "subject_title": title, "subject_artist": artist, "isrc": isrc, "store": "Spotify",
        "links": link, "summary": summary, "other_name": artist, "own_reference": "CR-" + isrc[-5:],
    }  # fmt: skip


TAKEDOWNS: tuple[Tale, ...] = (
    Tale("thanapat", S.STORE_TAKEDOWN, 5, about(
        "thanapat", "สวนแก้ว หายไปจาก Apple Music ตั้งแต่วันที่ 14. Garden of Glass is gone from Apple Music since the 14th. Nobody wrote to me.",
        store="Apple Music", told_by="A fan", noticed_on="2026-11-14", mistake="yes", counter="later", wish="Put it back before the concert.",
        urgency="tour", urgent_on="2026-12-19"),
        (("apple-music-gone.png", p.picture(tint=(60, 60, 70)), p.PNG),),
        (4, takes("leyla"), says("leyla", "Hello Thanapat, I asked the store for the reason today. Your concert date is noted."),
         2, moves("leyla", E.ASK_STORE, "The store is asked for the notice behind the removal."),
         60, moves("leyla", E.STORE_ANSWERED, "The store answers: audio match with a sample library, no claimant."),
         3, moves("leyla", E.START_REVIEW), says("leyla", "The store matched eight seconds with a sample library. Did you use a library loop, and do you have its licence?"),
         9, writes("Yes, the glass sound at 0:41 is from a pack that I bought. The licence is here."),
         1, adds(("sample-pack-licence.pdf", p.pdf("Licence", "Glass & Wire sample pack", "Royalty free, commercial use, bought 3 January 2026"), p.PDF)),
         18, notes("leyla", "Licence covers it. The pack's maker is not the claimant, there is none. Ready to decide."))),
    Tale("ines", S.STORE_TAKEDOWN, 20, about(
        "ines", "Maré Baixa foi retirada, o sample foi autorizado em 2019. The sample was cleared in 2019, this is the third time the same claim comes.",
        store="Deezer, Spotify", told_by="A store", noticed_on="2026-11-06", mistake="yes"),
        (("autorizacao-2019.pdf", p.pdf("Autorizacao de uso", "Sample: Fado do Cais, 6 seconds", "Lisboa, 12 March 2019"), p.PDF),),
        (3, takes("nino"), says("nino", "Olá Inês, I see the two earlier cases. I send the store the clearance of 2019 again and ask for a note that stays."),
         2, moves("nino", E.ASK_STORE, "Clearance of 2019 sent, permanent note asked for."),
         90, moves("nino", E.STORE_ANSWERED, "Both stores confirm the clearance and put the recording back."),
         2, moves("nino", E.START_REVIEW),
         24, proposes("nino", Ruling(Outcome.UPHELD, "Was the sample cleared?", "The clearance of 12 March 2019 names the recording and has no end.",
            YES, RemedyKind.PUT_BACK, "The recording is back in both stores with a note against repeated claims.",
            "The clearance of 2019 is valid. Both stores have put Maré Baixa back and noted it, so that the same claim does not come a fourth time.")),
         20, confirms("leyla"))),
    Tale("caspian", S.DMCA_NOTICE, 23, _notice("Kadıköy Vapuru", "Elif Yıldız", "TRA012600118",
        "The bridge of this recording uses twelve seconds of our master Reel One without permission.", "https://open.spotify.com/track/4kadikoy"),
        (("reel-one-excerpt.wav", p.tone(196), p.WAV),),
        (6, joins("elif"), 3, moves("leyla", E.ACCEPT_NOTICE, "All elements are present; checked against 17 U.S.C. 512(c)(3)."),
         40, writes("Bu benim kaydım! I recorded the ferry horn myself in March, it is not their master.", "elif"),
         20, counters("elif", "I recorded the horn on the ferry on 3 March 2026. The material was removed by mistake."),
         6, adds(("field-recording.wav", p.tone(174), p.WAV), "elif"),
         12, moves("leyla", E.ACCEPT_COUNTER, "All elements of 512(g)(3) are present."),
         notes("leyla", "T0 is the receipt of the counter-notice. Caspian has ten business days to show a court action."))),
    Tale("caspian", S.DMCA_NOTICE, 4, _notice("Beira-Mar", "Tiago Moura", "BRA012500733",
        "The chorus is a translation of a song of our catalogue.", "https://open.spotify.com/track/7beiramar"), (),
        (20, notes("nino", "A translation of lyrics is a matter of the work, not of a master. Which right do they own? Ask before anything else."))),
    Tale("caspian", S.DMCA_NOTICE, 14, _notice("Third Mainland", "Chidi Okafor", "NGA012600087",
        "It sounds like our record.", "https://open.spotify.com/track/9third"), (),
        (22, moves("leyla", E.REJECT_NOTICE, "The work that is said to be infringed is not identified (512(c)(3)(A)(ii))."))),
    Tale("caspian", S.EU_NOTICE, 4.6, _notice("Ostkreuz 4:12", "Jonas Brandt", "DEA012500619",
        "The recording contains our master from 1:12 to 1:31. We hold the master rights for the European Union.", "https://open.spotify.com/track/5ostkreuz"),
        (("master-certificate.pdf", p.pdf("Certificate", "Caspian Reel Ltd, master of 2021"), p.PDF),),
        (10, joins("jonas"), 12, moves("nino", E.ACCEPT_NOTICE, "Substantiated notice under Art. 16 DSA; the passage is audible."),
         30, moves("jonas", E.COMPLAIN, "The passage is a train announcement that I recorded at the station. It is not music of anybody."),
         20, writes("I can send the original file with the date of my recorder.", "jonas"),
         3, adds(("zoom0012.wav", p.tone(130), p.WAV), "jonas"),
         22, tells_other("nino", "Thank you Jonas. I am comparing both files and tell you by Wednesday."))),
    Tale("nour", S.STORE_TAKEDOWN, 6, about(
        "nour", "غلاف الألبوم رُفض. The store says the cover of the album shows a brand. It is my grandmother's tea glass.",
        store="Apple Music", told_by="A store", mistake="partly"),
        (("cover.png", p.picture(tint=(180, 120, 40)), p.PNG),),
        (5, takes("nino"), 2, asks("nino", "On the picture there is a small sign on the glass. The store asks for a version without it.", "The cover without the sign, 3000 by 3000 pixels"))),
    Tale("doyun", S.STORE_TAKEDOWN, 0.25, about(
        "doyun", "한강에서가 멜론에서 내려갔어요. 한강에서 was removed from one store this morning, on the day of my interview.",
        told_by="Nobody", urgency="release", urgent_on="2026-12-01"), (), ()),
    Tale("aruzhan", S.STORE_TAKEDOWN, 2.6, about(
        "aruzhan", "I sent a counter-notice to the store two weeks ago and heard nothing. Can you ask them?", told_by="A store", store_number="YT-88213-K"), (),
        (3, writes("Бұл өте маңызды: the release party is on 4 December."))),
    Tale("oksana", S.PROFILE_MIXUP, 5.6, about(
        "oksana", "Тихий двір стоїть на чужій сторінці. My single stands on the page of another Oksana Levchenko, who sings jazz.",
        links="https://open.spotify.com/artist/2wrongoksana", right_page="https://open.spotify.com/artist/1rightoksana"),
        (("both-pages.png", p.picture(tint=(40, 90, 160)), p.PNG),),
        (4, takes("dee"), says("dee", "Hello Oksana, I see it. The store moves singles within five days, I asked them now."),
         1, moves("dee", E.ASK_STORE, "Move the single from one artist page to the other."),
         100, moves("dee", E.STORE_ANSWERED, "Moved; plays and saves went with it."),
         2, says("dee", "It stands on your page now, with its plays. Please look whether everything is there."),
         6, writes("Так, все на місці. Дякую! Everything is there, thank you."))),
    Tale("arjun", S.PROFILE_MIXUP, 0.5, about(
        "arjun", "கடல் காற்று is on the page of a film composer with the same name.",
        links="https://open.spotify.com/artist/8otherarjun"), (), ()),
    Tale("nok", S.OWN_RESTRICTION, 8, about(
        "nok", "You took ฟ้าหลังฝน down yourself because of «artificial streams». I bought nothing from nobody.", told_by="Our mail", mistake="yes"),
        (("your-mail.pdf", p.pdf("Notice", "Delivery stopped: unusual plays, 9 November 2026"), p.PDF),),
        (5, takes("nino"), says("nino", "Hello Noknoi. The decision came from our quality team. I have asked for the numbers behind it and will show you what I may show."),
         26, moves("nino", E.START_REVIEW), notes("nino", "78 percent of plays from one city, all between 3 and 4 in the morning, but the account of a café chain. Could be real: a playlist on repeat."),
         20, asks("nino", "Most plays came from one place at night. This may be a shop that plays your song.", "Do you know cafés or shops that play your music? Their names help."))),
    Tale("mateo", S.OWN_RESTRICTION, 18, about(
        "mateo", "Mi EP fue bloqueado por contenido explícito no marcado. The EP was blocked because explicit words were not marked.", mistake="partly"), (),
        (6, takes("nino"), 22, moves("nino", E.START_REVIEW),
         20, proposes("nino", Ruling(Outcome.PARTLY_UPHELD, "Was the mark missing?", "Two of five recordings needed the mark. Blocking all five was more than needed.",
            YES, RemedyKind.PUT_BACK, "Three recordings go back at once, two with the mark.",
            "Two of the five songs needed the explicit mark. Blocking all five was too much. All are back, two of them marked.")),
         24, confirms("leyla"))),
    Tale("lihua", S.STORE_TAKEDOWN, 10, about(
        "lihua", "夜航 was removed in Germany only. Why only there?", store="Deezer", told_by="A fan"), (),
        (8, takes("leyla"), 24, writes("I found out: the label in Germany ended its contract. Please close it, thank you."), 4, moves("lihua", E.WITHDRAW))),
)  # fmt: skip
