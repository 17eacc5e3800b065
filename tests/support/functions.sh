# Functions for shell tests (tests/cli/run-test, tests/proof): a directory and an environment of the
# test's own, daemons and accounts in it, and bounded waits. To be sourced by bash.
#
# WAIT_LIMIT: how long wait_until waits, in seconds; 60 by default. CTest sets more where the programs
# are slow on purpose.

# --- the test's directory -----------------------------------------------------------------------

# set_up PROGRAM...: creates the directory $T, changes to $T/work, puts these programs into the PATH,
# and clears the environment of the user's settings.
set_up() {
  T=$(mktemp -d "${TMPDIR:-/tmp}/msnc-test.XXXXXX") || exit 1
  mkdir "$T/bin" "$T/home" "$T/work"
  mkfifo "$T/pause"
  local program name
  for program in "$@"; do
    [ ! -x "$program" ] || ln -s "$(realpath "$program")" "$T/bin/$(basename "$program")"
  done
  for name in $(env | sed -n 's/^\(MSNC[A-Z_]*\|XDG_[A-Z_]*\|LC_[A-Z]*\|LANG\)=.*/\1/p'); do
    unset "$name"
  done
  export T HOME="$T/home" PATH="$T/bin:$PATH" TZ=UTC
  export XDG_RUNTIME_DIR="$T/run" XDG_STATE_HOME="$T/state" XDG_CONFIG_HOME="$T/config"
  mkdir -m 700 "$XDG_RUNTIME_DIR" "$XDG_STATE_HOME" "$XDG_CONFIG_HOME"
  cd "$T/work" || exit 1
}
# clean_up [show]: kills the daemons that `daemon` started and the shell's jobs, and removes the
# directory. `show`: prints the end of each daemon's log first.
clean_up() {
  local pid log disk
  for pid in $(cat "$T"/*.pid 2>/dev/null) $(jobs -p); do kill -KILL "$pid" 2>/dev/null; done
  if [ "${1-}" = show ]; then
    for log in "$T"/*.log; do
      [ ! -s "$log" ] || { echo "--- $(basename "$log")"; tail -n 20 "$log"; }
    done
  fi
  [ ! -f "$T/skipped" ] || cat "$T/skipped"
  for disk in "$T"/*.disk; do umount -l "$disk" 2>/dev/null; done
  rm -rf "$T"
}
# skip REASON...: ends the test with exit status 77 and prints why it cannot run here.
skip() {
  echo "skipped: $*" >"$T/skipped"
  exit 77
}

# --- bounded waits ------------------------------------------------------------------------------

# Sleeps for so many seconds (0.02) without starting a process: nothing is ever written to the FIFO.
pause() { read -rt "$1" <>"$T/pause" || :; }
# wait_at_most SECONDS COMMAND...: runs the command until it succeeds; fails after that time.
wait_at_most() {
  local end=$((SECONDS + $1)) looks=0
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    if ((++looks < 20)); then pause 0.005; else pause 0.03; fi
  done
}
# wait_until COMMAND...: the same for WAIT_LIMIT seconds; after that the test has failed. The message
# says which condition was never met; it is also in $T/gave_up, where run-test finds it and ends the
# test. A condition that is not one command is a function, or  wait_until eval '...'.
wait_until() {
  wait_at_most "${WAIT_LIMIT:-60}" "$@" && return
  [ "$1" != eval ] || shift
  echo "gave up after ${WAIT_LIMIT:-60} s, never true: $*" >>"$T/gave_up"
  tail -n 1 "$T/gave_up" >&2
  return 1
}
# has FILE TEXT: the text is in the file, which need not exist.
has() { grep -qsF -e "$2" "$1"; }
not() { ! "$@"; }
exited() { ! kill -0 "$1" 2>/dev/null; } # PID

# --- daemons and accounts -----------------------------------------------------------------------

# daemon ACCOUNT [OPTION...]: starts this account's daemon and returns when it listens. Its log is
# $T/ACCOUNT.log.
daemon() {
  local account=$1
  shift
  [ ! -d "$T/$account.disk" ] ||
    set -- --state-dir "$T/$account.disk" --local-db "$XDG_STATE_HOME/msncd/local.db" "$@"
  msncd --account "$account" --detach --pid-file "$T/$account.pid" "$@" 2>>"$T/$account.log"
}
socket_of() { echo "$XDG_RUNTIME_DIR/msncd/$1.sock"; } # ACCOUNT
pid_of() { cat "$T/$1.pid"; }                          # ACCOUNT: of its daemon
logged() { wait_until has "$T/$1.log" "$2"; }          # ACCOUNT TEXT: waits until its daemon has logged that
reload() { kill -HUP "$(pid_of "$1")"; } # ACCOUNT: its daemon reads its configuration again
# stop_daemon ACCOUNT [SIGNAL]: ends the daemon and returns when its process is gone.
stop_daemon() {
  local pid
  pid=$(pid_of "$1") && kill "-${2:-TERM}" "$pid" && wait_until exited "$pid"
}
# log_in ACCOUNT: logs ACCOUNT@example.org in with status online; creates the account if necessary.
log_in() {
  msnc -a "$1" raw "REGISTER $1@example.org pw of $1" >/dev/null
  echo "pw of $1" | msnc -a "$1" login "$1@example.org" --password-stdin --status online
}
# start_online ACCOUNT [OPTION...]: daemon and log_in.
start_online() { daemon "$@" && log_in "$1"; }
# restart ACCOUNT [SIGNAL]: ends the daemon, starts it again, logs in.
restart() { stop_daemon "$@" && start_online "$1"; }
# Starts alice and bob, online and each other's contacts. Their queues are empty and stay empty: what
# each is notified of about the other comes before the text "end" from the other.
friends() {
  start_online alice && start_online bob &&
    msnc -a alice add bob@example.org Bob && msnc -a bob poll --wait 10 --max 1 --only added_you -e &&
    msnc -a bob add alice@example.org Alice &&
    msnc -a alice poll --wait 10 --max 1 --only added_you -e &&
    msnc -a alice send bob@example.org end && msnc -a bob send alice@example.org end &&
    await alice 1 && await bob 1 && drain alice && drain bob
} >/dev/null

is_up() { msnc "$@" ping -q 2>/dev/null; } # OPTION...: the daemon that these name answers
state_of() { msnc -a "$1" status --json | jq -r .state; } # ACCOUNT
is_online() { [ "$(state_of "$1" 2>/dev/null)" = online ]; } # ACCOUNT
# pending ACCOUNT [QUEUE]: how many events are pending in its default queue.
pending() {
  msnc -a "$1" queue ls --json | jq --arg queue "${2--}" '.queues[] | select(.name == $queue).pending'
}
# requests ACCOUNT: sends the lines on standard input to its daemon at once, prints all answers.
requests() { nc -NU "$(socket_of "$1")"; }
# Fetches everything that is pending.
drain() { while msnc -a "$1" poll -e; do :; done >/dev/null 2>&1; } # ACCOUNT
# await ACCOUNT COUNT [KINDS]: waits until so many events of these kinds (messages by default) are
# pending; `poll --wait` returns with the first.
await() { wait_until has_pending "$@"; }
has_pending() {
  [ "$(msnc -a "$1" poll --peek --only "${3-message}" --json 2>/dev/null | wc -l)" -ge "$2" ]
}
# texts ACCOUNT [POLL-OPTION...]: polls messages and prints their texts.
texts() {
  local account=$1
  shift
  msnc -a "$account" poll --only message --json "$@" | jq -r .text
}

# --- files ---------------------------------------------------------------------------------------

# configure: standard input becomes the user's configuration.
configure() { mkdir -p "$XDG_CONFIG_HOME/msnc" && cat >"$XDG_CONFIG_HOME/msnc/config"; }
# program FILE: standard input becomes an executable script.
program() { cat >"$1" && chmod +x "$1"; }

# --- small disks --------------------------------------------------------------------------------

# small_disk ACCOUNT: gives this account's daemons a small disk of their own, $T/ACCOUNT.disk. Where
# mounting is not allowed the test is skipped; unit tests have a full disk everywhere.
small_disk() {
  mkdir -m 700 -p "$T/$1.disk" "$XDG_STATE_HOME/msncd"
  mount -t tmpfs -o size=8m,mode=700 tmpfs "$T/$1.disk" 2>"$T/mount" && return
  skip "a small disk cannot be mounted: $(<"$T/mount")"
}
# After this, files on the disk can be overwritten but not grow.
fill_disk() { ! dd if=/dev/zero of="$T/$1.disk/filler" bs=4k 2>/dev/null; } # ACCOUNT
empty_disk() { rm "$T/$1.disk/filler"; }                                    # ACCOUNT
# storage_full ACCOUNT: its daemon reports that its disk is full.
storage_full() { msnc -a "$1" raw STATE 2>/dev/null | grep -qx 'storage = full'; }

# --- data ---------------------------------------------------------------------------------------

# random_bytes COUNT SEED: the same bytes for the same seed, on every machine.
random_bytes() {
  LC_ALL=C awk -v count="$1" -v x="$2" 'BEGIN {
    while (count-- > 0) {
      x = (x * 69069 + 1) % 4294967296
      printf "%c", int(x / 65536) % 256
    }
  }'
}
# repeat COUNT CHARACTER
repeat() { head -c "$1" /dev/zero | tr '\0' "$2"; }
# free_port: a free UDP port below those that the system hands out by itself.
free_port() {
  local port
  for port in $(seq $((10000 + RANDOM % 20000)) 32767); do
    grep -q ":$(printf %04X "$port") " /proc/net/udp || { echo "$port"; return; }
  done
}
