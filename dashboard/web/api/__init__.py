"""The JSON API (spec section 6): programs come in by key, the schemas are all that they see.

What the schema of a request forbids is answered 400, 415 or 422; what is well-formed, but not true of the
world as it stands, 404 or 409.
"""
