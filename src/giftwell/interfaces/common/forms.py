"""What every form of ours has in common: it refuses fields that it does not know."""

from django import forms

from giftwell.kit.errors import Invalid

# What a form may carry besides its own fields: the token against forged forms, and where to go afterwards.
_CARRIED = frozenset({"csrfmiddlewaretoken", "next"})


class UnknownField(Invalid):
    """A field was sent that this form does not have, such as a role at sign-up."""

    code = "unknown_field"
    detail = "Something was sent that this form does not ask for. Nothing was changed."


class Strict(forms.Form):
    """Refuse a form that carries more than was asked for, rather than ignore the rest in silence.

    A browser never sends such a form, so it is no form error but a refusal of the whole request. Put this
    class first among the bases. Names of buttons that a page sends along belong in `carried`.
    """

    carried: frozenset[str] = frozenset()

    def full_clean(self) -> None:
        """Check the names before any value: a refused form is not looked at."""
        if self.is_bound:
            known = {self.add_prefix(name) for name in self.fields} | _CARRIED | self.carried
            unknown = sorted(name for name in self.data if name not in known)
            if unknown:
                raise UnknownField(
                    errors={name[:40]: "This form has no such field." for name in unknown[:10]}
                )
        super().full_clean()
