r"""Whole sections of papers and notes through the filter, byte for byte: questions are answered, all else stays."""

from __future__ import annotations

import pytest
from cli.test_cli_filter import filtered  # noqa: F401 # a fixture

SECTIONS = {
    "ridge.tex": (
        r"""\section{Ridge regression}
Let $\mathbf{X}\in\mathbb{R}^{n\times d}$ be the design matrix\footnote{Its rows are the samples; $\partial f/\partial x$ is not needed here.}
and $\lambda>0$. The objective is $f(\mathbf w)=\tfrac12\|\mathbf X\mathbf w-\mathbf y\|^2+\tfrac\lambda2\|\mathbf w\|^2$.
Setting its gradient to zero,
\begin{equation}\label{eq:ridge}
  \nabla_{\mathbf w} \left\{ \tfrac12\|\mathbf X\mathbf w-\mathbf y\|^2+\tfrac\lambda2\|\mathbf w\|^2 \right\} = \mathbf X^\top(\mathbf X\mathbf w-\mathbf y)+\lambda\mathbf w,
\end{equation}
see also \eqref{eq:ridge}. The Hessian of the first term is
\[ \frac{\partial^2}{\partial \mathbf w\,\partial \mathbf w^\top} \tfrac12\|\mathbf X\mathbf w-\mathbf y\|^2 . \]
""",
        [
            (
                "\\[ \\frac{\\partial^2}{\\partial \\mathbf w\\,\\partial \\mathbf w^\\top} \\tfrac12\\|\\mathbf X\\mathbf w-\\mathbf y\\|^2 . \\]",
                "\\[ \\mathbf X^{\\top} \\mathbf X . \\]",
            )
        ],
        [(5, "  % matdiff: proved: \\mathbf X^\\top(\\mathbf X\\mathbf w-\\mathbf y)+\\lambda\\mathbf w")],
        0,
    ),
    "align.tex": (
        r"""\begin{align}
  \frac{\partial}{\partial\boldsymbol\mu} \left[-\tfrac12(\mathbf x-\boldsymbol\mu)^\top\boldsymbol\Sigma^{-1}(\mathbf x-\boldsymbol\mu)\right]
    &= \boldsymbol\Sigma^{-1}(\mathbf x-\boldsymbol\mu) \quad\text{for symmetric } \boldsymbol\Sigma, \tag{7}\\
  \nabla_{\mathbf a} \left(\mathbf a^\top\mathbf b\right) &= \mathbf b \nonumber \\
  \nabla_{\mathbf X} \operatorname{tr}(\mathbf A\mathbf X) &= % to be filled in
\end{align}
The cost per step is $O(nd^2)$ and the price \$5; $\nabla L(w)=0$ at the optimum.
""",
        [
            (
                "  \\nabla_{\\mathbf X} \\operatorname{tr}(\\mathbf A\\mathbf X) &= % to be filled in",
                "  \\nabla_{\\mathbf X} \\operatorname{tr}(\\mathbf A\\mathbf X) &= \\mathbf A^{\\top} % to be filled in",
            )
        ],
        [
            (
                1,
                "  % matdiff: refuted: \\boldsymbol\\Sigma^{-1}(\\mathbf x-\\boldsymbol\\mu) (the derivative is \\frac{1}{2} (\\Sigma^{-1} + \\Sigma^{-\\top}) (x - \\mu))",
            ),
            (3, "  % matdiff: proved: \\mathbf b"),
        ],
        1,
    ),
    "softmax.md": (
        r"""# Notes on the softmax

The loss is \(\ell(z) = \log \mathbf 1^\top e^{z} - y^\top z\). Then

- the gradient is \(\nabla_z (\log \sum_i e^{z_i} - y^\top z)\), and
- `d/dx x^T x` in code stays as it is.

```python
# d/dx of the loss
grad = softmax(z) - y
```

| term | derivative |
|---|---|
| \(a^\top z\) | \(\nabla_z a^\top z\) |

where $\partial \ell/\partial z$ is the gradient of the loss.
""",
        [
            (
                "- the gradient is \\(\\nabla_z (\\log \\sum_i e^{z_i} - y^\\top z)\\), and",
                "- the gradient is \\(\\operatorname{softmax}(z) - y\\), and",
            ),
            ("| \\(a^\\top z\\) | \\(\\nabla_z a^\\top z\\) |", "| \\(a^\\top z\\) | \\(a\\) |"),
        ],
        [],
        0,
    ),
    "kalman.md": (
        r"""## Kalman gain

We minimise the trace:

$$
\frac{\partial}{\partial K} \operatorname{tr}\left((I-KH)P(I-KH)^\top\right) = -2(I-KH)PH^\top
$$

Here $P$ is symmetric. A *wrong* claim: $\nabla_x x^\top x = x$.
""",
        [],
        [
            (4, "<!-- matdiff: refuted: -2(I-KH)PH^\\top (the derivative is -(I - K H) (P^{\\top} + P) H^{\\top}) -->"),
            (8, "<!-- matdiff: refuted: x (the derivative is 2 x) -->"),
        ],
        1,
    ),
    "chain.tex": (
        r"""The chain $\frac{\partial \mathcal L}{\partial W} = \nabla_W \tfrac12\|Wx-y\|^2$ shows that
\(\nabla_b \tfrac12\|Wx+b-y\|^2\) costs nothing extra. % a remark with $\nabla_x x$
\begin{verbatim}
d/dX tr(X)
\end{verbatim}
""",
        [
            (
                "The chain $\\frac{\\partial \\mathcal L}{\\partial W} = \\nabla_W \\tfrac12\\|Wx-y\\|^2$ shows that",
                "The chain $\\frac{\\partial \\mathcal L}{\\partial W} = (W x - y) x^{\\top}$ shows that",
            ),
            (
                "\\(\\nabla_b \\tfrac12\\|Wx+b-y\\|^2\\) costs nothing extra. % a remark with $\\nabla_x x$",
                "\\(W x + b - y\\) costs nothing extra. % a remark with $\\nabla_x x$",
            ),
        ],
        [],
        0,
    ),
    "invariants.tex": (
        r"""\paragraph{Invariants.} With $\mathbf C=\mathbf F^{\mathsf T}\mathbf F$ the first invariant has
$$\frac{\partial}{\partial \mathbf F} \operatorname{tr}(\mathbf F^{\mathsf T}\mathbf F) = 2\,\mathbf F,$$
and $J=\det\mathbf F$ has $\frac{\partial}{\partial \mathbf F}\det\mathbf F = J\,\mathbf F^{-\mathsf T}$.
""",
        [],
        [
            (1, "% matdiff: proved: 2\\,\\mathbf F"),
            (2, "% matdiff: undecided: J\\,\\mathbf F^{-\\mathsf T} (J is not in the question)"),
        ],
        0,
    ),
}


def lines(text):
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("name", SECTIONS)
def test_only_the_questions_of_a_section_change(filtered, name):  # noqa: F811 # the fixture
    section, answered, _, _ = SECTIONS[name]
    expected = [dict(answered).get(line.rstrip("\n"), line.rstrip("\n")) + "\n" for line in lines(section)]
    assert filtered(section) == (0, "".join(expected))


@pytest.mark.parametrize("name", SECTIONS)
def test_claims_are_told_in_comments(filtered, name):  # noqa: F811 # the fixture
    section, answered, remarks, status = SECTIONS[name]
    expected = [dict(answered).get(line.rstrip("\n"), line.rstrip("\n")) + "\n" for line in lines(section)]
    for place, remark in reversed(remarks):
        expected.insert(place, remark + "\n")
    once = filtered(section, "--check-claims")
    assert once == (status, "".join(expected))
    if not answered:  # asked again, the remarks stand as they are
        assert filtered(once[1], "--check-claims") == once
