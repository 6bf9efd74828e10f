"""Payouts: missing, wrong, held or lost money."""

from __future__ import annotations

from app.cases.rules.kinds import CaseEvent as E
from app.cases.rules.kinds import Outcome, SubKind
from app.corrections.rules.proposal import CorrectionReason as Why
from app.decisions.rules import FindingResult, RemedyKind
from app.demo import papers as p
from app.demo.acts import (
    Ruling,
    about,
    adds,
    answers,
    approves,
    asks,
    audits,
    confirms,
    gives_back,
    holds,
    is_copy_of,
    links,
    moves,
    notes,
    proposes,
    quarter,
    says,
    takes,
    writes,
)
from app.demo.tale import Paper, Tale
from app.ledger.rules.holds import HoldReason

S = SubKind
YES, PARTLY, NO = (
    FindingResult.ESTABLISHED,
    FindingResult.PARTLY_ESTABLISHED,
    FindingResult.NOT_ESTABLISHED,
)


def _statement(isrc: str, units: str, paid: str, currency: str, store: str = "Spotify") -> Paper:
    return (
        "statement-2026-q3.csv",
        p.statement(("2026-09", store, "DE", isrc, units, paid, currency)),
        p.CSV,
    )


PAYOUTS: tuple[Tale, ...] = (
    Tale("hayk", S.WRONG_SPLIT, 24, about(
        "hayk", "We changed the split in May. Gor signed it, I signed it, your desk confirmed it by mail. The September "
        "statement still pays me 50 percent instead of 70.", agreed_share="70", other_name="Gor Sargsyan",
        working="Gross of the statement times 70 percent, less your fee of 15 percent.", **quarter("318.40", "EUR")),
        (_statement("AMA012600031", "201455", "796.00", "EUR"),
         ("split-sheet-may.pdf", p.pdf("Split sheet, Kamurj", "Hayk Petrosyan 70 %", "Gor Sargsyan 30 %", "Signed 4 May 2026 by both."), p.PDF)),
        (6, takes("leyla"), says("leyla", "Hello Hayk, thank you for the split sheet. I am recomputing the quarter now and come back to you by Thursday."),
         3, audits(), 20, notes("leyla", "Version 2 of the split starts on 1 May, the import took it from 1 October. Same import as the Kamurj case of June."),
         2, proposes("leyla", Ruling(Outcome.UPHELD, "Which split applied from July to September?",
            "The split sheet of 4 May 2026 applied from 1 May. Our import used the older one.", YES, RemedyKind.PAY,
            "Pay the difference of EUR 318.40 with the next payout.",
            "You were right. We paid 50 percent where 70 percent was agreed. We owe you EUR 318.40 and have corrected the split."),
            ("318.40", "EUR", Why.SPLIT_VERSION)),
         20, confirms(), 22, approves())),
    Tale("lucia", S.WRONG_FEE_OR_RATE, 22, about(
        "lucia", "My contract says 15 percent. On the statement of the second quarter you took 20 percent on every line of Portal 14.",
        rate_fault="fee", working="Every line: gross times 0.20 instead of 0.15.", **quarter("227.15", "EUR", "Apple Music")),
        (_statement("ESA012500841", "96012", "908.60", "EUR", "Apple Music"),
         ("contrato.pdf", p.pdf("Distribution agreement", "Fee: 15 percent of net receipts.", "Lucia Ferran, 1 December 2025"), p.PDF)),
        (4, takes("nino"), says("nino", "Hola Lucía. I see the 20 percent on my screen too. I check since when, and whether other releases are touched."),
         28, audits("nino"), 4, writes("Gracias. Por favor mira también «Invierno», creo que pasa lo mismo."),
         18, says("nino", "I looked at the whole album: only Portal 14 carries the wrong fee. The others are at 15 percent."),
         2, proposes("nino", Ruling(Outcome.UPHELD, "Which fee was agreed?", "The agreement of 1 December 2025 says 15 percent for every recording.",
            YES, RemedyKind.PAY, "Pay back five percent of the gross, EUR 227.15.",
            "We took 20 percent where your agreement says 15. We pay EUR 227.15 back and have corrected the rule of this recording."),
            ("227.15", "EUR", Why.WRONG_FEE)),
         16, confirms("leyla"), 20, approves("gil"))),
    Tale("jonas", S.MISSING_EARNINGS, 7, about(
        "jonas", "Ostkreuz 4:12 was on two editorial playlists in July. My dashboard shows 412,000 streams, the statement 9,800.",
        lacks="missing", working="Dashboard 412,311 less statement 9,802, at the average rate of the same month.", **quarter("1204.10", "EUR")),
        (_statement("DEA012500619", "9802", "29.41", "EUR"), ("dashboard-july.png", p.picture(tint=(30, 120, 80)), p.PNG)),
        (3, takes("leyla"), 5, asks("leyla", "The dashboard picture does not show the days. We need them to match the store's monthly file.",
            "Export of daily streams for July, as CSV or picture", "Names of the two playlists"),
         40, answers("Daily numbers are attached. The playlists were «Elektronische Nacht» and «Berlin Calling».",
            ("daily-july.csv", b"day,streams\n2026-07-01,11820\n2026-07-02,13044\n2026-07-03,12910\n", p.CSV)),
         22, says("leyla", "Perfect, that is what I needed. The store's file for July came in two parts and only one was imported. We are loading the other one."),
         4, audits(), 30, proposes("leyla", Ruling(Outcome.UPHELD, "Was the whole of July accounted for?",
            "The second part of the store's July file was never imported.", YES, RemedyKind.PAY, "Pay EUR 1,204.10 for July.",
            "The store sent July in two files and we loaded one. With both, your share is EUR 1,204.10 higher."),
            ("1204.10", "EUR", Why.NOT_ON_STATEMENT)), 18, confirms(), 26, approves("gus"))),
    Tale("freja", S.WITHHOLDING, 3.4, about(
        "freja", "You took 30 percent US tax. I gave you the Danish treaty form in February, so it should be zero.",
        tax_paper="W-8BEN of 11 February 2026", **quarter("146.90", "USD")),
        (("w8ben-received.pdf", p.pdf("Confirmation", "Form W-8BEN received 11 February 2026."), p.PDF),
         _statement("DKA012600027", "58210", "489.66", "USD")),
        (7, takes("nino"), says("nino", "Hi Freja, the form is on file and valid. I am looking at why the statement did not use it."),
         24, audits("nino"), 6, proposes("nino", Ruling(Outcome.UPHELD, "Did the treaty rate apply?",
            "A valid form was on file from 11 February 2026; the rate for Denmark is zero.", YES, RemedyKind.PAY,
            "Pay back the tax of USD 146.90.", "Your form was valid. We should not have withheld anything. We pay USD 146.90 back."),
            ("146.90", "USD", Why.WRONG_WITHHOLDING)), 20, confirms("leyla"))),
    Tale("elif", S.WRONG_SPLIT, 3.7, about(
        "elif", "Kadıköy Vapuru için anlaştığımız pay yüzde 60. Ekstrede yüzde 40 görünüyor. We agreed on 60 percent for me, the statement shows 40.",
        agreed_share="60", other_name="Mert Aksoy", **quarter("402.77", "EUR")),
        (_statement("TRA012600118", "143990", "805.54", "EUR"),
         ("whatsapp-mert.txt", p.chat(("02.03.26 21:14", "Elif", "60/40 tamam mı?"), ("02.03.26 21:20", "Mert", "Tamam, 60 sana 40 bana 👍")), p.TEXT)),
        (5, takes("leyla"), 3, says("leyla", "Thank you Elif. A chat is a good start. Is there a signed split sheet as well?"),
         9, writes("Yok, only the chat. Mert will confirm if you ask him."), 4, audits(),
         26, proposes("leyla", Ruling(Outcome.PARTLY_UPHELD, "What was agreed between Elif Yıldız and Mert Aksoy?",
            "The chat of 2 March 2026 shows 60 and 40. It was registered the other way round.", PARTLY, RemedyKind.PAY,
            "Pay EUR 402.77 when both have signed the split sheet.", "The chat shows what you agreed. We turn the shares round once both have signed."),
            ("402.77", "EUR", Why.SPLIT_VERSION)), 6, gives_back("nino", "Ask Mert first: he loses the same amount and was not heard."))),
    Tale("tiago", S.MISSING_EARNINGS, 1.5, about(
        "tiago", "Não recebi nada de Portugal e Angola em setembro. Nothing from Portugal and Angola in September, though the store shows plays there.",
        lacks="missing", territories="Portugal, Angola", **quarter("88.20", "EUR")),
        (("stores-screen.png", p.picture(tint=(20, 90, 150)), p.PNG),),
        (6, takes("leyla"), 2, says("leyla", "Olá Tiago, thank you. I check both countries in the store's file today."), 20, audits())),
    Tale("chidi", S.PAYMENT_NOT_RECEIVED, 3.3, about(
        "chidi", "Your mail says the payout left on 16 November. My bank has nothing and it is eight days now.",
        paid_on="2026-11-16", paid_to="…4471", disputed_amount="640.00 EUR"), (),
        (3, takes("dee"), says("dee", "Hello Chidi, I asked our bank for the trace. They answer within two working days."),
         30, asks("dee", "To trace the payment our bank needs to know that your bank looked for it.", "A note or screen of your bank that nothing arrived between 16 and 24 November"),
         20, answers("My bank's answer is in the file.", ("bank-note.png", p.picture(tint=(150, 110, 20)), p.PNG)),
         3, notes("dee", "Trace came back: returned by the intermediary, wrong branch code. New details needed, then repay."))),
    Tale("weiling", S.HELD_MONEY, 3.2, about(
        "weiling", "旧城的雨 is under a hold since October and nobody told me why. What is it about and when does it end?",
        told_why="A mail said «quality check». Nothing else.", disputed_amount="512.30 EUR"), (),
        (8, takes("nino"), holds("nino", HoldReason.SUSPECTED_STREAMS, "CNA012600231", "One store reported unusual plays in October. Only this recording and this month is held."),
         says("nino", "Hello Weiling. One store marked 60 percent of the plays of October as unusual. We hold October of this recording until the store's report is here, at the latest on 15 December."),
         15, writes("Thank you for telling me. I ran an advertisement in October, I can send the invoice."),
         1, adds(("ad-invoice.pdf", p.pdf("Invoice 2026-1021", "Campaign for 旧城的雨, October 2026", "Clicks: 18,400"), p.PDF)),
         5, moves("nino", E.ASK_STORE, "We asked the store for its report on the plays of October."))),
    Tale("mert", S.WRONG_SPLIT, 0.6, about(
        "mert", "Elif opened a case about our song. I agree with her, 60 is hers. Please change it, and my next statement too.",
        agreed_share="40", other_name="Elif Yıldız", **quarter("402.77", "EUR")), (), (5, takes("leyla"),
         says("leyla", "Thank you Mert, that helps both of you. I link the two cases."))),
    Tale("omar", S.MISSING_EARNINGS, 3, about(
        "omar", "كل أرباح يوتيوب لشهر سبتمبر غير موجودة. All YouTube earnings of September are missing.",
        lacks="missing", **quarter("73.10", "EUR", "YouTube Music")), (_statement("EGA012500310", "0", "0.00", "EUR", "YouTube Music"),)),
    Tale("yuki", S.WRONG_FEE_OR_RATE, 0.6, about(
        "yuki", "円への両替レートがおかしいです。The rate from EUR to JPY is two percent below the bank's rate of that day.",
        rate_fault="rate", **quarter("4300", "JPY")), (), (9, takes("nino"))),
    Tale("daniyar", S.MISSING_EARNINGS, 15, about(
        "daniyar", "Апорт EP: streams from VK Music stopped showing in July.", lacks="missing", **quarter("41.80", "EUR", "VK Music")), (),
        (4, takes("leyla"), 2, asks("leyla", "We have no file of this store after June. A screen helps us to ask the right people.", "A screen of the plays in VK Music since July"))),
    Tale("priya", S.WITHHOLDING, 1.2, about(
        "priya", "Tax of 10 percent was taken in India and 30 percent in the US on the same money.", tax_paper="PAN and Form 10F", **quarter("59.00", "USD")),
        (("form-10f.pdf", p.pdf("Form 10F", "Priya Nair, assessment year 2026-27"), p.PDF),), (6, takes("nino"), 18, audits("nino"))),
    Tale("minh", S.WITHHOLDING, 19, about(
        "minh", "Withholding tax was applied twice on the August part: once by you, once by the store.", **quarter("239.00", "EUR")),
        (_statement("VNA012600019", "88213", "717.00", "EUR"),),
        (5, takes("nino"), 22, audits("nino"), 10, proposes("nino", Ruling(Outcome.UPHELD, "Was August taxed twice?",
            "The store's file shows tax of 10 percent; our own rule took another 10 percent.", YES, RemedyKind.PAY, "Pay EUR 239.00.",
            "August was taxed twice. We pay our part, EUR 239.00, back."), ("239.00", "EUR", Why.WRONG_WITHHOLDING)),
         14, confirms("leyla"), 19, approves("gil"))),
    Tale("dewi", S.MISSING_EARNINGS, 16, about(
        "dewi", "The cover earned nothing in Malaysia, but my friends there play it every day.", lacks="missing", territories="Malaysia", **quarter("12.60", "EUR")), (),
        (6, takes("leyla"), 20, audits(), 26, proposes("leyla", Ruling(Outcome.NOT_UPHELD, "Was anything earned in Malaysia?",
            "The store's file lists 31 plays in Malaysia. At the store's rate this is EUR 0.04, which the statement shows.", NO, RemedyKind.NOTHING, "Nothing changes.",
            "We checked the store's own file. It counts 31 plays in Malaysia, worth EUR 0.04, and your statement shows them. Plays on free accounts of that store are not counted there.")),
         21, confirms())),
    Tale("made", S.MISSING_EARNINGS, 1.5, {
        "subject_title": "Ombak", "subject_artist": "Made Wirawan", "isrc": "IDA012500110",
        "summary": "Same as last time but for Ombak: the new split is not used either.", **quarter("96.12", "EUR")}, (),
        (links("ombak"), 10, takes("leyla"), says("leyla", "Hello Made, I take this one as well. It may be the same import."))),
    Tale("made", S.MISSING_EARNINGS, 0.9, {
        "subject_title": "Ombak", "subject_artist": "Made Wirawan", "isrc": "IDA012500110",
        "summary": "I think my first message was not sent. Ombak, September, the split.", **quarter("96.12", "EUR")}, (),
        (12, takes("leyla"), is_copy_of("ombak", "leyla"))),
    Tale("amara", S.PAYMENT_NOT_RECEIVED, 0.2, about(
        "amara", "Le virement de novembre n'est pas arrivé. The November payment did not arrive, my account number did not change.",
        paid_on="2026-11-20", paid_to="…0912", disputed_amount="91.44 EUR")),
)  # fmt: skip
