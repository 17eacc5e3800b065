# Sourced by shell tests: a place of their own, daemons and people in it.
# What a test starts with `daemon` ends with it.

# place_for_test PROGRAM...: an empty directory $T with these programs in the PATH, and an
# environment in which nothing of the user's is seen.
place_for_test() {
  place=$(mktemp -d "${TMPDIR:-/tmp}/msnc-test.XXXXXX") || exit 1
  mkdir "$place/bin" "$place/home" "$place/work"
  local program name
  for program in "$@"; do
    [ ! -x "$program" ] || ln -s "$(realpath "$program")" "$place/bin/$(basename "$program")"
  done
  for name in $(env | sed -n 's/^\(MSNC[A-Z_]*\|XDG_[A-Z_]*\|LC_[A-Z]*\|LANG\)=.*/\1/p'); do
    unset "$name"
  done
  export HOME="$place/home" PATH="$place/bin:$PATH" TZ=UTC T="$place"
  export XDG_RUNTIME_DIR="$place/run" XDG_STATE_HOME="$place/state" XDG_CONFIG_HOME="$place/config"
  mkdir -m 700 "$XDG_RUNTIME_DIR" "$XDG_STATE_HOME" "$XDG_CONFIG_HOME"
  cd "$place/work" || exit 1
}
# skip REASON...: ends the test, which says why it cannot be run here.
skip() {
  echo "skipped: $*" >"$place/skipped"
  exit 77
}
# Ends every daemon; shows the end of their logs if told so; removes the place.
leave_place() {
  local pid log disk
  for pid in $(cat "$place"/*.pid 2>/dev/null) $(jobs -p); do kill -KILL "$pid" 2>/dev/null; done
  if [ "${1-}" = show ]; then
    for log in "$place"/*.log; do
      [ ! -s "$log" ] || { echo "--- $(basename "$log")"; tail -n 20 "$log"; }
    done
  fi
  [ ! -f "$place/skipped" ] || cat "$place/skipped"
  for disk in "$place"/*.disk; do umount -l "$disk" 2>/dev/null; done
  rm -rf "$place"
}

# Starts a daemon for an account and returns when it listens.
daemon() {
  local account=$1
  shift
  [ ! -d "$place/$account.disk" ] ||
    set -- --state-dir "$place/$account.disk" --local-db "$XDG_STATE_HOME/msncd/local.db" "$@"
  msncd --account "$account" --detach --pid-file "$place/$account.pid" "$@" 2>>"$place/$account.log"
}
# Starts a daemon and logs ACCOUNT@example.org in, visible.
person() {
  daemon "$@" && come_in "$1"
}
# The account may be there already.
come_in() {
  msnc -a "$1" raw "REGISTER $1@example.org pw of $1" >/dev/null
  echo "pw of $1" | msnc -a "$1" login "$1@example.org" --password-stdin --status online
}
# Two people who have each other on their lists, with empty queues that stay empty: what each hears
# of the other comes before the text of the other that ends it.
friends() {
  person alice && person bob &&
    msnc -a alice add bob@example.org Bob && msnc -a bob poll --wait 10 --max 1 --only added_you -e &&
    msnc -a bob add alice@example.org Alice &&
    msnc -a alice poll --wait 10 --max 1 --only added_you -e &&
    msnc -a alice send bob@example.org end && msnc -a bob send alice@example.org end &&
    await alice 1 && await bob 1 && drain alice && drain bob
} >/dev/null
drain() { while msnc -a "$1" poll -e; do :; done >/dev/null 2>&1; }
pause() { read -rt "$1" <> <(:) || :; } # without a process of its own; between two looks
# await ACCOUNT COUNT [KINDS]: returns when so many events of these kinds (messages, if not given)
# are there; `poll --wait` returns with the first.
await() {
  until [ "$(msnc -a "$1" poll --peek --only "${3-message}" --json 2>/dev/null | wc -l)" -ge "$2" ]; do
    pause 0.01
  done
}
# stop_daemon ACCOUNT [SIGNAL]: ends it and returns when it is gone.
stop_daemon() {
  local pid
  pid=$(cat "$place/$1.pid") && kill "-${2:-TERM}" "$pid" && gone "$pid"
}
gone() { while kill -0 "$1" 2>/dev/null; do pause 0.01; done; }

# small_disk ACCOUNT: gives this account's daemons a small disk of their own, $T/ACCOUNT.disk. Where
# mounting is not allowed the test is skipped; unit tests have a full disk everywhere.
small_disk() {
  mkdir -m 700 -p "$place/$1.disk" "$XDG_STATE_HOME/msncd"
  mount -t tmpfs -o size=8m,mode=700 tmpfs "$place/$1.disk" 2>"$place/mount" && return
  skip "a small disk cannot be mounted: $(<"$place/mount")"
}
# Nothing can be written any more but over what is in a file already.
fill_disk() { ! dd if=/dev/zero of="$place/$1.disk/filler" bs=4k 2>/dev/null; }
empty_disk() { rm "$place/$1.disk/filler"; }
# storage_full ACCOUNT: its daemon says so.
storage_full() { msnc -a "$1" raw STATE 2>/dev/null | grep -qx 'storage = full'; }
# until_true SECONDS COMMAND...: tries until it succeeds.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    pause 0.02
  done
}
# A port of UDP that is free: not of those that the system hands out to others meanwhile.
free_port() {
  local port
  while port=$((10000 + RANDOM % 20000)); grep -q ":$(printf %04X "$port") " /proc/net/udp; do :; done
  echo "$port"
}
