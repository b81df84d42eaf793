import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAMESPACES = '/run/netns'
const OURS = /^l2d-(\d+)-\d+(?:-|$)/

/** What a segment leaves on the machine: namespaces called `<name>-…`, the processes in them, one folder. */
export interface Remains {
  readonly name: string
  /** Ends the processes outside the namespaces that belong to it. */
  stop(): void
}

const standing = new Map<string, Remains>()

/** Sees to it that a segment is removed when this process ends, however it ends short of SIGKILL. */
export function guard(remains: Remains): void {
  watchForTheEnd()
  standing.set(remains.name, remains)
}

/** Removes one segment at once: kills what runs in it, then deletes namespaces (links go with them) and folder. */
export function remove(remains: Remains): void {
  remains.stop()
  removeNamespaces(list(NAMESPACES).filter((namespace) => namespace.startsWith(`${remains.name}-`)))
  rmSync(directoryOf(remains.name), { recursive: true, force: true })
  standing.delete(remains.name)
}

/** Removes what lab processes that no longer live have left (SIGKILL, a crash of the machine's shell). Returns its names. */
export function removeLeftovers(): readonly string[] {
  const dead = (name: string) => {
    const pid = OURS.exec(name)?.[1]
    return pid !== undefined && !exists(`/proc/${pid}`)
  }
  const namespaces = list(NAMESPACES).filter(dead)
  const folders = list(tmpdir()).filter(dead)
  removeNamespaces(namespaces)
  for (const folder of folders) rmSync(join(tmpdir(), folder), { recursive: true, force: true })
  return [...namespaces, ...folders]
}

/** The scratch folder of a segment. */
export function directoryOf(name: string): string {
  return join(tmpdir(), name)
}

/** Makes the folder of a segment; false when a segment of that name stands. */
export function claimFolder(name: string): boolean {
  return !exists(directoryOf(name)) && mkdirSync(directoryOf(name), { recursive: true, mode: 0o700 }) !== undefined
}

let watching = false
let isHeardElsewhere = false

/** Whoever builds segments hears the signals that end a run, and leaves by `exit`: that is then the moment to clean up. */
export function signalsAreHeard(): void {
  isHeardElsewhere = true
}

function watchForTheEnd(): void {
  if (watching) return
  watching = true
  process.on('exit', removeAll)
  if (isHeardElsewhere) return
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endBySignal)
}

/** Ends the process as the signal would have, unless somebody else handles it: then `exit` is the moment to clean up. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  removeAll()
  process.removeListener(signal, endBySignal)
  process.kill(process.pid, signal)
}

function removeAll(): void {
  for (const remains of standing.values()) remove(remains)
}

function removeNamespaces(namespaces: readonly string[]): void {
  if (namespaces.length === 0) return
  for (const pid of processesIn(namespaces)) kill(pid)
  spawnSync('ip', ['-force', '-batch', '-'], { input: namespaces.map((name) => `netns del ${name}\n`).join('') })
}

/** Ids of the processes whose network namespace is one of these. */
function processesIn(namespaces: readonly string[]): number[] {
  const wanted = new Set(
    namespaces.map((name) => `net:[${statSync(join(NAMESPACES, name), { throwIfNoEntry: false })?.ino}]`),
  )
  return list('/proc')
    .filter((entry) => /^\d+$/.test(entry) && wanted.has(linkTarget(`/proc/${entry}/ns/net`)))
    .map(Number)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended by itself in between
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function list(folder: string): string[] {
  return exists(folder) ? readdirSync(folder) : []
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
