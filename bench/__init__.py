"""The speed figures, each beside a floor or a peer of the same run: `python -m bench`. Trust the ratios."""
