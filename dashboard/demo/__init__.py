"""A plainly invented small firm, so that a fresh installation has something to look at and to try.

Everybody in it is named Example, Sample or Specimen, every address ends in `.example`, and every NPI starts
with 29, where none was ever issued. The same seed gives the same firm.
"""
