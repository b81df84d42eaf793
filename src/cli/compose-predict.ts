import type { HostRecord } from '../node/host.js'
import { type AuditNodeFlagValues, hostReader } from './compose-node.js'
import { UsageError } from './exit-codes.js'

export interface PredictFlagValues extends Omit<AuditNodeFlagValues, 'from' | 'save' | 'redact'> {
  readonly host?: readonly string[] | undefined
  readonly 'nodes-from'?: readonly string[] | undefined
}

/** Saved hosts, then those that are read now. */
export function predictedHosts(
  flags: PredictFlagValues,
  note: (text: string) => void,
): (interrupted: AbortSignal) => Promise<readonly HostRecord[]> {
  const { host = [], 'nodes-from': saved = [] } = flags
  const live = host.length > 0 || flags.local || flags['all-nodes'] || flags['hosts-file'] !== undefined
  if (!live && saved.length === 0) {
    throw new UsageError('no host named; give --host, --nodes-from, --hosts-file, --all-nodes or --local')
  }
  const plain = { ...flags, save: undefined, redact: false }
  const readers = [
    ...(saved.length > 0 ? [hostReader([], { ...plain, ...NONE_LIVE, from: saved }, note)] : []),
    ...(live ? [hostReader(host, plain, note)] : []),
  ]
  return async (interrupted) => (await Promise.all(readers.map((read) => read(interrupted)))).flat()
}

const NONE_LIVE = { local: false, 'all-nodes': false, 'hosts-file': undefined } as const
