"""These tests build graphs by hand, many of them as rows of a table: all on one graph, in force while their modules are
imported and while they run.
"""

import pytest

from matdiff.graph.graph import Graph

GRAPH = Graph()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):  # noqa: ARG001 # the hook's own signature
    with GRAPH.in_force():
        return (yield)


@pytest.fixture(autouse=True)
def _graph():
    with GRAPH.in_force():
        yield
