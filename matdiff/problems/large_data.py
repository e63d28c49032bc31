"""Data that don't fit in memory: Dask arrays of a Zarr folder, or of a folder of Parquet chunks."""

from __future__ import annotations

from importlib import import_module
from matdiff.lean.typing import TYPE_CHECKING, Any
from pathlib import Path

from matdiff.errors import DataError
from matdiff.errors.installing import how_to_install

if TYPE_CHECKING:
    from collections.abc import Iterator


def module(name: str) -> Any:
    """A package that is an extra, loaded where it is needed.  Raises ImportError."""
    return import_module(name)


def is_large(path: str) -> bool:
    """Is it a folder of chunks?"""
    return Path(path).is_dir()


def arrays(path: str) -> dict[str, Any]:
    """The arrays of a folder by name; a single array without a name stands under the empty one.

    Raises DataError E510 for what is no such folder, or where Dask, Zarr or pyarrow are not installed.
    """
    place = Path(path)
    try:
        da = module("dask.array")
    except ImportError:
        raise DataError(
            "E510", f"reading the folder {path} needs Dask", hint=how_to_install("dask", "distributed", extra="dask")
        ) from None
    chunks = sorted(place.glob("*.parquet"))
    if chunks:
        return _parquet(chunks, da)
    try:
        zarr = module("zarr")
    except ImportError:
        raise DataError("E510", f"reading {path} needs Zarr", hint=how_to_install("zarr")) from None
    try:
        found = zarr.open(str(place), mode="r")
    except Exception as error:  # noqa: BLE001 # whatever Zarr raises for a folder that is none of its
        raise DataError("E510", f"{path} holds neither a Zarr array nor Parquet chunks: {error}") from None
    if hasattr(found, "shape"):
        return {"": da.from_zarr(found)}
    return {name: da.from_zarr(found[name]) for name in found.array_keys()}


def _parquet(chunks: list[Path], da: Any) -> dict[str, Any]:
    """The columns of a table in several files."""
    try:
        parquet = module("pyarrow.parquet")
    except ImportError:
        raise DataError("E510", "reading Parquet needs pyarrow", hint=how_to_install("pyarrow")) from None

    def block(chunk: Path, group: int, name: str) -> Any:
        return parquet.ParquetFile(chunk).read_row_group(group, columns=[name]).column(0).to_numpy().astype(float)

    names = parquet.ParquetFile(chunks[0]).schema_arrow.names
    parts = list(_groups(chunks, parquet))
    delayed = module("dask").delayed(block)
    return {
        name: da.concatenate(
            [da.from_delayed(delayed(chunk, group, name), (rows,), dtype=float) for chunk, group, rows in parts]
        )
        for name in names
    }


def _groups(chunks: list[Path], parquet: Any) -> Iterator[tuple[Path, int, int]]:
    """Each row group of the files, with how many rows it has."""
    for chunk in chunks:
        said = parquet.ParquetFile(chunk).metadata
        for group in range(said.num_row_groups):
            yield chunk, group, said.row_group(group).num_rows


def is_lazy(array: Any) -> bool:
    """Is it computed only when it is asked for?"""
    return hasattr(array, "compute")


def checked(array: Any, name: str) -> Any:
    """The array, each of whose values is finite, in blocks of whole rows.  Raises DataError E513 with the first row."""
    da = module("dask.array")

    if array.ndim > 1:
        array = array.rechunk(dict.fromkeys(range(1, array.ndim), -1))
    array = array.astype(float)
    bad = ~da.isfinite(array)
    rows = bad.any(axis=tuple(range(1, array.ndim))) if array.ndim > 1 else bad
    some, first = da.compute(rows.any(), da.argmax(rows))
    if some:
        raise DataError("E513", f"{name} has a value that is not finite at row {int(first) + 1}")
    return array


def aligned(found: dict[str, Any]) -> dict[str, Any]:
    """Arrays of as many rows in the same blocks; plain ones beside lazy ones are cut as these are."""
    da = module("dask.array")

    lazy = {name: array for name, array in found.items() if is_lazy(array)}
    blocks: dict[int, Any] = {}
    for array in lazy.values():
        if array.ndim:
            blocks.setdefault(array.shape[0], array.chunks[0])
    made = {}
    for name, array in found.items():
        rows = getattr(array, "shape", ())[:1]
        if rows and rows[0] in blocks:
            cut = {0: blocks[rows[0]]}
            made[name] = array.rechunk(cut) if is_lazy(array) else da.from_array(array).rechunk(cut)
        else:
            made[name] = array
    return made


def client(scheduler: str) -> Any:
    """A connection to a scheduler's address, or to a cluster on this machine ("local"); None of none.

    Raises DataError E514 where there is none, or distributed is not installed.
    """
    if not scheduler:
        return None
    try:
        distributed = module("distributed")
    except ImportError:
        hint = how_to_install("dask", "distributed", extra="dask")
        raise DataError("E514", "a scheduler needs distributed", hint=hint) from None
    try:
        if scheduler == "local":
            return distributed.Client(distributed.LocalCluster(dashboard_address=None))
        return distributed.Client(scheduler, timeout=10)
    except (OSError, ValueError, TimeoutError) as error:
        raise DataError("E514", f"there is no scheduler at {scheduler}: {error}") from None
