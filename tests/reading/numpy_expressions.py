"""Random NumPy expressions with shapes that broadcast, for comparison with NumPy itself."""

VARIABLES = {
    "X": ("m", "n"), "Y": ("m", "n"), "A": ("n", "n"), "B": ("m", "m"), "W": ("n", "k"), "x": ("n",), "y": ("m",),
    "z": ("n",), "t": (), "s": (), "c": ("m", "1"), "r": ("1", "n"), "q": ("k",),
}  # fmt: skip
DECLARED = "; ".join(" ".join((name, *shape)) for name, shape in VARIABLES.items())


def broadcast(one, other):
    """The shape that two shapes are broadcast to, or None."""
    order = max(len(one), len(other))
    pairs = zip(("1",) * (order - len(one)) + one, ("1",) * (order - len(other)) + other, strict=True)
    found = [b if a == "1" else a if b in {"1", a} else None for a, b in pairs]
    return None if None in found or len(found) > 2 else tuple(found)


def expression(choose, depth):
    """(text, shape); choose picks one of a list."""
    if depth <= 0 or choose(range(8)) == 0:
        name = choose([*VARIABLES, "2", "0.5"])
        return name, VARIABLES.get(name, ())
    for _ in range(40):
        found = choose(KINDS)(choose, depth - 1)
        if found is not None:
            return found
    return "x", VARIABLES["x"]


def _elementwise(choose, depth):
    (one, a), (other, b) = expression(choose, depth), expression(choose, depth)
    shape, sign = broadcast(a, b), choose("+-*/*+")
    other = f"(1 + ({other})**2)" if sign == "/" else other
    return None if shape is None else (f"({one} {sign} {other})", shape)


def _product(choose, depth):
    (one, a), (other, b) = expression(choose, depth), expression(choose, depth)
    if not a or not b or a[-1] != b[0]:
        return None
    text = choose([f"({one} @ {other})", f"np.dot({one}, {other})", f"({one}).dot({other})"])
    return text, a[:-1] + b[1:]


def _reduction(choose, depth):
    text, shape = expression(choose, depth)
    name, axis = choose(["sum", "mean", "var"]), choose([None, 0, -1])
    if not shape:
        return None
    if axis is None:
        return choose([f"np.{name}({text})", f"({text}).{name}()"]), ()
    left, keep = list(shape), choose([False, True])
    left[axis] = "1"
    if not keep:
        del left[axis]
    return f"np.{name}({text}, axis={axis}{', keepdims=True' if keep else ''})", tuple(left)


def _function(choose, depth):
    text, shape = expression(choose, depth)
    name = choose(["np.tanh", "np.sin", "np.cos", "np.square", "scipy.special.expit", "np.arctan"])
    return choose([f"{name}({text})", f"({text})**2", f"-({text})"]), shape


def _index(choose, depth):
    text, shape = expression(choose, depth)
    if not shape or "1" in shape:
        return None
    if len(shape) == 1:
        return choose([(f"({text})[1]", ()), (f"({text})[:, None]", (*shape, "1")), (f"({text})[0:2]", ("2",))])
    rows, columns = shape
    return choose([(f"({text})[0]", (columns,)), (f"({text})[:, 1]", (rows,)), (f"({text}).T", (columns, rows))])


KINDS = [_elementwise, _elementwise, _product, _product, _reduction, _function, _index]
