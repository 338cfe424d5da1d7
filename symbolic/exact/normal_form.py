from __future__ import annotations
class RefusesForm(Exception): pass
def normal_form(expr, domain=None): raise RefusesForm("not yet")
