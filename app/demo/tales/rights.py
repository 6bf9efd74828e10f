"""Claims on music: who owns it, who wrote it, who may say so."""

from __future__ import annotations

from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import Outcome, SubKind
from app.decisions.rules import FindingResult, RemedyKind
from app.demo import papers as p
from app.demo.acts import (
    Ruling,
    about,
    accepts_offer,
    answers,
    asks,
    asks_other,
    confirms,
    holds,
    joins,
    moves,
    notes,
    offers,
    proposes,
    says,
    takes,
    tells_other,
    writes,
)
from app.demo.tale import Tale
from app.ledger.rules.holds import HoldReason

S = SubKind
YES, PARTLY = FindingResult.ESTABLISHED, FindingResult.PARTLY_ESTABLISHED
TERMS = "Luíza Prado keeps 75 percent of the work, Tiago Moura gets 25 percent from 1 July 2026. Nobody pays back."

RIGHTS: tuple[Tale, ...] = (
    Tale("giorgi", S.OWNERSHIP, 4.7, about(
        "giorgi", "ჩემი სიმღერა სხვამ დაარეგისტრირა. Another distributor registered my master as theirs in September.",
        branch="claimed", other_name="Reel Harbour Distribution", claimed="The master, 100 percent, in all countries.",
        role="I recorded and mixed it alone in my room in Tbilisi."),
        (("session-folder.png", p.picture(tint=(90, 60, 130)), p.PNG), ("mix-v3.wav", p.tone(247), p.WAV)),
        (5, takes("leyla"), joins("caspian"), says("leyla", "Gamarjoba Giorgi. Both of you claim the same master, so I hold its money and ask both sides for papers. Nobody sees the other's files unless you agree."),
         18, moves("leyla", E.START_EXCHANGE), holds("leyla", HoldReason.OWNERSHIP_CONFLICT, "GEA012600012", "Two parties claim the master. Only this recording is held."),
         30, writes("We registered it for a client. We ask him for his contract.", "caspian"),
         44, writes("The project file has the dates from January. I attach the folder."))),
    Tale("luiza", S.SHARE, 7.5, about(
        "luiza", "Tiago diz que escreveu o refrão. Tiago says he wrote the chorus and wants half. He changed four words.",
        other_name="Tiago Moura", claimed="50 percent of the work.", role="Words and music.", writers="Luíza Prado 100"),
        (("letra-manuscrita.png", p.picture(tint=(200, 190, 150)), p.PNG),),
        (6, takes("nino"), joins("tiago"), 20, moves("nino", E.START_REVIEW),
         30, writes("Escrevi o refrão inteiro no estúdio, o Davi é testemunha. I wrote the whole chorus, Davi was there.", "tiago"),
         40, says("nino", "Both of you have told me your side. Would a share for the chorus end this for you? It is only a question."),
         26, offers("tiago", TERMS), 30, accepts_offer("luiza", TERMS),
         5, notes("nino", "They settled by themselves. Terms are clear; needs a second pair of eyes."))),
    Tale("minji", S.AUTHORSHIP, 2.9, about(
        "minji", "작곡가 이름이 빠졌습니다. The name of my co-writer 이서준 is missing everywhere; now he thinks that I did it on purpose.",
        other_name="이서준", claimed="40 percent of the work and credit.", role="Melody and words.", writers="김민지 60\n이서준 40"),
        (("split-sheet-kr.pdf", p.pdf("Split sheet", "Kim Min-ji 60 %", "Lee Seo-jun 40 %", "Signed 2 February 2026"), p.PDF),),
        (4, takes("leyla"), 22, moves("leyla", E.START_REVIEW), says("leyla", "Hello Min-ji, your split sheet says it clearly. I prepare the correction of the credit in all stores."),
         24, proposes("leyla", Ruling(Outcome.UPHELD, "Who wrote the work?", "The split sheet of 2 February 2026 names both writers.", YES,
            RemedyKind.CHANGE_SPLIT, "이서준 is credited as writer in all stores.", "Your split sheet names both of you. We add 이서준 as a writer in every store.")))),
    Tale("nana", S.REVERSION, 4.4, about(
        "nana", "My contract with Old Bridge Records ended on 31 August. They still collect for the album.",
        other_name="Old Bridge Records", contract_ended="2026-08-31"),
        (("contract-2021.pdf", p.pdf("Recording agreement", "Term: five years from 1 September 2021.", "All rights return at the end of the term."), p.PDF),),
        (5, takes("nino"), says("nino", "Thank you Nana. The term in your contract is clear. Did you or they extend it, for example by an option?"),
         20, writes("არა. No option, no letter, nothing."),
         6, asks("nino", "The label may say that an option was used. To be sure we need the whole contract.", "All pages of the contract with every appendix"),
         30, answers("All 14 pages.", ("contract-all-pages.pdf", p.pdf("Recording agreement", "Pages 1 to 14", "Appendix A: no options."), p.PDF)),
         20, moves("nino", E.START_REVIEW))),
    Tale("sora", S.PLATFORM_CLAIM, 1.3, about(
        "sora", "YouTubeで自分の曲に申し立てが来ました。A claim came on my own song, by a company that I do not know.",
        other_name="Blue Meridian Content", claimed="Sound recording, all countries, since 20 November.", claim_number="CL-5521-908",
        role="I wrote, played and recorded everything."),
        (("claim-screen.png", p.picture(tint=(170, 40, 40)), p.PNG),),
        (7, takes("leyla"), says("leyla", "こんにちは Sora. This company claims many songs from the same loop pack. Which tools did you use for the piano?"),
         12, writes("The piano is my own, recorded with two microphones. I can send the takes."))),
    Tale("layla", S.OWNERSHIP, 0.5, about(
        "layla", "A radio in Casablanca uses أزرق in its jingle, every hour, without asking.", branch="using",
        other_name="Radio Corniche", links="https://radio.example/jingle", right="wrote", right_since="2026-06-12", want="credit"),
        (("jingle-phone.wav", p.tone(330, 1.0), p.WAV),), (6, takes("nino"))),
    Tale("linh", S.SHARE, 7, about(
        "linh", "Anh Minh says the guitar is worth 20 percent of the master. We agreed on a fee, he got it.",
        other_name="Trần Minh", claimed="20 percent of the master.", role="Voice, words, I paid the session."),
        (("invoice-guitar.pdf", p.pdf("Invoice", "Session guitar, 4 hours", "Paid 2 June 2026"), p.PDF),),
        (5, takes("leyla"), joins("minh"), 20, moves("leyla", E.START_REVIEW),
         4, asks_other("leyla", "Linh shows a paid invoice for the session. If there was another agreement, we need to see it.", "The agreement about a share of the master"))),
    Tale("yuki", S.AUTHORSHIP, 25, about(
        "yuki", "雪のあと is registered with a wrong writer: 小林 由紀 instead of me, 小林 雪.", other_name="小林 由紀",
        claimed="Nothing, she was registered by mistake.", role="I wrote it."), (),
        (4, takes("dee"), 22, moves("dee", E.START_REVIEW), 2, notes("dee", "Same reading of the name. The society's number decides.")
         , 20, proposes("leyla", Ruling(Outcome.UPHELD, "Who is the writer?", "The number of the society belongs to 小林 雪.", YES, RemedyKind.CHANGE_SPLIT,
            "The writer is corrected to 小林 雪.", "It was a mistake of ours: two names with the same reading. We corrected the writer in all registrations.")),
         18, confirms())),
    Tale("caspian", S.OWNERSHIP, 0.8, {
        "subject_title": "Reel One", "subject_artist": "Caspian Reel Ltd", "isrc": "AZCR12600001", "branch": "using",
        "other_name": "Harbour Beats Library", "links": "https://library.example/pack/88", "right": "recorded", "want": "removal",
        "summary": "A sample library sells our loop as free material. Everybody who uses it now gets claims from us, which nobody wants."}, (),
        (9, takes("nino"), says("nino", "That explains several cases of this month. Do you have the date on which the pack appeared?"))),
    Tale("hayk", S.PLATFORM_CLAIM, 0.7, about(
        "hayk", "A cover singer claims my original on a platform since yesterday.", other_name="Ensemble Arev",
        claimed="The recording.", role="I wrote and recorded it."), (), ()),
    Tale("freja", S.REVERSION, 28, about(
        "freja", "My label has not released anything for three years, the contract says rights come back then.", other_name="Nordlys Plader",
        contract_ended="2026-09-01"), (("kontrakt.pdf", p.pdf("Kontrakt", "Paragraf 9: rights return after 36 months without a release."), p.PDF),),
        (5, takes("leyla"), joins("rauf"), tells_other("leyla", "Your label is named in a claim about Vinterbadning. Please tell us your view."),
         60, writes("We released a remix in 2025, so the 36 months did not pass.", "rauf"), 24, moves("leyla", E.START_REVIEW),
         60, moves("leyla", E.LEAVE_TO_PARTIES, "Whether a remix counts as a release is a question of the contract that only a court can answer.", limitation_on="2029-09-01"))),
    Tale("sabina", S.SHARE, 0.6, {
        "subject_title": "Salt Road", "subject_artist": "Sabina Aliyeva", "isrc": "AZTW12500301",
        "summary": "The mixing engineer asks for points on the master. We never spoke about points.",
        "other_name": "Elçin Babayev", "claimed": "3 percent of the master.", "role": "Artist and producer."}, (),
        (4, takes("nino"), 6, writes("Mən müqaviləni göndərəcəyəm. I will send the contract tomorrow."))),
)  # fmt: skip
