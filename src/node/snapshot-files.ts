import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readInput } from '../bounded-file.js'
import { CannotWrite } from '../files/cannot-write.js'
import { writeWhole } from '../files/output-file.js'
import { checkPlanned } from '../files/planned.js'
import type { HostRecord } from './host.js'
import { hostFailure } from './host-failure.js'
import { readSnapshot, snapshotFileNames, writeSnapshot } from './snapshot.js'

/** Output is bounded at 8 MiB; escaped as JSON it may grow sixfold. */
const LARGEST_SNAPSHOT = 64 // MiB

/** Files read at the same time: thousands at once would keep signals and timers waiting. */
const AT_ONCE = 16

/** Writes one file a host into a directory, which is made if need be. Throws CannotWrite. */
export async function saveSnapshots(directory: string, records: readonly HostRecord[]): Promise<void> {
  checkPlanned([{ flag: '--save', file: directory, folder: true }])
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw CannotWrite.because(directory, cause)
  })
  const names = snapshotFileNames(records.map(({ name }) => name))
  for (const [at, record] of records.entries()) {
    await writeWhole(join(directory, names[at]!), writeSnapshot(record), 'owner')
  }
}

/** Reads snapshot files, and every *.json of directories, in the order of their names. One that cannot be read is a record of that. */
export async function loadSnapshots(paths: readonly string[]): Promise<HostRecord[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  const records: HostRecord[] = []
  for (let at = 0; at < files.length; at += AT_ONCE) {
    records.push(...(await Promise.all(files.slice(at, at + AT_ONCE).map(loadSnapshot))))
  }
  return records
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path).catch(() => null)
  if (entries === null) return [path]
  const snapshots = entries.filter((name) => name.endsWith('.json')).sort()
  return snapshots.length > 0 ? snapshots.map((name) => join(path, name)) : [path]
}

async function loadSnapshot(file: string): Promise<HostRecord> {
  try {
    const about = await stat(file)
    if (about.isDirectory()) return unreadable(file, 'no *.json in this directory')
    const read = readSnapshot((await readInput(file, LARGEST_SNAPSHOT)).toString())
    return 'wrong' in read ? unreadable(file, read.wrong) : read
  } catch (error) {
    return unreadable(file, (error as Error).message)
  }
}

function unreadable(file: string, reason: string): HostRecord {
  const facts = { kind: 'unreadable', said: reason, partial: false, number: null } as const
  return { name: file, address: file, probes: {}, failure: hostFailure(facts, { name: file, address: file }) }
}
