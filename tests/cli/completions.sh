# completions_in SHELL: types the lines of the file "completions" in that shell on a terminal, and fails
# if the TAB key makes something else of one. Sourced by completion_*.test.
completions_in() {
  command -v python3 >/dev/null || skip "there is no python3"
  friends
  msnc -a alice queue new bot
  msnc -a alice add carol@example.org Carol Anders
  msnc -a alice add dan@example.org "Dan \"D\$\" O'Hara"
  msnc -a alice add mallory@example.org -- -sudp:127.0.0.1:6666
  touch passfile
  program run-me <<<'#!/bin/sh'
  "$TESTS/../support/typed" "$1" "$TESTS/completions"
  local status=$?
  [ $status != 77 ] || skip "there is no $1"
  return $status
}
