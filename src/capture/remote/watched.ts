import { PATIENCE_S } from './host.js'

/**
 * POSIX sh (dash, bash, busybox ash) that has a program which does not read stdin end with it, or when no line came for a while: `read`
 * has no time limit there, so a second process counts its sleeps, and each line sets the count back. It never touches a process but
 * its own: the shell that it is in, which becomes the program.
 */
const SLEEP_S = 5
/** What is written when it is told to end, and what it lost, may have a long way. */
const LAST_S = 3

const TICKER = `{ missed=0; trap 'missed=0' USR1
  while [ $missed -lt ${PATIENCE_S / SLEEP_S} ]; do sleep ${SLEEP_S}; missed=$((missed + 1)); done
  kill -TERM $$; sleep ${LAST_S}; kill -KILL $$
} </dev/null >/dev/null 2>&1 3<&- &
ticker=$!`

/** Arguments: the program and its own. */
export const ENDS_WITH_STDIN = `exec 3<&0
${TICKER}
{ while read -r _ <&3; do kill -USR1 $ticker; done
  kill -KILL $ticker; kill -TERM $$; sleep ${LAST_S}; kill -KILL $$
} </dev/null >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`

/**
 * Sends through socat, one process a frame, so that no two frames merge, whatever their sizes. Argument: the interface's name. Prints
 * \`ready\`, then reads \`SIZE FRAME\`, the frame in octal escapes of printf; an empty line is a sign of life.
 */
export const SOCAT_SENDER = `why=$(socat -u /dev/null "INTERFACE:$1" 2>&1) || { printf 'socket: %s\\n' "$why" >&2; exit 1; }
${TICKER}
printf 'ready\\n'
while read -r size frame; do
  if [ -z "$frame" ]; then kill -USR1 $ticker; continue; fi
  why=$(printf "$frame" | socat -u -b "$size" - "INTERFACE:$1" 2>&1) || printf 'failed %s\\n' "\${why##* E }"
done
kill -KILL $ticker`

/** A frame as SOCAT_SENDER reads it. */
export function octalLine(frame: Uint8Array): string {
  const octal = Array.from(frame, (byte) => `\\${byte.toString(8).padStart(3, '0')}`)
  return `${frame.length} ${octal.join('')}`
}

/** socat takes some characters in a name for its own. */
export function isPlainForSocat(device: string): boolean {
  return /^[\w.@-]+$/.test(device)
}
