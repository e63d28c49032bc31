# completion for matdiff; made by: matdiff completions bash
_matdiff() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" stem before name
    COMPREPLY=()
    if [[ $cur == "=" ]]; then
        cur=
    elif [[ $prev == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    case $prev in
        -w|--where) return ;;
        -l|--layout) COMPREPLY=($(compgen -W "denominator numerator mixed" -- "$cur")); return ;;
        --symmetric) COMPREPLY=($(compgen -W "project entries" -- "$cur")); return ;;
        --as) COMPREPLY=($(compgen -W "kron directional index" -- "$cur")); return ;;
        --rule) return ;;
        --sizes) return ;;
        -t|--to) COMPREPLY=($(compgen -W "unicode ascii latex typst mathml markdown sympy svg html png picture srepr json numpy jax torch array-api dask julia matlab r eigen" -- "$cur")); return ;;
        --of) COMPREPLY=($(compgen -W "value gradient value_and_gradient jacobian hessian hvp hessian_operator" -- "$cur")); return ;;
        --explicit) return ;;
        -o|--output) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null; return ;;
        --color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        -j|--jobs) return ;;
        --timeout) return ;;
    esac
    if [[ $cur == --* ]]; then
        COMPREPLY=($(compgen -W "--where --layout --symmetric --as --rule --expand --factor --strict --vectorize --sizes --no-certify --to --json --of --bold --check --steps --lets --explicit --output --quiet --color --copy --jobs --timeout --version --help" -- "$cur"))
        return
    fi
    case ${COMP_WORDS[1]} in
        completions) COMPREPLY=($(compgen -W "bash zsh fish" -- "$cur")); return ;;
        explain) COMPREPLY=($(compgen -W "exp log sqrt sin cos tan asin acos atan sinh cosh tanh log1p expm1 log2 log10 asinh acosh atanh sec csc cot sech csch coth sigmoid softplus relu step abs sign logit silu gelu elu leaky_relu huber erf erfc lgamma digamma trigamma tetragamma pentagamma sinc cbrt tr transpose inv det logdet pinv adj diag vec unvec vech kron dot outer symm skew tril triu chol expm logm sqrtm dexpm dlogm dsqrtm jexpm jlogm jsqrtm lambda_max topvec bottomvec spectral leftvec rightvec nuclear polar lambda_min schatten svdpower sum max min maxpos mean norm softmax logsumexp prod var std rowsum colsum rowmean colmean softmax_rows softmax_columns maxpos_rows max_rows max_columns logsumexp_rows logsumexp_columns norm_one norm_inf norm21 norm_entries sylvester lyapunov stein eigvec_min eigvec_max eigvecs_min eigvecs_max soft clip ones zeros commutation elimination E100 E101 E102 E103 E104 E105 E106 E107 E108 E109 E110 E111 E112 E113 E114 E115 E116 E118 E120 E121 E122 E123 E125 E126 E190 E191 E192 E201 E202 E203 E204 E205 E206 E207 E208 E209 E210 E211 E212 E213 E214 E117 E301 E302 E303 E304 E305 E308 E401 E402 E403 E404 E307 E309 E501 E310 E306 E411 E410 E405 E406 E407 E412 E413 E409 E900 E901 E140 E360 E361 E362 E363 E364 E365 E366 E367 E510 E511 E512 E513 E514 E515 E902 E904 E903" -- "$cur")); return ;;
        rules) COMPREPLY=($(compgen -W "" -- "$cur")); return ;;
    esac
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "check solve dual minimize update filter explain rules config repl man completions d/dX d/dx d/dx^T d^2/dx^2 ∇_x" -- "$cur"))
        ((${#COMPREPLY[@]})) && return
    fi
    cur=${cur#[\"\']}
    stem=${cur##*[^A-Za-z_]}
    [[ -n $stem ]] || return
    before=${cur%"$stem"}
    compopt -o nospace -o noquote 2>/dev/null
    for name in exp log sqrt sin cos tan asin acos atan sinh cosh tanh log1p expm1 log2 log10 asinh acosh atanh sec csc cot sech csch coth sigmoid softplus relu step abs sign logit silu gelu elu leaky_relu huber erf erfc lgamma digamma trigamma tetragamma pentagamma sinc cbrt tr transpose inv det logdet pinv adj diag vec unvec vech kron dot outer symm skew tril triu chol expm logm sqrtm dexpm dlogm dsqrtm jexpm jlogm jsqrtm lambda_max topvec bottomvec spectral leftvec rightvec nuclear polar lambda_min schatten svdpower sum max min maxpos mean norm softmax logsumexp prod var std rowsum colsum rowmean colmean softmax_rows softmax_columns maxpos_rows max_rows max_columns logsumexp_rows logsumexp_columns norm_one norm_inf norm21 norm_entries sylvester lyapunov stein eigvec_min eigvec_max eigvecs_min eigvecs_max soft clip ones zeros commutation elimination; do
        [[ $name == "$stem"* ]] && COMPREPLY+=("$before$name(")
    done
}
complete -F _matdiff matdiff
