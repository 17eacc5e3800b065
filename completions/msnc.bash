# bash completion for msnc. msnc itself prints the candidates, names of contacts and queues included.
_msnc() {
  local line program
  program=$(type -P -- "${1/#\~\//$HOME/}") || program=msnc
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      $'\tfiles'*) compopt -o default ;;
      $'\tprograms'*) mapfile -t COMPREPLY < <(compgen -c -- "$2") ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done < <("$program" complete --bash -- "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}
complete -F _msnc msnc
