"""Data for `minimize`: CSV, NPY, NPZ and Parquet files as arrays by name, with errors that say which and where."""

from __future__ import annotations

from matdiff.lean.typing import TYPE_CHECKING, Any
from pathlib import Path

from matdiff.errors import DataError
from matdiff.errors.installing import how_to_install
from matdiff.problems import large_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matdiff.formula.question import Symbol

_KINDS = (".csv", ".tsv", ".txt", ".npy", ".npz", ".parquet")


def load(
    said: Iterable[str] | Mapping[str, Any], symbols: Mapping[str, Symbol], unknowns: Iterable[str]
) -> dict[str, Any]:
    """The arrays of the symbols that are not sought: of NAME=FILE, of NAME=NUMBER, of a file whose columns have their
    names, or those of a mapping (a data frame is one).

    Raises DataError: E510 no such file or kind of file, E511 a symbol without data or data without a symbol, E512 a
    wrong shape, E513 a value that is no number, E514 where NumPy is not installed.
    """
    _numpy_is_there()
    sought = set(unknowns)
    given = {name: one for name, one in symbols.items() if name not in sought}
    found = _of_mapping(said, given) if hasattr(said, "keys") else _of_files(said, given)
    wanted = [one for one in symbols.values() if one.kind not in {"size", "function"} and one.name not in sought]
    for symbol in wanted:
        for other in _bases(symbol):
            if symbol.name not in found and symbol.family and other in found:
                found[symbol.name] = found.pop(other)
        if symbol.name not in found and _is_count(symbol) and _rows(found) is not None:
            found[symbol.name] = _rows(found)  # the N of 1/N ||X w - y||^2
        if symbol.name not in found:
            raise DataError(
                "E511",
                f"there is no data for {symbol.name}",
                hint=f"--data {symbol.name}=FILE, or a number; there are: {', '.join(sorted(found)) or 'none'}",
            )
        found[symbol.name] = _checked(found[symbol.name], symbol)
    _sizes({symbol.name: symbol for symbol in wanted}, found)
    chosen = {symbol.name: found[symbol.name] for symbol in wanted}
    return large_data.aligned(chosen) if any(large_data.is_lazy(array) for array in chosen.values()) else chosen


def _numpy_is_there() -> None:
    try:
        import numpy as np  # noqa: F401, PLC0415 # loaded where there is data
    except ImportError:
        install = how_to_install("numpy", "scipy", extra="scipy")
        raise DataError("E514", "minimize needs NumPy, which is not installed", hint=install) from None


def _of_files(said: Iterable[str], symbols: Mapping[str, Symbol]) -> dict[str, Any]:
    """The arrays of NAME=FILE, NAME=NUMBER and FILE."""
    found: dict[str, Any] = {}
    for item in said:
        name, given, path = item.rpartition("=")
        name = name.strip()
        if given:
            _must_be_known(name, symbols)
            found[name] = float(path) if _is_number(path) else _only(_file(path), name, path)
        else:
            found |= _by_columns(_file(path), symbols)
    return found


def _of_mapping(said: Any, symbols: Mapping[str, Symbol]) -> dict[str, Any]:
    """The arrays of a mapping by the names of symbols; names of columns are told apart as those of a file are."""
    import numpy as np  # noqa: PLC0415 # as above

    given = {str(name): said[name] for name in said.keys()}  # noqa: SIM118 # a data frame iterates otherwise
    for name, value in given.items():
        try:
            given[name] = value if large_data.is_lazy(value) else np.asarray(value)
        except ValueError:
            raise DataError("E513", f"{name[:40]} is no array of numbers: its rows differ in length") from None
    others = {name: value for name, value in given.items() if name not in symbols}
    if all(value.ndim == 1 and len(value) == len(next(iter(others.values()))) for value in others.values()):
        return _by_columns(given, symbols)
    for name in others:
        _must_be_known(name, symbols)
    return given


def _must_be_known(name: str, symbols: Mapping[str, Symbol]) -> None:
    """Raise DataError (E511) for data that no symbol is called by."""
    bases = {base for one in symbols.values() if one.family for base in _bases(one)}
    if name not in symbols and name not in bases:
        names = [one.name for one in symbols.values() if one.kind not in {"size", "function"}]
        hint = f"there are: {', '.join(names)}"
        raise DataError("E511", f"the problem has no symbol '{name[:40]}' that the data could be for", hint=hint)


def _bases(symbol: Symbol) -> tuple[str, str]:
    """What the array of a family x_n may be called besides: x, and X."""
    base = symbol.name.partition("_")[0]
    return base, base.upper()


def _is_count(symbol: Symbol) -> bool:
    """Is it an undeclared number that by its letter is how many samples there are?"""
    return symbol.kind == "scalar" and not symbol.declared and symbol.name in {"N", "n", "m", "M"}


def _rows(found: Mapping[str, Any]) -> int | None:
    """How many rows all arrays have, where they have the same number."""
    rows = {len(array) for array in found.values() if getattr(array, "ndim", 0)}
    return rows.pop() if len(rows) == 1 else None


def _file(path: str) -> dict[str, Any]:
    """The arrays of a file by name; a single array without a name stands under the empty one."""
    import numpy as np  # noqa: PLC0415 # loaded where there is data

    place = Path(path)
    if not place.exists():
        raise DataError("E510", f"there is no file {path}", hint="the data are NAME=FILE, or a file with named columns")
    if large_data.is_large(path):
        return large_data.arrays(path)
    kind = place.suffix.lower()
    if kind not in _KINDS:
        raise DataError("E510", f"{path} is no kind of file that is read", hint="there are " + ", ".join(_KINDS))
    try:
        if kind == ".npy":
            return {"": np.load(place, allow_pickle=False)}
        if kind == ".npz":
            with np.load(place, allow_pickle=False) as many:
                return {name: many[name] for name in many.files}
        if kind == ".parquet":
            return _parquet(place)
        return _csv(place, "\t" if kind == ".tsv" else ",")
    except (OSError, ValueError) as error:
        raise DataError("E510", f"{path} cannot be read: {error}") from None


def _parquet(place: Path) -> dict[str, Any]:
    try:
        from pyarrow import parquet  # noqa: PLC0415 # an extra
    except ImportError:
        raise DataError("E510", "reading Parquet needs pyarrow", hint=how_to_install("pyarrow")) from None
    table = parquet.read_table(place)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _csv(place: Path, delimiter: str) -> dict[str, Any]:
    """Columns by the names of the first line; without names, one array."""
    import csv  # noqa: PLC0415 # as above

    import numpy as np  # noqa: PLC0415 # as above

    with place.open(newline="", encoding="utf-8-sig") as lines:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    if not rows:
        raise DataError("E510", f"{place} is empty")
    named = not all(_is_number(cell) for cell in rows[0])
    names = [cell.strip() for cell in rows[0]] if named else []
    body = rows[1:] if named else rows
    numbers = []
    for k, row in enumerate(body, 2 if named else 1):
        if len(row) != len(rows[0]):
            raise DataError("E512", f"{place}, line {k}: {len(row)} columns, and {len(rows[0])} before")
        for column, cell in enumerate(row):
            if not _is_number(cell):
                called = names[column] if named else f"column {column + 1}"
                raise DataError("E513", f"{place}, line {k}, {called}: '{cell[:20]}' is no number")
        numbers.append([float(cell) for cell in row])
    array = np.asarray(numbers)
    return {name: array[:, k] for k, name in enumerate(names)} if named else {"": array}


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _only(arrays: dict[str, Any], name: str, path: str) -> Any:
    """The one array that a file NAME=FILE stands for: its own, or its columns side by side."""
    if name in arrays:
        return arrays[name]
    if len(arrays) == 1:
        return next(iter(arrays.values()))
    columns = list(arrays.values())
    if all(getattr(one, "ndim", 0) == 1 and len(one) == len(columns[0]) for one in columns):
        return _stacked(columns)
    raise DataError("E511", f"{path} holds several arrays, and none is called {name}")


def _stacked(columns: list[Any]) -> Any:
    """Columns side by side."""
    if any(large_data.is_lazy(column) for column in columns):
        return large_data.module("dask.array").stack(columns, axis=1)
    import numpy as np  # noqa: PLC0415 # as above

    return np.stack(columns, axis=1)


def _by_columns(arrays: dict[str, Any], symbols: Mapping[str, Symbol]) -> dict[str, Any]:
    """Columns y, X_1, X_2 … as y and X; columns that no symbol is called by are the one matrix that has none."""
    found: dict[str, Any] = {}
    names = {one.name: one for one in symbols.values() if one.kind != "size"}
    bases = {name.partition("_")[0]: name for name, one in names.items() if one.family}
    rest: list[str] = []
    for column, array in arrays.items():
        name = column if column in names else bases.get(column, "")
        if name:
            found[name] = array
        else:
            rest.append(column)
    for name, one in names.items():
        if name in found or one.shape == (1, 1):
            continue
        base = name.partition("_")[0]
        mine = [column for column in rest if column.rstrip("0123456789").rstrip("_").lower() == base.lower()]
        if mine:
            found[name] = _stacked([arrays[column] for column in mine])
            rest = [column for column in rest if column not in mine]
    empty = [name for name, one in names.items() if name not in found and (one.kind == "matrix" or one.family)]
    if len(empty) == 1 and rest:
        found[empty[0]] = _stacked([arrays[column] for column in rest])
    return found


def _checked(array: Any, symbol: Symbol) -> Any:
    """An array of finite numbers with as many axes as its symbol.  Raises DataError E512, E513."""
    import numpy as np  # noqa: PLC0415 # as above

    try:
        made = array if large_data.is_lazy(array) else np.asarray(array, dtype=float)
    except (TypeError, ValueError):
        raise DataError("E513", f"{symbol.name} holds something that is no number") from None
    axes = len(symbol.family) + sum(side != 1 for side in symbol.shape)
    if made.ndim == axes + 1 and made.shape[-1] == 1:
        made = made[..., 0]
    if made.ndim != axes:
        shape = " x ".join(map(str, made.shape)) or "a number"
        raise DataError("E512", f"{symbol.name} has {axes} dimension{'s' * (axes != 1)}, and its data are {shape}")
    if large_data.is_lazy(made):
        return large_data.checked(made, symbol.name)
    bad = np.argwhere(~np.isfinite(made))
    if len(bad):
        place = ", ".join(str(k + 1) for k in bad[0])
        raise DataError("E513", f"{symbol.name} is {made[tuple(bad[0])]} at row {place}: every value must be finite")
    return made


def _sizes(symbols: Mapping[str, Symbol], found: Mapping[str, Any]) -> dict[str, int]:
    """The sizes that the arrays tell.  Raises DataError E512 where two disagree."""
    told: dict[str, tuple[int, str]] = {}
    for name, symbol in symbols.items():
        sides = [*symbol.family_sizes, *[side for side in symbol.shape if side != 1]]
        for side, actual in zip(sides, found[name].shape, strict=True):
            if isinstance(side, int):
                if side != actual:
                    raise DataError("E512", f"{name} has {actual} where {side} was declared")
                continue
            known = told.setdefault(side, (actual, name))
            if known[0] != actual:
                raise DataError(
                    "E512", f"{name} has {actual} where {known[1]} has {known[0]}: both are the size {side}"
                )
    return {side: size for side, (size, _) in told.items()}


def sizes(symbols: Mapping[str, Symbol], arrays: Mapping[str, Any]) -> dict[str, int]:
    """The sizes of the symbols that have data."""
    return _sizes({name: symbols[name] for name in arrays}, arrays)
