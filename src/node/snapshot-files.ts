import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostRecord } from './host.js'
import { readSnapshot, snapshotFileNames, writeSnapshot } from './snapshot.js'

/** Output is bounded at 8 MiB; escaped as JSON it may grow sixfold. */
const LARGEST_SNAPSHOT = 64 * 1024 * 1024

/** Writes one file a host into a directory, which is made if need be. */
export async function saveSnapshots(directory: string, records: readonly HostRecord[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const names = snapshotFileNames(records.map(({ name }) => name))
  for (const [at, record] of records.entries()) {
    await writeFile(join(directory, names[at]!), writeSnapshot(record), { mode: 0o600 })
  }
}

/** Reads snapshot files, and every *.json of directories, in the order of their names. One that cannot be read is a record of that. */
export async function loadSnapshots(paths: readonly string[]): Promise<HostRecord[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  return Promise.all(files.map(loadSnapshot))
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
    if (about.size > LARGEST_SNAPSHOT) return unreadable(file, `larger than ${LARGEST_SNAPSHOT / 1024 / 1024} MiB`)
    const read = readSnapshot(await readFile(file, 'utf8'))
    return 'wrong' in read ? unreadable(file, read.wrong) : read
  } catch (error) {
    return unreadable(file, (error as Error).message)
  }
}

function unreadable(file: string, reason: string): HostRecord {
  const hint = 'give files or a directory that audit-node --save wrote'
  return { name: file, address: file, probes: {}, failure: { subject: file, reason, hint } }
}
