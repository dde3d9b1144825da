"""What offices owe us: patients become billable, months turn, invoices go out, money comes in (spec section
5).
"""
