# bash completion for msnc: asks msnc itself, so that new commands and live names appear.
_msnc() {
  local IFS=$'\n' line word candidates words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash takes : and = for words of their own; put them together again
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local cur cword
    _get_comp_words_by_ref -n := cur words cword
    words=("${words[@]:1:cword}")
  fi
  candidates=$("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null) || return 0
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      $'\tfiles') compopt -o default 2>/dev/null; continue ;;
      $'\tprograms') COMPREPLY+=($(compgen -c -- "${words[-1]}")); continue ;;
      '') continue ;;
    esac
    printf -v word '%q' "${line%%$'\t'*}"
    COMPREPLY+=("$word")
  done <<<"$candidates"
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "${cur-}"
  return 0
}
complete -F _msnc msnc
