import type { ScheduledFrame } from '../../probe/schedule.js'
import { quoted } from '../../shell.js'
import { SNAP_LENGTH } from '../live.js'
import { tcpdumpArguments } from '../live-tcpdump.js'
import { PERL_LISTENER, PYTHON_LISTENER } from '../packet-listeners.js'
import { PERL_SENDER, PYTHON_SENDER } from '../packet-senders.js'
import { PATIENCE_S } from '../remote/host.js'
import { RECVMSG, RING_KIB } from '../remote/listen.js'
import { ENDS_WITH_STDIN, isPlainForSocat, octalLine, SOCAT_SENDER } from '../remote/watched.js'
import { type Device, hexLine } from '../sender.js'

/** What an image has, and the machine it runs on. */
export interface Equipment {
  readonly programs: ReadonlySet<string>
  /** `uname -m`. */
  readonly machine: string
}

/** A program that listens or sends in a container, with its arguments. */
export interface Program {
  readonly name: string
  readonly argv: readonly string[]
  /** Of a sender: a frame as it reads it; null: it is not sent, as the program cannot hear whether the host of a probe still answers. */
  readonly line: (frame: Uint8Array, ifAnsweredWithinMs: number | null) => string | null
}

/** tcpdump last: where it is built to give up root, it cannot without more capabilities than a pod of ours has. */
export function listenerIn({ programs, machine }: Equipment, { name, index }: Device): Program | null {
  const recvmsg = RECVMSG[machine]
  // all groups are for a host that cannot be the one that has to answer (capture/groups.ts): a node can
  const socket = [index, SNAP_LENGTH, 0].map(String)
  const patience = String(PATIENCE_S)
  const all = {
    perl: recvmsg === undefined ? null : ['perl', '-e', PERL_LISTENER, ...socket, String(recvmsg), patience],
    python3: ['python3', '-c', PYTHON_LISTENER, ...socket, patience],
    tcpdump: ['sh', '-c', ENDS_WITH_STDIN, 'sh', 'tcpdump', ...tcpdumpArguments(name, RING_KIB)],
  }
  return firstOf(all, programs, hexLine)
}

export function senderIn({ programs }: Equipment, { name, index }: Device): Program | null {
  const argv = [String(index), String(PATIENCE_S), 'hears']
  const all = { perl: ['perl', '-e', PERL_SENDER, ...argv], python3: ['python3', '-c', PYTHON_SENDER, ...argv] }
  const socat = isPlainForSocat(name) ? ['sh', '-c', SOCAT_SENDER, 'sh', name] : null
  return firstOf(all, programs, guardedLine) ?? firstOf({ socat }, programs, unguardedLine)
}

function guardedLine(frame: Uint8Array, ifAnsweredWithinMs: number | null): string {
  const guard = ifAnsweredWithinMs === null ? '' : `?${Math.ceil(ifAnsweredWithinMs / 1000)} `
  return `${guard}${hexLine(frame)}`
}

function unguardedLine(frame: Uint8Array, ifAnsweredWithinMs: number | null): string | null {
  return ifAnsweredWithinMs === null ? octalLine(frame) : null
}

function firstOf(
  all: Readonly<Record<string, readonly string[] | null>>,
  programs: ReadonlySet<string>,
  line: Program['line'],
): Program | null {
  const found = Object.entries(all).find(([name, argv]) => argv !== null && programs.has(name))
  return found?.[1] ? { name: found[0], argv: found[1], line } : null
}

/** Of at most 2880 bytes each, as they were heard: a kubelet rotates a log that has 10 MiB. */
export const MOST_LINES = 2400
/** Both sides have a sign of life from the plan within PATIENCE_S. */
const MOST_PAUSE_MS = 10_000
/** An argument of a program may have 128 KiB, and all of them together a MiB or two. */
const MOST_CHARACTERS = 100_000

/**
 * What the container runs: POSIX sh (dash, bash, busybox ash), without a file and without stdin. It listens, sends the plan, listens on, and
 * ends. All that it says is in lines that begin with the mark: \`P N:\` and base64 of the capture, N counted from 1, so that a log with
 * a hole is noticed; \`E\` words of the listener; \`S\` of the sender; \`complete\` at last.
 *
 * A listener ends when its stdin does, and it must outlive the plan by nothing: so its stdin is a pipe whose other end the plan holds. A shell
 * has no two pipes between two processes, one each way, but Linux opens both ends of any pipe under /proc. Nor may the plan begin before
 * the listener and the sender are ready: it would be sent unheard, or all at once. Descriptors are closed by \`exec\` alone: a shell that
 * closes one for a function keeps a copy of it.
 */
const SCRIPT = String.raw`
LC_ALL=C; PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export LC_ALL PATH
say() { sed "s/^/$mark $1 /"; }
words() { tr -cd '[:print:]\n' | { head -c 2000; echo; cat >/dev/null; } | say "$1"; }
pause() { [ "$1" = 0 ] || sleep "$1" 2>/dev/null || sleep 1; }

plan() {
  for step in $steps; do
    pause "${'$'}{step%:*}"
    echo >&4
    number=${'$'}{step#*:}
    if [ "$number" = 0 ]; then echo; else eval "printf '%s\n' \"\${$number}\""; fi
  done
}

ask() {
  number=0
  piece 24 || return
  true | { exec 6>/proc/self/fd/0 7<&0 </dev/null; converse "$@"; } &
  exec 4>&-
  while [ $number -lt $most ] && piece 2880; do :; done
  exec </dev/null
  wait
}

piece() {
  text=$(dd bs="$1" count=1 2>/dev/null | base64 | tr -d '\n')
  [ -n "$text" ] || return
  number=$((number + 1))
  printf '%s P %s:%s\n' "$mark" $number "$text"
}

converse() {
  { exec 4>&- 6>&-; send <&7; } 2>&1 | { exec 7<&-; begin "$@"; } | { exec 4>&- 6>&- 7<&-; words S >&3; } &
  exec 4>&- 6>&- 7<&-
  wait
}

begin() {
  read -r said || said=
  printf '%s\n' "$said"
  [ "$said" != ready ] || plan "$@" >&6
  exec 4>&- 6>&-
  cat
}

exec 3>&1
{
  true | {
    exec 4>/proc/self/fd/0 5<&0 </dev/null
    { exec 4>&-; listen <&5; echo ended $? >&2; } | { exec 5<&-; ask "$@"; } &
    exec 4>&- 5<&-
    wait
  }
} 2>&1 >&3 </dev/null | words E >&3
printf '%s complete\n' "$mark"
`

/** Command and arguments of the container; null: the plan is too long for them. */
export function askCommand(
  mark: string,
  listener: Program,
  sender: Program | null,
  steps: readonly ScheduledFrame[],
): readonly string[] | null {
  const line: Program['line'] = sender?.line ?? hexLine
  const frames: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = ({ frame, ifAnsweredWithinMs }: ScheduledFrame) => {
    const text = frame && line(frame, ifAnsweredWithinMs)
    if (text === null) return 0
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, frames.push(text))
    return frames.length
  }
  const words = steps.flatMap((step) => [...pauses(step.afterMs), `${lastPause(step.afterMs)}:${numberOf(step)}`])
  const head = [
    `mark=${mark} most=${MOST_LINES}`,
    `steps='${words.join(' ')}'`,
    `listen() { ${commandLine(listener.argv)}; }`,
    `send() { ${sender === null ? 'echo ready; cat >/dev/null' : commandLine(sender.argv)}; }`,
  ]
  const script = `${head.join('\n')}\n${SCRIPT}`
  const length = [script, ...frames].reduce((sum, text) => sum + text.length, 0)
  return length > MOST_CHARACTERS ? null : ['sh', '-c', script, 'sh', ...frames]
}

function commandLine(argv: readonly string[]): string {
  return argv.map(quoted).join(' ')
}

/** What of a pause is longer than one may be. */
function pauses(ms: number): string[] {
  return Array.from({ length: Math.max(0, Math.ceil(ms / MOST_PAUSE_MS) - 1) }, () => `${MOST_PAUSE_MS / 1000}:0`)
}

/** In seconds, never less than it is: nothing may be sent sooner than the pace allows. */
function lastPause(ms: number): string {
  const left = ms - pauses(ms).length * MOST_PAUSE_MS
  return String(Math.ceil(left) / 1000)
}
