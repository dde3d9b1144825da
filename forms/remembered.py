"""A select that is drawn once for each state it can have."""

from __future__ import annotations

from typing import Any, ClassVar

from markupsafe import Markup
from wtforms import SelectField

MOST_DRAWN = 500


class RememberedSelect(SelectField):
    """A select whose HTML is kept by what it shows: drawing the same forty options anew slows a list down.

    Its choices are a mapping, and few enough states exist: past 500 all are forgotten.
    """

    drawn: ClassVar[dict[object, Markup]] = {}

    def __call__(self, **how: Any) -> Markup:
        """The select's HTML; `how` are its attributes."""
        chosen = self.data if self.data in self.choices else None
        state = (self.name, chosen, tuple(self.choices.items()), tuple(how.items()))
        if state not in self.drawn:
            if len(self.drawn) > MOST_DRAWN:
                self.drawn.clear()
            self.drawn[state] = super().__call__(**how)
        return self.drawn[state]
