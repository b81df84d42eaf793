import { randomBytes } from 'node:crypto'
import { constants, existsSync, rmSync, type Stats } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants

/** A file without a lasting name, beside the one whose place it is to take. */
export interface Temporary {
  readonly handle: FileHandle
  /** Gives it its name, whatever had it before; nothing is followed. */
  rename(name: string): Promise<void>
  /** Removes it, unless it has its name. */
  close(): Promise<void>
}

/** What is to be removed when the process ends. */
const standing = new Set<string>()
/** Signals that end a process and that no command listens to. */
const DEADLY = ['SIGQUIT', 'SIGALRM', 'SIGUSR2', 'SIGXCPU', 'SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGPWR'] as const

/**
 * Makes an empty file in a folder, under a name that nobody can foresee and that is gone when this process ends, unless
 * SIGKILL ends it. The folder is held open: what another user moves meanwhile into its path changes nothing.
 */
export async function openTemporary(path: string, about: Stats, mode: number): Promise<Temporary> {
  const folder = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    const { dev, ino } = await folder.stat()
    if (dev !== about.dev || ino !== about.ino) throw new Error('its folder was replaced in this moment')
    return await inFolder(folder, path, mode)
  } catch (error) {
    await folder.close()
    throw error
  }
}

async function inFolder(folder: FileHandle, path: string, mode: number): Promise<Temporary> {
  const held = `/proc/self/fd/${folder.fd}`
  const at = existsSync(held) ? held : path
  const within = (name: string) => `${at}/${name}`
  const temporary = within(`.l2doctor-${randomBytes(12).toString('hex')}`)
  remember(temporary)
  try {
    const handle = await open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
    const close = async () => {
      await handle.close()
      await rm(temporary, { force: true })
      forget(temporary)
      await folder.close()
    }
    return { handle, rename: (name) => rename(temporary, within(name)), close }
  } catch (error) {
    forget(temporary)
    throw error
  }
}

/** Hears which temporary files stand, now and whenever that changes: to remove them where this thread cannot. */
export function onStanding(tell: (paths: readonly string[]) => void): void {
  tellStanding = tell
  tell([...standing])
}

let tellStanding: (paths: readonly string[]) => void = () => {}

function remember(path: string): void {
  if (standing.size === 0) {
    process.on('exit', removeAll)
    for (const signal of DEADLY) process.on(signal, dieOf)
  }
  standing.add(path)
  tellStanding([...standing])
}

function forget(path: string): void {
  standing.delete(path)
  tellStanding([...standing])
  if (standing.size > 0) return
  process.off('exit', removeAll)
  for (const signal of DEADLY) process.off(signal, dieOf)
}

function removeAll(): void {
  for (const path of standing) rmSync(path, { force: true })
}

function dieOf(signal: NodeJS.Signals): void {
  removeAll()
  for (const one of DEADLY) process.off(one, dieOf)
  process.kill(process.pid, signal)
}
