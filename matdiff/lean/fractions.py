"""Rational numbers, as `fractions.Fraction` has them: equal to those, and to integers, with the same hash and text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from fractions import Fraction as Fraction
else:
    import sys
    from math import gcd, isfinite

    _MODULUS, _INFINITY = sys.hash_info.modulus, sys.hash_info.inf

    class Fraction:
        """A quotient of integers in lowest terms, with a positive denominator.

        Made from an integer, from two, from another rational number, from a float or decimal (exactly), and from text:
        "3/4", "-1.5e3".  Arithmetic with integers and fractions is exact; with a float it gives a float.
        """

        __slots__ = ("denominator", "numerator")

        def __init__(self, numerator=0, denominator=1):
            if type(numerator) is int and type(denominator) is int:
                if denominator != 1:
                    if not denominator:
                        raise ZeroDivisionError(f"Fraction({numerator}, 0)")
                    common = gcd(numerator, denominator)
                    if denominator < 0:
                        common = -common
                    numerator //= common
                    denominator //= common
                self.numerator, self.denominator = numerator, denominator
                return
            found = _read(numerator) if isinstance(numerator, str) else _made(*_ratio(numerator))
            if denominator != 1:
                found /= _made(*_ratio(denominator))
            self.numerator, self.denominator = found.numerator, found.denominator

        def __add__(self, other):
            if type(other) is int:
                return _lowest(self.numerator + other * self.denominator, self.denominator)
            if type(other) is Fraction:
                a, b = self.denominator, other.denominator
                if a == b == 1:
                    return _lowest(self.numerator + other.numerator, 1)
                return _made(self.numerator * b + other.numerator * a, a * b)
            return _with(other, self, lambda x, y: y + x)

        __radd__ = __add__

        def __neg__(self):
            return _lowest(-self.numerator, self.denominator)

        def __pos__(self):
            return self

        def __abs__(self):
            return _lowest(abs(self.numerator), self.denominator)

        def __sub__(self, other):
            if type(other) is int:
                return _lowest(self.numerator - other * self.denominator, self.denominator)
            if type(other) is Fraction:
                a, b = self.denominator, other.denominator
                return _made(self.numerator * b - other.numerator * a, a * b)
            return _with(other, self, lambda x, y: y - x)

        def __rsub__(self, other):
            return -self + other

        def __mul__(self, other):
            if type(other) is int:
                return _made(self.numerator * other, self.denominator)
            if type(other) is Fraction:
                return _made(self.numerator * other.numerator, self.denominator * other.denominator)
            return _with(other, self, lambda x, y: y * x)

        __rmul__ = __mul__

        def __truediv__(self, other):
            if type(other) is int:
                return _made(self.numerator, self.denominator * other)
            if type(other) is Fraction:
                return _made(self.numerator * other.denominator, self.denominator * other.numerator)
            return _with(other, self, lambda x, y: y / x)

        def __rtruediv__(self, other):
            if type(other) is int:
                return _made(other * self.denominator, self.numerator)
            return _with(other, self, lambda x, y: x / y)

        def __floordiv__(self, other):
            if isinstance(other, (int, Fraction)):
                return self.numerator * other.denominator // (self.denominator * other.numerator)
            return _with(other, self, lambda x, y: y // x)

        def __rfloordiv__(self, other):
            return _with(other, self, lambda x, y: x // y)

        def __mod__(self, other):
            if isinstance(other, (int, Fraction)):
                return self - other * (self // other)
            return _with(other, self, lambda x, y: y % x)

        def __rmod__(self, other):
            return _with(other, self, lambda x, y: x % y)

        def __pow__(self, exponent):
            if isinstance(exponent, Fraction) and exponent.denominator == 1:
                exponent = exponent.numerator
            if not isinstance(exponent, int):
                return float(self) ** (float(exponent) if isinstance(exponent, Fraction) else exponent)
            if exponent >= 0:
                return _lowest(self.numerator**exponent, self.denominator**exponent)
            return _made(self.denominator**-exponent, self.numerator**-exponent)

        def __rpow__(self, base):
            if self.denominator == 1 and self.numerator >= 0:
                return base**self.numerator
            if self.denominator == 1 and isinstance(base, int):
                return Fraction(base) ** self.numerator
            return base ** float(self)

        def __eq__(self, other):
            if type(other) is Fraction:
                return self.numerator == other.numerator and self.denominator == other.denominator
            if type(other) is int:
                return self.denominator == 1 and self.numerator == other
            if isinstance(other, (float, complex)):
                exact = isinstance(other, float) and isfinite(other)
                return self == _made(*other.as_integer_ratio()) if exact else float(self) == other
            try:
                return self.numerator == other.numerator and self.denominator == other.denominator
            except AttributeError:
                return NotImplemented

        def __hash__(self):
            if self.denominator == 1:
                return hash(self.numerator)
            try:
                inverse = pow(self.denominator, -1, _MODULUS)
            except ValueError:
                found = _INFINITY
            else:
                found = hash(hash(abs(self.numerator)) * inverse)
            return found if self.numerator >= 0 else (-2 if found == 1 else -found)

        def __lt__(self, other):
            if type(other) is int:
                return self.numerator < other * self.denominator
            return _compared(self, other, lambda x, y: x < y)

        def __le__(self, other):
            return _compared(self, other, lambda x, y: x <= y)

        def __gt__(self, other):
            if type(other) is int:
                return self.numerator > other * self.denominator
            return _compared(self, other, lambda x, y: x > y)

        def __ge__(self, other):
            return _compared(self, other, lambda x, y: x >= y)

        def __bool__(self):
            return self.numerator != 0

        def __float__(self):
            return self.numerator / self.denominator

        def __floor__(self):
            return self.numerator // self.denominator

        def __ceil__(self):
            return -(-self.numerator // self.denominator)

        def __trunc__(self):
            whole = abs(self.numerator) // self.denominator
            return whole if self.numerator >= 0 else -whole

        __int__ = __trunc__

        def __round__(self, digits=None):
            if digits is not None:
                scale = 10 ** abs(digits)
                return Fraction(round(self * scale), scale) if digits > 0 else Fraction(round(self / scale) * scale)
            whole, rest = divmod(self.numerator, self.denominator)
            if rest * 2 != self.denominator:
                return whole + (rest * 2 > self.denominator)
            return whole + whole % 2

        def is_integer(self):
            return self.denominator == 1

        def as_integer_ratio(self):
            return self.numerator, self.denominator

        def limit_denominator(self, most=1_000_000):
            from fractions import Fraction as Standard

            return Fraction(Standard(self.numerator, self.denominator).limit_denominator(most))

        def __repr__(self):
            return f"Fraction({self.numerator}, {self.denominator})"

        def __str__(self):
            return str(self.numerator) if self.denominator == 1 else f"{self.numerator}/{self.denominator}"

        def __reduce__(self):
            return Fraction, (self.numerator, self.denominator)

        def _sympy_(self):
            from sympy import Rational

            return Rational(self.numerator, self.denominator)

        def __copy__(self):
            return self

        def __deepcopy__(self, _):
            return self

    _new = object.__new__

    def _lowest(numerator, denominator):
        """A fraction of what is in lowest terms already."""
        found = _new(Fraction)
        found.numerator, found.denominator = numerator, denominator
        return found

    def _made(numerator, denominator):
        if denominator == 1:
            return _lowest(numerator, 1)
        if not denominator:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        common = gcd(numerator, denominator)
        if denominator < 0:
            common = -common
        return _lowest(numerator // common, denominator // common)

    def _ratio(number):
        """Numerator and denominator of an integer, a float, a decimal or another class' rational number."""
        if isinstance(number, int):
            return int(number), 1
        if hasattr(number, "as_integer_ratio"):
            return number.as_integer_ratio()
        try:
            return int(number.numerator), int(number.denominator)
        except AttributeError:
            raise TypeError(f"a number or a text is wanted, not {number!r}") from None

    def _with(other, fraction, operation):
        """The operation with a number of another class, exact for rationals; `other` comes first."""
        if isinstance(other, (float, complex)):
            return operation(other, float(fraction))
        if isinstance(other, int) or (hasattr(other, "numerator") and type(other.numerator) is int):
            return operation(_made(*_ratio(other)), fraction)
        return NotImplemented

    def _compared(fraction, other, relation):
        if isinstance(other, (int, Fraction)):
            return relation(fraction.numerator * other.denominator, other.numerator * fraction.denominator)
        if isinstance(other, float):
            return relation(fraction, Fraction(other)) if isfinite(other) else relation(0.0, other)
        if hasattr(other, "numerator") and type(other.numerator) is int:
            return relation(fraction, _made(*_ratio(other)))
        return NotImplemented

    def _read(text):
        try:
            return _number(text.strip())
        except ValueError:
            raise ValueError(f"Invalid literal for Fraction: {text!r}") from None

    def _number(text):
        top, slash, bottom = text.partition("/")
        if slash:
            # a blank or a sign behind the bar: no number
            return Fraction(int(top), int(bottom if bottom[:1].isdecimal() and top == top.rstrip() else ""))
        mantissa, power, exponent = text.lower().partition("e")
        whole, _, part = mantissa.partition(".")
        digits = int(whole + (part if part.replace("_", "0").isdecimal() else part and "?"))
        scale = (int(exponent) if power else 0) - len(part.replace("_", ""))
        return Fraction(digits * 10**scale) if scale >= 0 else Fraction(digits, 10**-scale)
