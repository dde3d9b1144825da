"""The services we sell: the one source of their names, prices and texts (CAT-01).

Pages, emails, certificates and checkout render from these records; no price is written anywhere else.
Actions, access texts, portals and checklists are the content of spec table 1a, FUL-07 and FUL-08.
"""

from __future__ import annotations

from dashboard.catalog.records import ChecklistItem, Fulfillment, Interval, Portal, Priority, Service
from dashboard.money import dollars

PECOS = Portal("PECOS", "https://pecos.cms.hhs.gov/")
NPPES = Portal("NPPES", "https://nppes.cms.hhs.gov/")
OIG = Portal("OIG exclusions", "https://oig.hhs.gov/exclusions/")
SAM = Portal("SAM", "https://sam.gov/")

# CMS's own fee, not our price; physician and non-physician practitioner organizations pay none (FUL-08).
APPLICATION_FEE_YEAR, APPLICATION_FEE_CENTS = 2026, 75000
APPLICATION_FEE = ChecklistItem(
    "application_fee",
    "CMS-855B application fee settled: not required, paid with receipt, or hardship",
    help=(
        "Note which of the three. Physician and non-physician practitioner organizations pay none;"
        f" the amount for {APPLICATION_FEE_YEAR} is {dollars(APPLICATION_FEE_CENTS)}."
    ),
)

BY_MAIL_TO_THE_MAC = "prepare CMS-855I or CMS-855B, the provider signs, daily mail to the MAC"
IN_PECOS = "in PECOS through the client's I&A surrogate access, tracking id the same day"

REVALIDATION = Service(
    slug="npi-revalidation",
    name="Medicare PECOS Revalidation Filing",
    price_cents=34900,
    priority=Priority.HIGH,
    fulfillment=Fulfillment.FILING,
    sentence="We prepare and file your Medicare revalidation before its due date, so your billing goes on.",
    action=(
        "File the revalidation in PECOS: check on CMS's list when it is due, bring the record up to date,"
        " submit it, keep the tracking id."
    ),
    access_standard=BY_MAIL_TO_THE_MAC,
    access_expedited=IN_PECOS,
    portals=(PECOS,),
    checklist=(
        ChecklistItem(
            "due_date",
            "Revalidation due date found",
            help="Note the date, where you found it and on which day.",
        ),
        ChecklistItem("record", "Record brought up to date"),
    ),
)

REACTIVATION = Service(
    slug="npi-reactivation",
    name="NPI Reactivation",
    price_cents=29900,
    priority=Priority.HIGH,
    fulfillment=Fulfillment.FILING,
    sentence="We find out why your NPI or Medicare billing was deactivated, correct it and reactivate.",
    action=(
        "Reactivate what was deactivated, the NPI or the Medicare billing: verify the reason,"
        " correct stale data, re-certify."
    ),
    access_standard=(
        "for the NPI, CMS-10114 to the NPI Enumerator; for Medicare billing, CMS-855I or CMS-855B to the MAC"
    ),
    access_expedited="online in NPPES or PECOS through surrogate access",
    portals=(NPPES, PECOS),
    checklist=(
        ChecklistItem("reason", "Reason of the deactivation verified"),
        ChecklistItem("stale_data", "Stale data corrected"),
        ChecklistItem("recertify", "Record re-certified"),
    ),
)

NPPES_UPDATE = Service(
    slug="nppes-update",
    name="NPPES Data Update / Attestation",
    price_cents=9900,
    priority=Priority.NORMAL,
    fulfillment=Fulfillment.FILING,
    sentence="We bring your NPPES record up to date within 30 days of a change and attest it for you.",
    action=(
        "Update and re-attest the NPPES record within 30 days of the change:"
        " apply the requested fields, certify."
    ),
    access_standard="prepare CMS-10114, the provider signs, mail to the NPI Enumerator",
    access_expedited="online in NPPES through surrogate access",
    portals=(NPPES,),
    checklist=(
        ChecklistItem("fields", "Requested fields applied"),
        ChecklistItem("attest", "Record certified within 30 days of the change"),
    ),
)

ENROLLMENT = Service(
    slug="medicare-enrollment",
    name="Medicare Enrollment (PECOS)",
    price_cents=49900,
    priority=Priority.HIGH,
    fulfillment=Fulfillment.FILING,
    sentence="We complete and file your Medicare enrollment and follow it until the contractor answers.",
    action=(
        "Complete the enrollment (CMS-855): confirm taxonomy, practice location and authorized official."
        " Some organizations (CMS-855B) owe the CMS application fee before submission."
    ),
    access_standard=BY_MAIL_TO_THE_MAC,
    access_expedited=IN_PECOS,
    portals=(PECOS,),
    checklist=(
        ChecklistItem("taxonomy", "Taxonomy confirmed"),
        ChecklistItem("location", "Practice location confirmed"),
        ChecklistItem("official", "Authorized official confirmed"),
    ),
)

SCREENING = Service(
    slug="oig-sam-screening",
    name="OIG/SAM Exclusion Screening (Monthly Monitoring)",
    price_cents=7900,
    priority=Priority.NORMAL,
    fulfillment=Fulfillment.SCREENING,
    sentence=(
        "We check you and your listed staff against the OIG and SAM exclusion lists each month"
        " and send a dated certificate."
    ),
    action=(
        "Screen the provider and the listed staff against LEIE and SAM, produce the certificate,"
        " flag matches. Each renewal screens again on current data and mails the report."
    ),
    access_standard="no client access needed, both lists are public; screen by NPI and name",
    access_expedited="",
    portals=(OIG, SAM),
    checklist=(
        ChecklistItem("lists", "Current LEIE and SAM lists searched", help="Note the dates of both lists."),
        ChecklistItem("matches", "Every possible match decided, or none found"),
        ChecklistItem("certificate", "Dated certificate ready for the client"),
    ),
    billing_interval=Interval.MONTH,
)

BUNDLE = Service(
    slug="provider-compliance-bundle",
    name="Provider Compliance Bundle (Annual)",
    price_cents=89900,
    priority=Priority.HIGH,
    fulfillment=Fulfillment.BUNDLE,
    sentence=(
        "One year of revalidation watch, your first exclusion screening"
        " and an NPPES record that is kept up to date."
    ),
    action=(
        "Start the revalidation watch, run the first screening, refresh NPPES, set the next reminder;"
        f" after the first screening flag the monitoring offer ({dollars(SCREENING.price_cents)} a month)."
    ),
    access_standard="paper for the revalidation piece, nothing needed for the screening",
    access_expedited="NPPES and PECOS pieces through surrogate access",
    portals=(PECOS, NPPES),
    checklist=(
        ChecklistItem("watch", "Revalidation watch started"),
        ChecklistItem("first_screening", "First screening run"),
        ChecklistItem("nppes", "NPPES record refreshed"),
        ChecklistItem("reminder", "Next reminder set", help="Note its date."),
        ChecklistItem("offer", "Monitoring offer flagged after the first screening"),
    ),
    covers_months=12,
    spawns=("npi-revalidation",),
)

SERVICES = (REVALIDATION, REACTIVATION, NPPES_UPDATE, ENROLLMENT, SCREENING, BUNDLE)
