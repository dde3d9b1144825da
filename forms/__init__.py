"""Web forms: fields, words and limits. No query, no rule."""
