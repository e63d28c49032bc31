# completion for matdiff; made by: matdiff completions fish
function __matdiff_functions
    set -l token (commandline -ct)
    set -l stem (string match -r '[A-Za-z_]+$' -- $token)
    test -n "$stem"; or return
    set -l before (string replace -r '[A-Za-z_]+$' '' -- $token | string replace -r '^["\']' '')
    for name in exp log sqrt sin cos tan asin acos atan sinh cosh tanh log1p expm1 log2 log10 asinh acosh atanh sec csc cot sech csch coth sigmoid softplus relu step abs sign logit silu gelu elu leaky_relu huber erf erfc lgamma digamma trigamma tetragamma pentagamma sinc cbrt tr transpose inv det logdet pinv adj diag vec unvec vech kron dot outer symm skew tril triu chol expm logm sqrtm dexpm dlogm dsqrtm jexpm jlogm jsqrtm lambda_max topvec bottomvec spectral leftvec rightvec nuclear polar lambda_min schatten svdpower sum max min maxpos mean norm softmax logsumexp prod var std rowsum colsum rowmean colmean softmax_rows softmax_columns maxpos_rows max_rows max_columns logsumexp_rows logsumexp_columns norm_one norm_inf norm21 norm_entries sylvester lyapunov stein eigvec_min eigvec_max eigvecs_min eigvecs_max soft clip ones zeros commutation elimination
        echo "$before$name("
    end
end
complete -c matdiff -f
complete -c matdiff -n __fish_use_subcommand -a check -d 'Is a derivative worked out by hand right? Proof, or counterexample'
complete -c matdiff -n __fish_use_subcommand -a solve -d 'A problem in closed form: a derivative set to zero, an optimum, an equation'
complete -c matdiff -n __fish_use_subcommand -a dual -d 'The dual of a problem: Lagrangian, multipliers, constraints'
complete -c matdiff -n __fish_use_subcommand -a minimize -d 'A problem on data: by a solver, or by an iteration, with generated derivatives'
complete -c matdiff -n __fish_use_subcommand -a update -d 'The iteration for a problem: gradient descent, Newton, proximal steps'
complete -c matdiff -n __fish_use_subcommand -a filter -d 'For editors: a selection comes in, its replacement goes out'
complete -c matdiff -n __fish_use_subcommand -a explain -d 'What an error code or a function means, with an example'
complete -c matdiff -n __fish_use_subcommand -a rules -d 'The rulebook: every function with its differential and source'
complete -c matdiff -n __fish_use_subcommand -a config -d 'The settings in force, and where each comes from'
complete -c matdiff -n __fish_use_subcommand -a repl -d 'Questions at a prompt, with history, completion and lasting declarations'
complete -c matdiff -n __fish_use_subcommand -a man -d 'The manual page'
complete -c matdiff -n __fish_use_subcommand -a completions -d 'Completions for bash, zsh and fish'
complete -c matdiff -n __fish_use_subcommand -a 'd/dX' -d operator
complete -c matdiff -n __fish_use_subcommand -a 'd/dx' -d operator
complete -c matdiff -n __fish_use_subcommand -a 'd/dx^T' -d operator
complete -c matdiff -n __fish_use_subcommand -a 'd^2/dx^2' -d operator
complete -c matdiff -n __fish_use_subcommand -a '∇_x' -d operator
complete -c matdiff -n '__fish_seen_subcommand_from completions' -a 'bash zsh fish'
complete -c matdiff -n '__fish_seen_subcommand_from explain' -a 'exp log sqrt sin cos tan asin acos atan sinh cosh tanh log1p expm1 log2 log10 asinh acosh atanh sec csc cot sech csch coth sigmoid softplus relu step abs sign logit silu gelu elu leaky_relu huber erf erfc lgamma digamma trigamma tetragamma pentagamma sinc cbrt tr transpose inv det logdet pinv adj diag vec unvec vech kron dot outer symm skew tril triu chol expm logm sqrtm dexpm dlogm dsqrtm jexpm jlogm jsqrtm lambda_max topvec bottomvec spectral leftvec rightvec nuclear polar lambda_min schatten svdpower sum max min maxpos mean norm softmax logsumexp prod var std rowsum colsum rowmean colmean softmax_rows softmax_columns maxpos_rows max_rows max_columns logsumexp_rows logsumexp_columns norm_one norm_inf norm21 norm_entries sylvester lyapunov stein eigvec_min eigvec_max eigvecs_min eigvecs_max soft clip ones zeros commutation elimination E100 E101 E102 E103 E104 E105 E106 E107 E108 E109 E110 E111 E112 E113 E114 E115 E116 E118 E120 E121 E122 E123 E125 E126 E190 E191 E192 E201 E202 E203 E204 E205 E206 E207 E208 E209 E210 E211 E212 E213 E214 E117 E301 E302 E303 E304 E305 E308 E401 E402 E403 E404 E307 E309 E501 E310 E306 E411 E410 E405 E406 E407 E412 E413 E409 E900 E901 E140 E360 E361 E362 E363 E364 E365 E366 E367 E510 E511 E512 E513 E514 E515 E902 E904 E903'
complete -c matdiff -n 'not __fish_seen_subcommand_from completions explain rules' -a '(__matdiff_functions)' -d function
complete -c matdiff -s w -l where -x -d 'Declare symbols: ’A in R^{m x n}, S symmetric’. May be repeated'
complete -c matdiff -s l -l layout -x -a 'denominator numerator mixed' -d 'denominator (default), numerator or mixed'
complete -c matdiff -l symmetric -x -a 'project entries' -d 'Derivative by a symmetric matrix: project (default) or entries'
complete -c matdiff -l as -x -a 'kron directional index' -d 'kron, directional or index: how to print what has no matrix form'
complete -c matdiff -l rule -x -d 'Differential of a function of your own: ’d f(X) = tr(X^T dX)’. May be repeated'
complete -c matdiff -l expand -d 'Multiply products of sums out'
complete -c matdiff -l factor -d 'Take common factors out of sums also where nothing gets shorter'
complete -c matdiff -l strict -d 'Refuse what rests on a guess of kind'
complete -c matdiff -l vectorize -d 'Write sums over families x_n as products of the matrix whose rows they are'
complete -c matdiff -l sizes -x -d 'Sizes that code is planned for, where none are declared: m=5000,n=300'
complete -c matdiff -l no-certify -d 'Print the answer without evaluating its text against the derivative first'
complete -c matdiff -s t -l to -x -a 'unicode ascii latex typst mathml markdown sympy svg html png picture srepr json numpy jax torch array-api dask julia matlab r eigen' -d 'Format of the answer: unicode, ascii, latex, numpy, json and more'
complete -c matdiff -l json -d 'A JSON object a line, with all that is known about the answer'
complete -c matdiff -l of -x -a 'value gradient value_and_gradient jacobian hessian hvp hessian_operator' -d 'What code computes: value, gradient, value_and_gradient, hessian, hvp, hessian_operator; with commas'
complete -c matdiff -l bold -d 'Vectors and matrices in bold type (LaTeX, Typst and what is made from them)'
complete -c matdiff -l check -d 'Compare the answer with numerical differences before printing it'
complete -c matdiff -l steps -d 'Show the way to the answer, rule by rule'
complete -c matdiff -l lets -d 'Name the repeated subexpressions of a long answer (a terminal shows them so anyway)'
complete -c matdiff -l explicit -x -d 'Write the entries out, with N for every size left open'
complete -c matdiff -s o -l output -r -F -d 'Write to FILE instead of standard output'
complete -c matdiff -s q -l quiet -d 'No notes; in a stream, no reports on standard error either'
complete -c matdiff -l color -x -a 'auto always never' -d 'auto (default), always or never'
complete -c matdiff -l copy -d 'Put the answer on the clipboard as well'
complete -c matdiff -s j -l jobs -x -d 'Answer a stream with N processes, in order'
complete -c matdiff -l timeout -x -d 'Limit for one question (10); 0: none'
complete -c matdiff -s V -l version -d 'Show the version and exit'
complete -c matdiff -s h -l help -d 'Show this message and exit'
