import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Account, accountFor } from './accounts.js'
import { PERL_CONFINES, PYTHON_CONFINES } from './confine-programs.js'

/** linux/capability.h */
const CAP = { setgid: 6n, setuid: 7n, setpcap: 8n, netRaw: 13n } as const

/** What this process may do, of which its children inherit. */
export interface Powers {
  readonly root: boolean
  has(capability: keyof typeof CAP): boolean
  /** A program that we start has CAP_NET_RAW by us, not by its own file's capabilities. */
  readonly passesNetRaw: boolean
}

/** Reads /proc/self/status. */
function ownPowers(): Powers {
  const status = readStatus()
  const set = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*([\\da-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`)
  const [effective, ambient] = [set('CapEff'), set('CapAmb')]
  const root = process.geteuid?.() === 0
  const has = (capability: keyof typeof CAP) => ((effective >> CAP[capability]) & 1n) === 1n
  return { root, has, passesNetRaw: root ? has('netRaw') : ((ambient >> CAP.netRaw) & 1n) === 1n }
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return '' // no /proc: nothing is known, and nothing is passed on
  }
}

/** Makes the command that runs another with CAP_NET_RAW and no_new_privs alone. */
export interface Confinement {
  /** `files`: what the program reads by itself, besides what every account can. */
  wrap(command: readonly string[], files?: readonly string[]): readonly string[]
  /** Why some program kept the rights it has, each reason once; empty when all were confined so far. */
  readonly lapses: ReadonlySet<string>
  /** Programs run as another user than root. */
  readonly changesUser: boolean
}

type Launch = (account: Account | null) => readonly string[]

/** `prctl` and `capset`: asm-generic/unistd.h, and arch/x86/entry/syscalls/syscall_64.tbl. */
const SYSCALLS: Partial<Record<NodeJS.Architecture, readonly [prctl: number, capset: number]>> = {
  x64: [157, 126],
  arm64: [167, 91],
  riscv64: [167, 91],
  loong64: [167, 91],
}

/** Finds a way to confine programs, by trying: each is asked to run `true`. */
export async function findConfinement(powers: Powers = ownPowers()): Promise<Confinement> {
  if (!powers.passesNetRaw) return unconfined(powers.has('netRaw') ? 'CAP_NET_RAW comes from the file of Node' : null)
  const changesUser = powers.root && powers.has('setuid') && powers.has('setgid')
  for (const launch of launches(powers)) {
    if (await runs(launch(changesUser ? { uid: 65_534, gid: 65_534 } : null))) return confined(launch, changesUser)
  }
  return unconfined('neither setpriv nor perl nor python3 can take rights away here')
}

function launches(powers: Powers): Launch[] {
  const numbers = (SYSCALLS[process.arch] ?? []).map(String)
  const byProgram = ([file, option, text]: readonly [string, string, string]): Launch => {
    return (account) => [file, option, text, ...numbers, String(account?.uid ?? '-'), String(account?.gid ?? '-')]
  }
  const programs = [['perl', '-e', PERL_CONFINES] as const, ['python3', '-c', PYTHON_CONFINES] as const]
  const bySyscalls = numbers.length > 0 ? programs.map(byProgram) : []
  const setpriv: Launch = (account) => ['setpriv', ...setprivOptions(powers, account), '--']
  // as root, setpriv takes nothing away that the bounding set leaves
  return powers.root && !powers.has('setpcap') ? [...bySyscalls, setpriv] : [setpriv, ...bySyscalls]
}

function setprivOptions({ root, has }: Powers, account: Account | null): string[] {
  const only = '-all,+net_raw'
  return [
    ...(account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []),
    ...(has('setpcap') ? [`--bounding-set=${only}`] : []),
    `--inh-caps=${only}`,
    ...(root && !account ? [] : [`--ambient-caps=${only}`]),
    '--no-new-privs',
  ]
}

function runs([file = '', ...argv]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(file, [...argv, 'true'], { timeout: 5000 }, (error) => resolve(error === null))
  })
}

function unconfined(because: string | null): Confinement {
  return { wrap: (command) => command, lapses: new Set(because === null ? [] : [because]), changesUser: false }
}

function confined(launch: Launch, changesUser: boolean): Confinement {
  const lapses = new Set<string>()
  return {
    lapses,
    changesUser,
    wrap: (command, files = []) => {
      const program = pathOf(command[0] ?? '')
      if (!changesUser || program === null) return [...launch(null), ...command]
      const account = accountFor([program, ...files])
      if (account !== null) return [...launch(account.uid === 0 ? null : account), ...command]
      lapses.add(`no user can read both ${program} and what it needs`)
      return command
    },
  }
}

/** Where a program lies; null when it is nowhere. */
function pathOf(program: string): string | null {
  if (program.includes('/')) return existsSync(program) ? program : null
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null
}
