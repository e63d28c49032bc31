"""What each error code means: a title, an explanation with the cure, and where possible a question that meets it."""

from __future__ import annotations

from matdiff.lean.typing import NamedTuple

from matdiff.calculator import Question


class Explanation(NamedTuple):
    """title, text; expr, wrt and where: a question that ends in this error ("" where no question can show it)."""

    title: str
    text: str
    expr: str = ""
    wrt: str = "d/dX"
    where: str = ""

    @property
    def question(self) -> Question:
        return Question(self.expr, self.wrt, (self.where,) if self.where else ())


CODES: dict[str, Explanation] = {
    "E100": Explanation(
        "nothing to read",
        "The expression, the operator or a declaration is empty. A shell may have taken it: put it in double quotes.",
        "",
    ),
    "E101": Explanation(
        "something unexpected",
        "The text ends too early, or something stands where something else is expected.",
        "tr(X) +",
    ),
    "E102": Explanation(
        "unknown function",
        "No function of that name is known. matdiff rules lists them all. A function of your own is declared, as in"
        " u(x) in R^m,\nand its argument is then a plain variable.",
        "trc(X) + A",
    ),
    "E103": Explanation(
        "a character outside the language",
        "The character or LaTeX command belongs to no formula that is understood here.",
        "tr(X) % 2",
    ),
    "E104": Explanation(
        "brackets do not match",
        "A bracket or bar is opened and never closed, or closed and never opened.",
        "tr(X^T B X",
    ),
    "E105": Explanation(
        "nothing between brackets",
        "An expression is expected there. An unquoted $X is replaced by nothing by the shell.",
        "2 () X",
    ),
    "E106": Explanation(
        "too long or too deep",
        "There are limits for the length of an expression and for the depth of its brackets. Split it into parts.",
    ),
    "E107": Explanation("not a number", "Numbers are written 3, 0.5, 1/2 or 1e-3."),
    "E108": Explanation(
        "an equation or a relation",
        "A derivative is taken of one expression: give the right-hand side of an equation alone.",
        "y = tr(X)",
    ),
    "E109": Explanation(
        "a quote or a dollar that the shell left behind",
        "Put the whole expression in double quotes, or in single quotes where it has none itself.",
        "tr($X)",
    ),
    "E110": Explanation(
        "not an operator",
        "An operator names what to differentiate by: d/dX, ∂/∂x, ∇_x, d/dx^T, d^2/dx dx^T, d^2/dp dq.",
        "tr(X)",
        "d/d2",
    ),
    "E111": Explanation(
        "an operator inside the expression",
        "The operator stands once, in front of the expression or as an argument of its own.",
        "d/dX tr(X)",
    ),
    "E112": Explanation(
        "the arguments of a function", "The function is called with something that it does not take.", "tr()"
    ),
    "E113": Explanation(
        "a sum over an index",
        "Write sum(n, 1, N, f) or sum_{n=1}^N f: index, bounds, and what is summed.",
        "sum(2, 1, N, w^T x_n)",
        "d/dw",
        "w in R^d, x_n in R^d",
    ),
    "E114": Explanation(
        "can be read in two ways",
        "Two customary readings differ, and nothing tells which is meant. Write it apart, or with parentheses.",
    ),
    "E115": Explanation(
        "notation that is not supported", "The notation is understood, but nothing in the program stands for it yet."
    ),
    "E116": Explanation(
        "a claim without an equals sign",
        "matdiff check takes lines such as: d/dX tr(X^T A) = A. A sign inside brackets does not count.",
    ),
    "E118": Explanation(
        "not a rule for a differential",
        'A rule given by --rule looks like "d f(X) = tr(X^T dX)": d of a function of one argument, and behind the'
        " equals sign its differential,\nwith the argument, its change dX, the function itself and functions that are"
        " known. The right-hand side has the shape of f(X).",
    ),
    "E120": Explanation(
        "not a declaration",
        "Declarations look like: A in R^{m x n}, x in R^n, A: m x n, x vector, k integer, S symmetric.",
        "tr(X)",
        where="X R^{n x n}",
    ),
    "E121": Explanation(
        "declared twice",
        "A symbol is declared twice, differently. Keep one of the two.",
        "tr(X)",
        where="X in R^{n x n}, X in R^{m x m}",
    ),
    "E122": Explanation(
        "an unknown property",
        "A symbol may be declared symmetric, skew, diagonal, lower, upper, orthogonal or spd.",
        "tr(X)",
        where="X in R^{n x n} purple",
    ),
    "E123": Explanation(
        "not a size",
        "A dimension is a positive whole number or a name: R^3, R^n, R^{m x n}.",
        "sum(X)",
        where="X in R^{0 x 3}",
    ),
    "E125": Explanation(
        "two readings",
        "The text can be read in two ways that give different answers. The hint has the spelling or the declaration"
        " that says each.",
        "w @ x + b",
        wrt="d/dw",
    ),
    "E126": Explanation(
        "rests on a guess",
        "With --strict nothing is answered that rests on a guess of what a name stands for. Declare the name.",
    ),
    "E190": Explanation(
        "not valid UTF-8", "Text comes in as UTF-8. Convert a file of another encoding first, with iconv for example."
    ),
    "E191": Explanation(
        "not a JSON question",
        'A line of a stream that begins with {" is read as a JSON object with the fields wrt, expr, where, layout, to,'
        " of and id.\nwrt, expr, layout and to are strings, where is a string or a list of strings; id may be anything"
        " and comes back in the answer.",
    ),
    "E192": Explanation(
        "the line is too long", "A line of a stream may have a million bytes. Split the expression into parts."
    ),
    "E201": Explanation(
        "the sizes do not match in a product",
        "In a product A B the columns of A must be as many as the rows of B. A vector is a column (n x 1); its"
        " transpose is a row (1 x n).\nLook for a missing transpose, a wrong order, or an elementwise product, which is"
        " written .* or ∘.",
        "tr(A X)",
        where="A in R^{2 x 3}, X in R^{4 x 2}",
    ),
    "E202": Explanation(
        "the shapes do not match in a sum",
        "Both sides of + and - must have the same shape, as on paper: a scalar is not added to every entry of a"
        " matrix.\nWrite c I for a multiple of the identity, c ones(m, n) where every entry is meant.",
        "tr(X) + X",
    ),
    "E203": Explanation(
        "a square matrix is needed",
        "Inverse, determinant, trace, powers and the identity exist for square matrices only; a symmetric, diagonal or"
        " orthogonal matrix is square too.\nFor a matrix that is not square there are pinv(X), and det(X^T X).",
        "log det X",
        where="X in R^{m x n}",
    ),
    "E204": Explanation(
        "no such power",
        "A square matrix may be raised to an integer power, also a symbol that is declared an integer (k in N). Vectors"
        " have elementwise powers, written .^,\nand an exponent is a scalar. The square root of a matrix is sqrtm(X),"
        " its exponential expm(X).",
        "tr(X^t)",
        where="X in R^{n x n}, t in R",
    ),
    "E205": Explanation(
        "division by a vector or matrix",
        "Only a scalar divides. Write A X^-1 or X^-1 A for a matrix, and ./ to divide entry by entry.",
        "1/x",
        "d/dx",
        "x in R^n",
    ),
    "E206": Explanation(
        "the wrong argument for a function",
        "The function takes something else: another number of arguments, or a vector where a matrix stands. matdiff"
        " explain NAME shows the function.",
        "logsumexp(X)",
        where="X in R^{m x n}",
    ),
    "E207": Explanation(
        "declarations that contradict each other",
        "What is declared of a symbol in one place conflicts with another place. Keep one of them.",
    ),
    "E208": Explanation(
        "a bound index is used as something else",
        "The index of a sum exists inside that sum only: there is no derivative by it. It runs over whole numbers.",
        "sum(n, 1, N, w^T x_n)",
        "d/dn",
        "w in R^d, x_n in R^d",
    ),
    "E209": Explanation(
        "an entry or a member that is not there",
        "x_i is an entry of a declared vector, A_ij one of a declared matrix, x_n a member of a family inside a sum"
        " over n. Indices count from 1\nand must fit the size that was declared.",
    ),
    "E210": Explanation(
        "nothing tells a size",
        "The size of an identity, of ones or of zeros cannot be found from what stands around it. Write it: I_n,"
        " ones(n), zeros(m, n).",
    ),
    "E211": Explanation(
        "no derivative by this",
        "The operator names what varies: a scalar, vector or matrix of the question. A size, an integer and a function"
        " do not; declare k in R where a number\nis meant that varies, and differentiate by a function's argument.",
        "tr(X^k)",
        "d/dk",
        "k in N",
    ),
    "E212": Explanation("not a size", "A size is a positive whole number or a name, as in ones(n), I_3 or R^{m x n}."),
    "E213": Explanation(
        "the shapes do not match entry by entry",
        "Both operands of .* ./ and .^ must have the same shape.",
        "sum(x .* y)",
        "d/dx",
        "x in R^3, y in R^4",
    ),
    "E214": Explanation(
        "an unknown function is used in two ways",
        "A function such as u(x) has the same arguments, in number and shape, wherever it stands.",
    ),
    "E117": Explanation(
        "not understood at the prompt",
        "A line that begins with a colon is a command of matdiff repl; :help lists them.",
    ),
    "E301": Explanation(
        "not supported yet",
        "The derivative exists, but this version cannot find it. The message names the part; often the question can be"
        " asked another way.",
    ),
    "E302": Explanation(
        "the question is not complete",
        "An operator such as d/dX says by what the expression is to be differentiated; an index such as the n of x_n"
        " needs a sum.",
        "X",
        "",
    ),
    "E303": Explanation(
        "no matrix notation",
        "The derivative has more than two indices, and neither products nor Kronecker products say it.\n"
        "--as index writes it with indices; --to numpy computes it.",
    ),
    "E304": Explanation(
        "no matrix notation yet",
        "The derivative is known, but not how to print it in the form asked for. --to numpy computes it.",
    ),
    "E305": Explanation(
        "a name is taken", "A differential writes dX for the change of X. Rename what the question itself calls dX."
    ),
    "E308": Explanation(
        "a rule that is not linear",
        "A differential is linear in dX: each term of the right-hand side holds dX once. d f(X) = tr(X^T dX) is, tr(dX"
        " dX) and tr(X) are not.",
    ),
    "E401": Explanation(
        "unknown format", "--to takes the formats that are listed in matdiff --help and in the README."
    ),
    "E402": Explanation(
        "the format cannot say this",
        "The answer is right, but this format has no way to write a part of it. ascii, unicode and latex can write"
        " every answer.",
    ),
    "E403": Explanation(
        "a package is missing", "The format needs a package that is not installed; the hint tells how to install it."
    ),
    "E404": Explanation(
        "a name that code cannot have",
        "A symbol's name cannot be made into a name of the language that the code is for. Rename it in the question.",
    ),
    "E307": Explanation(
        "no gradient",
        "A gradient is the derivative of a scalar. Of a vector or a matrix ask for the derivative or the Jacobian.",
    ),
    "E309": Explanation(
        "contradicted by differences",
        "The numerical check of --check disagrees with the answer. Please report the question.",
    ),
    "E501": Explanation(
        "nothing to check",
        "--check compares a first derivative with differences at random points where the expression has a finite"
        " value.",
    ),
    "E310": Explanation(
        "never defined",
        "An inverse or a log determinant of a matrix that is singular for every value of its variables, or a division"
        " by zero.",
        "logdet(x x^T)",
        "d/dx",
    ),
    "E306": Explanation(
        "not that kind of matrix",
        "Eigenvalues are for symmetric matrices: declare them so. Singular vectors are for matrices, not vectors.",
    ),
    "E411": Explanation(
        "entries cannot be written out",
        "--explicit writes matrices of symbols of a given, small size.\nUnknown functions and symbolic powers have no"
        " such entries.",
    ),
    "E410": Explanation(
        "an answer too long to print",
        "The formula of the answer would fill many screens. Ask for code, or for a derivative of a part.",
    ),
    "E405": Explanation("a number too large", "The answer holds a number beyond what floating point can hold."),
    "E406": Explanation(
        "an exponent or a bound that is no integer",
        "Code needs a whole number there: declare the symbol an integer, as in -w 'k integer'.",
    ),
    "E407": Explanation(
        "nothing to compute by that name",
        "--of takes value, and for a scalar gradient, value_and_gradient, hessian, hvp and hessian_operator; for\n"
        "anything else jacobian.",
    ),
    "E412": Explanation(
        "sizes that cannot be read",
        "--sizes gives numbers that the order of products in code is chosen for: names and whole numbers, as in\n"
        "--sizes m=5000,n=300.",
    ),
    "E413": Explanation(
        "no pictures here",
        "--to picture shows the answer in terminals that have kitty's graphics protocol, iTerm2's inline images or\n"
        "sixel, which the terminal is asked for. -o x.png, -o x.svg and -o x.html write files.",
    ),
    "E409": Explanation(
        "--of without code",
        "--of says what generated code computes. It needs --to with a target for code, such as numpy.",
    ),
    "E900": Explanation(
        "internal error",
        "This is a bug of matdiff, not a mistake in the question. Please report it with the question.\n"
        "MATDIFF_DEBUG=1 in the environment shows where it happened.",
    ),
    "E901": Explanation(
        "out of time", "One question may take 10 seconds. --timeout SECONDS gives it longer; 0 takes the limit away."
    ),
    "E140": Explanation(
        "no problem",
        "A problem is an objective behind min_x or max_x, perhaps with constraints behind s.t., or an equation:"
        ' "min_x ||A x - b||^2 s.t. C x = d".',
    ),
    "E360": Explanation(
        "no closed form",
        "No rule takes the equations apart. `matdiff update` writes down an iteration that leads to the solution.",
    ),
    "E361": Explanation("no stationary point", "The derivative is zero nowhere, as that of a linear function."),
    "E362": Explanation("no solution", "The equation doesn't hold for any value of the unknown."),
    "E363": Explanation("singular", "The coefficient of the unknown has no inverse, whatever the data are."),
    "E364": Explanation("unbounded", "The objective has no optimum: it goes on to infinity."),
    "E365": Explanation("infeasible", "The constraints contradict each other."),
    "E366": Explanation("not convex", "The problem isn't convex, and what is asked for needs that it is."),
    "E367": Explanation("undecided", "A solution was found that could not be proved, so it isn't shown."),
    "E510": Explanation(
        "data that cannot be read", "--data takes NAME=FILE, or a file with named columns: CSV, NPY, NPZ or Parquet."
    ),
    "E511": Explanation(
        "data that are missing", "Every symbol that is not sought needs data: --data NAME=FILE or --data NAME=NUMBER."
    ),
    "E512": Explanation("data of a wrong shape", "Arrays must fit the symbols, and each other in shared sizes."),
    "E513": Explanation("a value that is no number", "Every value must be a finite number; the message has its row."),
    "E514": Explanation(
        "NumPy or SciPy is missing", "Data are NumPy's arrays, solvers SciPy's; the iterations of update need NumPy."
    ),
    "E515": Explanation("the iteration left the numbers", "The step is too long: take a smaller --eta."),
    "E902": Explanation(
        "nested too deeply", "The expression is nested more deeply than the program can follow. Split it into parts."
    ),
    "E904": Explanation(
        "contradiction",
        "The formula that was found is not the derivative: evaluated on random entries, the two differ. It is never\n"
        "printed. This is a bug of matdiff; please report it with the question. --to numpy gives code that computes\n"
        "the derivative all the same.",
    ),
    "E903": Explanation(
        "out of memory", "The answer needs more memory than there is. Split the expression into parts."
    ),
}
