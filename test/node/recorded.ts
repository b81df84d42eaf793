import { readFileSync } from 'node:fs'
import { buildHost, type HostRecord } from '../../src/node/host.js'
import type { Host, SectionName, Sections } from '../../src/node/model.js'
import { readSnapshot } from '../../src/node/snapshot.js'

export type Recording = 'debian-12' | 'busybox-1.35' | 'ubuntu-24.04' | 'debian-12-bonds' | 'busybox-1.35-bonds'

/** The recorded node of fixtures/nodes. */
export function recording(directory: Recording): HostRecord {
  const read = readSnapshot(readFileSync(`fixtures/nodes/${directory}/node-a.json`, 'utf8'))
  if ('wrong' in read) throw new Error(`fixtures/nodes/${directory}: ${read.wrong}`)
  return read
}

export function recordedHost(directory: Recording): Host {
  return buildHost(recording(directory))
}

/** A section that must be known. */
export function section<N extends SectionName>(host: Host, name: N): Sections[N] {
  const value = host.sections[name] as { known: boolean; value?: Sections[N] }
  if (!value.known) throw new Error(`${name} of ${host.name} is not known`)
  return value.value!
}
