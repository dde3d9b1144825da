"""Every page there is: its address, somebody who may see it, and the status it answers with.

`{name}` in an address is filled in from `examples`. A test refuses a door that no page here leads through.
"""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """One page, or one state of a page that looks different. `who` is a demo account; None is a visitor."""

    name: str
    path: str
    who: str | None = None
    status: int = 200


PAGES = (
    Known("services", "/services"),
    Known("order", "/order/npi-revalidation"),
    Known("order-screening", "/order/oig-sam-screening"),
    Known("order-bundle", "/order/provider-compliance-bundle"),
    Known("order-received-nothing", "/order-received"),
    Known("link", "/link/{link}"),
    Known("link-with-gaps", "/link/{link_with_gaps}"),
    Known("sign-in", "/login"),
    Known("password-reset", "/password-reset"),
    Known("password-reset-link", "/password-reset/{reset}"),
    Known("invitation", "/invite/{invitation}"),
    Known("profile", "/profile", "fulfiller"),
    Known("profile-password", "/profile/password", "fulfiller"),
    Known("profile-second-factor", "/profile/second-factor", "fulfiller"),
    Known("step-up", "/step-up", "fulfiller"),
    Known("today", "/staff/", "fulfiller"),
    Known("today-looking", "/staff/", "looker"),
    Known("queue", "/staff/queue", "fulfiller"),
    Known("queue-unclaimed", "/staff/queue?view=unclaimed", "fulfiller"),
    Known("queue-older", "/staff/queue?view=all&sort=newest", "fulfiller"),
    Known(
        "queue-filtered", "/staff/queue?status=waiting&priority=high&service=npi-revalidation", "fulfiller"
    ),
    Known("queue-no-match", "/staff/queue?status=waiting&q=nobody+of+this+name", "fulfiller"),
    Known("queue-nothing-mine", "/staff/queue?view=my", "admin"),
    Known("queue-looking", "/staff/queue", "looker"),
    Known("todo", "/staff/queue/{todo}", "fulfiller"),
    Known("todo-mine", "/staff/queue/{mine}", "fulfiller"),
    Known("todo-theirs", "/staff/queue/{mine}", "fulfiller2"),
    Known("todo-done", "/staff/queue/{done}", "fulfiller"),
    Known("todo-incomplete", "/staff/queue/{incomplete}", "fulfiller"),
    Known("todo-bundle", "/staff/queue/{bundle}", "fulfiller"),
    Known("todo-looking", "/staff/queue/{todo}", "looker"),
    Known("bulk-action", "/staff/bulk-actions/{bulk}", "fulfiller"),
    Known("orders", "/staff/orders", "fulfiller"),
    Known("orders-none", "/staff/orders?q=CO-0000000000", "fulfiller"),
    Known("orders-looking", "/staff/orders", "looker"),
    Known("order-choose", "/staff/orders/new", "fulfiller"),
    Known("order-enter", "/staff/orders/new?service=provider-compliance-bundle", "fulfiller"),
    Known("order-paid", "/staff/orders/{order}", "fulfiller"),
    Known("order-unpaid", "/staff/orders/{unpaid}", "fulfiller"),
    Known("order-looking", "/staff/orders/{order}", "looker"),
    Known("order-intake", "/staff/orders/{order}/intake", "fulfiller"),
    Known("offices", "/staff/offices", "billing"),
    Known("office", "/staff/offices/{office}", "billing"),
    Known("outbox", "/staff/outbox", "fulfiller"),
    Known("wall", "/staff/wall", "fulfiller"),
    Known("jobs", "/staff/jobs", "fulfiller"),
    Known("jobs-failed", "/staff/jobs/failures/{failures}", "fulfiller"),
    Known("audit", "/staff/audit", "compliance"),
    Known("audit-none", "/staff/audit?actor=nobody+of+this+name", "compliance"),
    Known("catalog", "/staff/settings/services", "fulfiller"),
    Known("api", "/api/v1/docs"),
    Known("keys", "/staff/settings/keys", "admin"),
    Known("people", "/staff/settings/people", "admin"),
    Known("people-looking", "/staff/settings/people", "compliance"),
    Known("person", "/staff/settings/people/{person}", "admin"),
    Known("person-oneself", "/staff/settings/people/{oneself}", "admin"),
    Known("office-people", "/staff/offices/{office}/people", "admin"),
    Known("portal", "/portal/", "office"),
    Known("portal-member", "/portal/", "member"),
    Known("portal-invoices", "/portal/invoices", "member"),
    Known("portal-invoice", "/portal/invoices/{portal_invoice}", "member"),
    Known("portal-payment", "/portal/payment", "member"),
    Known("portal-usage", "/portal/usage", "office"),
    Known("portal-subscription", "/portal/subscription", "office"),
    Known("portal-cancellation", "/portal/subscription/cancellation", "office"),
    Known("portal-people", "/portal/people", "office"),
    Known("portal-person", "/portal/people/{colleague}", "office"),
    Known("portal-profile", "/profile", "office"),
    Known("portal-of-another", "/portal/invoices/not-ours", "office", 404),
    Known("invoice-link", "/link/{invoice_link}"),
    Known("error-not-signed-in", "/staff/queue", None, 401),
    Known("error-not-allowed", "/staff/settings/people", "looker", 403),
    Known("error-not-found", "/order/tax-advice", None, 404),
    Known("error-link-is-over", "/invite/not-a-link", None, 404),
    Known("error-wrong-way", "/logout", None, 405),
)
# what answers with no page, and the pages that other tests of this folder walk to
NO_PAGES = {
    "static",
    "health.alive",
    "health.ready",
    "go.to",
    "queue.export",
    "documents.show",
    "links.pdf",
    "portal_invoices.export",
    "portal_invoices.pdf",
}
WALKED_TO = {"auth.second"}
