import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** MB (2^20 bytes) that processes hold in memory. */
export interface Memory {
  /** Each page once, however many of them map it: what they need on a machine on which nothing else runs. */
  readonly once: number
  /** The sum of what each maps; what several map counts several times. */
  readonly rss: number
  /** Pages that others map too, whoever they are, in equal shares: less where more of them run. */
  readonly pss: number
}

export type Kind = 'node' | 'listener' | 'sender'

interface Mapping {
  /** Empty for memory of no file. */
  readonly file: string
  readonly rss: number
  readonly pss: number
  /** Of a file's pages those that are the process's own. */
  readonly own: number
}

/** A program and all that it has started, told apart from others by who started whom. */
export class Processes {
  private readonly root: number

  constructor(root: number) {
    this.root = root
  }

  /** User and system time so far, seconds, of those too that have ended; CLK_TCK is 100 on every Linux that Node runs on. */
  cpuSeconds(): ReadonlyMap<Kind, number> {
    const all = new Map<Kind, number>()
    for (const pid of this.pids()) {
      const times = fieldsOf(pid).slice(11, 15).map(Number)
      const kind = kindOf(pid)
      all.set(kind, (all.get(kind) ?? 0) + times.reduce((sum, one) => sum + one, 0) / 100)
    }
    return all
  }

  memory(kind?: Kind): Memory {
    const chosen = this.pids().filter((pid) => kind === undefined || kindOf(pid) === kind)
    const mappings = chosen.map(mappingsOf)
    const sum = (of: (one: Mapping) => number) => mappings.flat().reduce((all, one) => all + of(one), 0) / 1024
    return {
      once: sum(({ own }) => own) + sharedOnce(mappings) / 1024,
      rss: sum(({ rss }) => rss),
      pss: sum(({ pss }) => pss),
    }
  }

  private pids(): number[] {
    const parents = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
    const found = [this.root]
    for (const one of found) found.push(...parents.flatMap(([pid, parent]) => (parent === one ? [pid!] : [])))
    return found
  }
}

/** Of each file the most that one process has of it in memory. */
function sharedOnce(processes: readonly (readonly Mapping[])[]): number {
  const most = new Map<string, number>()
  for (const mappings of processes) {
    const shared = new Map<string, number>()
    for (const { file, rss, own } of mappings) shared.set(file, (shared.get(file) ?? 0) + rss - own)
    for (const [file, kib] of shared) most.set(file, Math.max(kib, most.get(file) ?? 0))
  }
  return [...most.values()].reduce((sum, kib) => sum + kib, 0)
}

/** Those of /proc/PID/stat from the third on. */
function fieldsOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
}

/** What holds a ring or a socket's filter listens; Node and its threads are one process. */
function kindOf(pid: number): Kind {
  const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  if (/node$/.test(argv[0] ?? '')) return 'node'
  return /tcpdump$/.test(argv[0] ?? '') || argv.some((text) => text.includes('dropped by kernel'))
    ? 'listener'
    : 'sender'
}

function mappingsOf(pid: number): Mapping[] {
  const text = readFileSync(`/proc/${pid}/smaps`, 'utf8')
  return text.split(/^(?=[\da-f]+-[\da-f]+ )/m).map((one) => {
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(one)?.[1] ?? 0)
    const [, , , , inode = '0', file = ''] = (one.split('\n')[0] ?? '').split(/\s+/)
    const [rss, isFile] = [kib('Rss'), inode !== '0']
    return { file: isFile ? file : '', rss, pss: kib('Pss'), own: isFile ? kib('Anonymous') : rss }
  })
}
