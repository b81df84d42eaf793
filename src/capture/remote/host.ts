import { randomBytes } from 'node:crypto'
import { quoted } from '../../shell.js'
import { type LiveChild, startChild } from '../live-child.js'

/** Another machine, by a command that runs `sh -s` there; what is to run goes over its stdin, so nothing is written there. */
export interface RemoteHost {
  /** As the operator calls it. */
  readonly name: string
  /** ssh with its arguments. */
  readonly command: readonly string[]
  /** Use `sudo -n` for raw sockets. */
  readonly become: boolean
  /** `uname -m`. */
  readonly machine: string
  /** Of the programs that listen or send, those that it has. */
  readonly programs: ReadonlySet<string>
  /** Longest time from the start of ssh to the first sign of life, ms. */
  readonly startMs: number
  /** Has a process group end when we do; answers with the function that lets it go. */
  guard(pid: number): () => void
}

/** Without a line for so many seconds all that we started there ends: the connection may be half dead, and nobody be heard again. */
export const PATIENCE_S = 25
/** From one sign of life to the next, ms. */
const HEARTBEAT_MS = 5000
/** What ends there may still have counts to print, and a long way to send them. */
const GRACE_MS = 5000
/** What a login shell may print before our own words. */
const MOST_BANNER_BYTES = 65_536

/** Starts a program on the host; its stdout begins behind whatever the login shell printed before. */
export function startRemote(host: RemoteHost, argv: readonly string[]): LiveChild {
  const mark = randomBytes(16).toString('hex')
  const child = startChild(host.command, GRACE_MS)
  const { pid, stdin } = child.process
  const unguard = pid === undefined ? () => {} : host.guard(pid)
  let beat: NodeJS.Timeout | undefined
  const begun = () => {
    beat ??= setInterval(() => stdin?.write('\n'), HEARTBEAT_MS).unref()
  }
  child.ended.then(() => {
    clearInterval(beat)
    unguard()
  })
  stdin?.write(launchScript(argv, mark, host.become))
  return { ...child, stdout: behindMark(child.stdout, `${mark}\n`, begun) }
}

/** For the stdin of `sh -s`: says the mark, then becomes the program, which has the rest of stdin to itself. */
function launchScript(argv: readonly string[], mark: string, become: boolean): string {
  const words = [...(become ? ['sudo', '-n', '--'] : []), ...argv].map(quoted).join(' ')
  return `{ LC_ALL=C; PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export LC_ALL PATH
printf '%s\\n' ${mark}
exec ${words}
}
`
}

/** What comes behind the mark. A host that never says it, as one with a forced command, has said nothing. */
async function* behindMark(chunks: AsyncIterator<Uint8Array>, mark: string, begun: () => void) {
  let before = Buffer.alloc(0)
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    before = Buffer.concat([before, next.value])
    const at = before.indexOf(mark)
    if (at < 0 && before.length > MOST_BANNER_BYTES) return
    if (at < 0) continue
    const rest = before.subarray(at + mark.length)
    begun()
    if (rest.length > 0) yield rest
    break
  }
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value as Uint8Array
}
