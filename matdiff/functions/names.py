"""The names of functions that other rooms have to say, each taken from its row: a row that is renamed is renamed here.

What a column can say, a column says; these are for the operations that the algebra itself is made of, and for rules
that are about one function.
"""

from __future__ import annotations

from matdiff.functions import TABLE

EXP = TABLE["exp"].name
LOG = TABLE["log"].name
LGAMMA = TABLE["lgamma"].name
SQRT = TABLE["sqrt"].name
CBRT = TABLE["cbrt"].name
SIN = TABLE["sin"].name
COS = TABLE["cos"].name
TAN = TABLE["tan"].name
SINH = TABLE["sinh"].name
COSH = TABLE["cosh"].name
TANH = TABLE["tanh"].name
SIGMOID = TABLE["sigmoid"].name
SOFTPLUS = TABLE["softplus"].name
RELU = TABLE["relu"].name
STEP = TABLE["step"].name
ABSOLUTE = TABLE["abs"].name
SIGN = TABLE["sign"].name
GELU = TABLE["gelu"].name
HUBER = TABLE["huber"].name
SINC = TABLE["sinc"].name
TRACE = TABLE["tr"].name
TRANSPOSE = TABLE["transpose"].name
INVERSE = TABLE["inv"].name
DETERMINANT = TABLE["det"].name
LOGDET = TABLE["logdet"].name
PSEUDOINVERSE = TABLE["pinv"].name
DIAG = TABLE["diag"].name
VEC = TABLE["vec"].name
UNVEC = TABLE["unvec"].name
VECH = TABLE["vech"].name
KRONECKER = TABLE["kron"].name
INNER = TABLE["dot"].name
HADAMARD = TABLE["hadamard"].name
LOWER_TRIANGLE = TABLE["tril"].name
UPPER_TRIANGLE = TABLE["triu"].name
CHOLESKY = TABLE["chol"].name
EXPM = TABLE["expm"].name
LOGM = TABLE["logm"].name
SQRTM = TABLE["sqrtm"].name
SPECTRAL_NORM = TABLE["spectral"].name
NUCLEAR_NORM = TABLE["nuclear"].name
POLAR = TABLE["polar"].name
EIGVEC_MAX = TABLE["eigvec_max"].name
EIGVEC_MIN = TABLE["eigvec_min"].name
MAXPOS = TABLE["maxpos"].name
SCHATTEN_NORM = TABLE["schatten"].name
SUM = TABLE["sum"].name
MAX = TABLE["max"].name
MIN = TABLE["min"].name
MAX_ROWS = TABLE["max_rows"].name
MAX_COLUMNS = TABLE["max_columns"].name
MEAN = TABLE["mean"].name
NORM = TABLE["norm"].name
WEIGHTED_NORM = TABLE["norm_weighted"].name
BARS = TABLE["bars"].name
SOFTMAX = TABLE["softmax"].name
LOGSUMEXP = TABLE["logsumexp"].name
PROD = TABLE["prod"].name
SOFTMAX_ROWS = TABLE["softmax_rows"].name
SOFTMAX_COLUMNS = TABLE["softmax_columns"].name
LOGSUMEXP_ROWS = TABLE["logsumexp_rows"].name
LOGSUMEXP_COLUMNS = TABLE["logsumexp_columns"].name
COLUMN_SUM_NORM = TABLE["norm_one"].name
ROW_SUM_NORM = TABLE["norm_inf"].name
ENTRYWISE_NORM = TABLE["norm_entries"].name
SYLVESTER = TABLE["sylvester"].name
LYAPUNOV = TABLE["lyapunov"].name
STEIN = TABLE["stein"].name
SOFT = TABLE["soft"].name
CLIP = TABLE["clip"].name
IDENTITY = TABLE["eye"].name
ONES = TABLE["ones"].name
ZEROS = TABLE["zeros"].name
UNIT_VECTOR = TABLE["unit"].name
UNIT_VECTORS = TABLE["units"].name
COMMUTATION = TABLE["commutation"].name
ELIMINATION = TABLE["elimination"].name
PI = TABLE["pi"].name
EULER = TABLE["e"].name
IDENTITY_LETTER = TABLE["eye"].spellings[0]
