# The claims of msnp-rounds about one direction in one round. Input: $said and $heard, the events of
# the sender and of the receiver; $accepted, lines of number and identity ("-": none); $me, $to.
# Prints a line for each claim that does not hold, and one of counts.

# How many texts without an identity were reported as lost. A `closed` counts only these; the count of a
# `status` offline includes texts whose `failed` follows it.
def reported_lost:
  reduce $said[] as $e ({counted: 0, plain: 0, surely: 0};
    if $e.event == "failed" then
      if .counted > 0 and ($e.reason | startswith("217 ")) then
        .counted -= 1 | .plain -= 1 | .surely -= 1
      else . end
    else
      (if $e.event == "closed" and $e.email == $to then .plain += ($e.lost // 0)
      elif $e.event == "status" and $e.email == $to and ($e.discarded // 0) > 0 then
        .plain += $e.discarded | .surely += $e.discarded | .begins = $e.discarded
      elif $e.event == "error" then
        .plain += 1
        | if $e.message | test("not acknowledge") then . else .surely += 1 end
      else . end)
      | .counted = (.begins // 0) | del(.begins)
    end);

def numbers: map(tostring) | join(" ");

($accepted | split("\n") | map(select(. != "") | split(" ") | {number: .[0], id: .[1], quiet: (.[2] == "quiet")})) as $accepted
| [$heard[] | select(.event == "message" and .email == $me).text] as $arrived
| ($arrived | map({(.): true}) | add // {}) as $has
| ($said | map(select(.event == "sent" or .event == "failed")) | group_by(.id)
   | map({(.[0].id): .}) | add // {}) as $outcomes
| ($accepted | map(select(.id != "-"))) as $known
| ($accepted | map(select(.id == "-"))) as $plain
| ($accepted | map({(.number): true}) | add // {}) as $is_accepted
| [$plain[] | select($has[.number] | not)] as $missing
| reported_lost as $reported
| def claim($holds; $what): if $holds then empty else "WRONG " + $what end;

  ($arrived | group_by(.) | map(select(length > 1)[0])) as $twice
| claim($twice == []; "arrived twice: \($twice | numbers)"),
  claim(($arrived | map(tonumber)) as $n | $n == ($n | sort); "out of order: \($arrived | numbers)"),
  ([$arrived[] | select($is_accepted[.] | not)] as $strange
  | claim($strange == []; "arrived though refused: \($strange | numbers)")),

  # With an identity: one outcome each, and it is true; no outcome of a quiet one means that it has arrived.
  # A text that was sent and not acknowledged may have arrived or not; after any other FAILED it has not.
  ($known[] | ($outcomes[.id] // []) as $outcome
  | if .quiet and $outcome == [] then claim($has[.number]; "\(.number) is missing and not reported")
    elif ($outcome | length) != 1 then "WRONG \(.number) has \($outcome | length) outcomes: \($outcome | map(.event) | numbers)"
    elif $outcome[0].event == "sent" then claim($has[.number]; "\(.number) is SENT and has not arrived")
    elif $outcome[0].reason | test("not acknowledge") then empty
    else claim($has[.number] | not; "\(.number) is FAILED (\($outcome[0].reason)) and has arrived") end),

  # Without one: as many are reported as lost as have not arrived, or more if acknowledgements are missing.
  claim(($missing | length) <= $reported.plain;
    "\($missing | length) are missing, \($reported.plain) reported as lost: \($missing | map(.number) | numbers)"),
  claim(($missing | length) >= $reported.surely;
    "\($missing | length) are missing, \($reported.surely) reported as refused"),

  ([$known[] | select($outcomes[.id][0].event == "failed")]) as $failed
| ([$failed[] | select($has[.number])] | length) as $failed_and_here
| "\($accepted | length) accepted, \($arrived | length) arrived, "
  + "\(($missing | length) + ($failed | length) - $failed_and_here) lost, "
  + "\($reported.plain - ($missing | length) + $failed_and_here) perhaps"
