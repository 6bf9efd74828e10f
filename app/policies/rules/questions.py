"""The questions of filing forms: one table of what is asked, with which hint, by which kind of field, and when.

`part` says on which step a question stands, `group` under which heading it is read back, `branch` in which
of two branches of one sub-kind it is asked at all. Answers whose names are in `forms.COLUMNS` become
columns of the case. Source: UX.md A1; DOMAIN 8.9 for what a notice needs.
"""

from __future__ import annotations

from dataclasses import replace

from app.kernel.words import words as _
from app.policies.rules.forms import Field, FieldType

T = FieldType
WISHED = "wish"
"""The group that the summary calls "What you want"."""

# ── Which release ────────────────────────────────────────────────────────────────────────────────────
TITLE = Field("subject_title", _("Release or recording"), T.LINE, required=True, part="which")
ARTIST = Field("subject_artist", _("Artist name"), T.LINE, required=True, part="which")
LINK = Field(
    "subject_link",
    _("Link to it"),
    T.LINKS,
    help=_("To any store where it is or was."),
    max_length=2_000,
    part="which",
)
ISRC = Field("isrc", _("ISRC"), T.ISRC, help=_("Twelve characters, if you know it."), part="which")
UPC = Field("upc", _("UPC or EAN"), T.UPC, help=_("12 or 13 digits, if you know it."), part="which")
RELEASE = (TITLE, ARTIST, LINK, ISRC, UPC)
SUBJECT = Field("subject_title", _("Subject"), T.LINE, required=True, part="which")
START = Field("period_start", _("First day of the period"), T.DATE, required=True,
    help=_("The period as on your statement."), part="which")  # fmt: skip
END = Field("period_end", _("Last day of the period"), T.DATE, required=True, part="which")
PAID_STORES = Field(
    "store",
    _("Which stores?"),
    T.LINE,
    help=_("For example Spotify, Deezer. Leave it empty for all."),
    part="which",
)
TERRITORIES = Field(
    "territories", _("Which countries?"), T.LINE, help=_("Leave it empty for all."), part="which"
)
PERIOD = (START, END, PAID_STORES, TERRITORIES)

# ── For every branch ─────────────────────────────────────────────────────────────────────────────────
SUMMARY = Field("summary", _("What happened?"), T.TEXT, required=True, max_length=10_000)
WISH = Field("wish", _("What result do you want?"), T.TEXT, max_length=2_000, group=WISHED,
    help=_("For example: put the release back, pay what is missing, correct the shares."))  # fmt: skip
URGENCY = Field("urgency", _("Is something coming up that makes this urgent?"), T.CHOICE, group=WISHED,
    choices=(("none", _("No")), ("release", _("A release")), ("tour", _("A tour or concert")), ("court", _("A court date"))))  # fmt: skip
URGENT = Field("urgent_on", _("On which day?"), T.DATE, help=_("If it is urgent."), group=WISHED)
ALWAYS = (WISH, URGENCY, URGENT)

# ── Taken down or blocked ────────────────────────────────────────────────────────────────────────────
NOTICED = Field("noticed_on", _("When did you notice?"), T.DATE)
STORES = Field("store", _("Which stores?"), T.LINE, help=_("For example Spotify, or all stores."))
TOLD_BY = Field(
    "told_by", _("Who told you?"), T.LINE, help=_("A store, a fan, our e-mail, nobody.")
)
STORE_NUMBER = Field("store_number", _("Ticket number of the store"), T.LINE, max_length=100,
    help=_("If you wrote to the store already."))  # fmt: skip
NOTICE = Field("notice_text", _("What does the notice say?"), T.TEXT, max_length=10_000,
    help=_("Paste it here, or send it as a file in the next step."))  # fmt: skip
MISTAKE = Field("mistake", _("Do you think it is a mistake?"), T.CHOICE,
    choices=(("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No")), ("unsure", _("I am not sure"))))  # fmt: skip
COUNTER = Field("counter", _("Do you want to send a counter-notice?"), T.CHOICE,
    help=_("A counter-notice is a legal statement that the removal was a mistake. The claimant will see your name and address. You can decide later: nothing is sent now."),
    choices=(("yes", _("Yes, guide me through it")), ("no", _("No")), ("later", _("I will decide later"))))  # fmt: skip
TAKEN = (NOTICED, STORES, TOLD_BY, STORE_NUMBER, NOTICE, MISTAKE, COUNTER)
PAGE_LINKS = Field(
    "links", _("Which artist pages? One link a line."), T.LINKS, required=True, max_length=5_000
)
RIGHT_PAGE = Field(
    "right_page",
    _("Which page is yours?"),
    T.LINKS,
    max_length=2_000,
    help=_("A link, if you have one."),
)

# ── Payout ───────────────────────────────────────────────────────────────────────────────────────────
LACKS = Field("lacks", _("What is it?"), T.CHOICE,
    choices=(("missing", _("Earnings are missing")), ("too_low", _("Earnings are too low"))))  # fmt: skip
RATE_FAULT = Field("rate_fault", _("What is wrong?"), T.CHOICE,
    choices=(("fee", _("The fee")), ("rate", _("The exchange rate")), ("currency", _("The currency"))))  # fmt: skip
AMOUNT = Field("disputed_amount", _("How much is it about?"), T.MONEY,
    help=_("The difference to what you expected. Leave it empty when you do not know."))  # fmt: skip
EXPECTED = Field("expected", _("What did you expect in all?"), T.MONEY)
WORKING = Field("working", _("How did you work it out?"), T.TEXT, max_length=5_000,
    help=_("For example: streams on the dashboard times my share."))  # fmt: skip
AGREED = Field("agreed_share", _("Which share did you agree on?"), T.SHARE, help=_("In percent."))
SPLIT = Field("split_agreement", _("Is there a split sheet or agreement?"), T.CHOICE,
    choices=(("send", _("Yes, I can send it")), ("lost", _("Yes, but I do not have it")), ("none", _("No"))))  # fmt: skip
TAX_PAPER = Field(
    "tax_paper",
    _("Which tax papers did you give us?"),
    T.LINE,
    help=_("For example a residence certificate, and its year."),
)
TOLD_WHY = Field("told_why", _("Were you told why it is held?"), T.TEXT, max_length=2_000)
PAID_ON = Field("paid_on", _("On which day was it to arrive?"), T.DATE)
PAID_TO = Field(
    "paid_to",
    _("To which account?"),
    T.LINE,
    help=_("Only the last four signs. Never the whole number."),
    max_length=30,
)

# ── Claims ───────────────────────────────────────────────────────────────────────────────────────────
AGAINST, BY_ME = "claimed", "using"
BRANCH = Field("branch", _("What is it about?"), T.CHOICE, part="about",
    choices=((AGAINST, _("Somebody claims my music")), (BY_ME, _("Somebody uses my music"))))  # fmt: skip
WHO_CLAIMS = Field(
    "other_name",
    _("Who claims it?"),
    T.LINE,
    required=True,
    help=_("A person, label or company, as the notice names them."),
)
WHO_USES = Field(
    "other_name",
    _("Who uses it?"),
    T.LINE,
    required=True,
    help=_("As the store or page names them."),
)
OTHER_NAME = Field("other_name", _("Who is on the other side?"), T.LINE, required=True)
OTHER_EMAIL = Field("other_email", _("Their e-mail address, if you know it"), T.EMAIL)
CLAIMED = Field("claimed", _("What do they claim?"), T.TEXT, required=True, max_length=5_000,
    help=_("Which share, where and since when, as far as you know."))  # fmt: skip
ROLE = Field("role", _("What is your part in it?"), T.TEXT, required=True, max_length=2_000,
    help=_("For example: I wrote the melody and produced the master."))  # fmt: skip
WRITERS = Field("writers", _("Who else made it, and with which shares?"), T.TEXT, max_length=2_000,
    help=_("One person a line, with the percent you agreed on."))  # fmt: skip
SAMPLES = Field(
    "samples", _("Does it hold samples or loops, and with which licence?"), T.TEXT, max_length=2_000
)
LINKS = Field("links", _("Where is it? One link a line."), T.LINKS, required=True, max_length=5_000)
USES = Field(
    "links", _("Where is it used? One link a line."), T.LINKS, required=True, max_length=5_000
)
RIGHT = Field("right", _("How is it yours?"), T.CHOICE,
    choices=(("wrote", _("I wrote it")), ("recorded", _("I recorded it")), ("licensed", _("I have a licence")), ("inherited", _("I inherited it"))))  # fmt: skip
SINCE = Field("right_since", _("Since when?"), T.DATE)
WHERE = Field("right_where", _("In which countries?"), T.LINE, help=_("Leave it empty for all."))
WANT = Field("want", _("What do you want from them?"), T.CHOICE,
    choices=(("credit", _("Credit")), ("share", _("A share")), ("removal", _("Removal"))))  # fmt: skip
ENDED = Field("contract_ended", _("When did the contract end, or your rights come back?"), T.DATE)
CLAIM_NUMBER = Field("claim_number", _("Number of the claim, if the platform shows one"), T.LINE)
CONTACT = (
    Field("contact_address", _("Your postal address"), T.TEXT, required=True, max_length=500, part="check"),
    Field("contact_phone", _("Your telephone"), T.PHONE, required=True, part="check"),
    Field("contact_email", _("Your e-mail address"), T.EMAIL, required=True, part="check"),
)  # fmt: skip
OWN_REFERENCE = Field("own_reference", _("Your own reference"), T.LINE, max_length=100,
    help=_("If you keep one. We note it beside the case."))  # fmt: skip
CAPACITY = Field("capacity", _("You sign as"), T.CHOICE, required=True, part="check",
    choices=(("owner", _("Owner of the right")), ("agent", _("Agent of the owner"))))  # fmt: skip


def only_in(branch: str, *fields: Field) -> tuple[Field, ...]:
    """The same questions, asked in one branch only."""
    return tuple(replace(field, branch=branch) for field in fields)


_AGAINST_ME = (CLAIMED, ROLE, WRITERS, SAMPLES)
_PAY = (*RELEASE, *PERIOD)

QUESTIONS: dict[str, tuple[Field, ...]] = {
    "dmca_notice": (*RELEASE, STORES, LINKS, SUMMARY, OWN_REFERENCE, OTHER_NAME, OTHER_EMAIL, *CONTACT, CAPACITY),
    "eu_notice": (*RELEASE, STORES, LINKS, SUMMARY, OWN_REFERENCE, OTHER_NAME, OTHER_EMAIL, *CONTACT, CAPACITY),
    "store_takedown": (*RELEASE, *TAKEN, SUMMARY, *ALWAYS),
    "own_restriction": (*RELEASE, *TAKEN, SUMMARY, *ALWAYS),
    "profile_mixup": (*RELEASE, STORES, PAGE_LINKS, RIGHT_PAGE, SUMMARY, *ALWAYS),
    "missing_earnings": (*_PAY, LACKS, SUMMARY, AMOUNT, EXPECTED, WORKING, *ALWAYS),
    "wrong_split": (*_PAY, AGREED, SPLIT, SUMMARY, AMOUNT, WORKING, OTHER_NAME, OTHER_EMAIL, *ALWAYS),
    "wrong_fee_or_rate": (*_PAY, RATE_FAULT, SUMMARY, AMOUNT, WORKING, *ALWAYS),
    "withholding": (*_PAY, TAX_PAPER, SUMMARY, AMOUNT, WORKING, *ALWAYS),
    "held_money": (*RELEASE, TOLD_WHY, SUMMARY, AMOUNT, *ALWAYS),
    "payment_not_received": (*RELEASE, PAID_ON, PAID_TO, SUMMARY, AMOUNT, *ALWAYS),
    "ownership": (
        *RELEASE, BRANCH,
        *only_in(AGAINST, WHO_CLAIMS, OTHER_EMAIL, *_AGAINST_ME),
        *only_in(BY_ME, WHO_USES, OTHER_EMAIL, USES, RIGHT, SINCE, WHERE, WANT),
        SUMMARY, *ALWAYS,
    ),
    "share": (*RELEASE, WHO_CLAIMS, OTHER_EMAIL, *_AGAINST_ME, SUMMARY, *ALWAYS),
    "authorship": (*RELEASE, WHO_CLAIMS, OTHER_EMAIL, *_AGAINST_ME, SUMMARY, *ALWAYS),
    "reversion": (*RELEASE, OTHER_NAME, OTHER_EMAIL, ENDED, SUMMARY, *ALWAYS),
    "platform_claim": (*RELEASE, WHO_CLAIMS, OTHER_EMAIL, CLAIM_NUMBER, *_AGAINST_ME, SUMMARY, *ALWAYS),
    "account_access": (SUBJECT, SUMMARY),
    "billing_refund": (SUBJECT, SUMMARY, AMOUNT),
    "delivery_metadata": (SUBJECT, SUMMARY, ISRC, UPC),
    "playlist_pitching": (SUBJECT, SUMMARY),
    "technical": (SUBJECT, SUMMARY),
    "other": (SUBJECT, SUMMARY),
}  # fmt: skip
