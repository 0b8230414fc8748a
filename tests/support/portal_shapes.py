"""Shapes of columns for hypothesis: each axis shrinks to the simplest site's choice."""

from hypothesis import strategies as st

from simulation.portals_of_chance.shape import AXES, SIMPLEST, Shape, shape_from


def choices(axis: str) -> list[str]:
    """The choices of an axis, the simplest site's first."""
    simplest = str(getattr(SIMPLEST, axis))
    return [simplest, *(choice.value for choice in AXES[axis] if choice.value != simplest)]


def portal_shapes() -> st.SearchStrategy[Shape]:
    """Any sound shape; a failing one shrinks to the smallest site that fails."""
    axes = st.fixed_dictionaries({axis: st.sampled_from(choices(axis)) for axis in AXES})
    return st.builds(shape_from, axes, st.integers(0, 40))
