"""Paper: what is printed, from plain values. It knows no rows, asks no network, and is never drawn inside a
unit of work.
"""

from dashboard.paper.invoice import invoice_pdf

__all__ = ["invoice_pdf"]
