import type { PodRunner } from '../../cluster/pods/runner.js'
import { endTrouble } from '../../cluster/pods/trouble.js'
import { CannotLook, type Gap } from '../../known.js'
import { OUTPUT_LIMIT } from '../../node/transports/run-script.js'
import type { Transport } from '../../node/transports/transport.js'

/** Scripts that read a host end within seconds, once their pod runs: how long that may take is the runner's to say. */
const READ_S = 60

/**
 * A node by a pod on it, which has the script as the argument of its shell. Throws CannotLook where no such pod runs, or does not come
 * to the end.
 */
export function podTransport(node: string, runner: PodRunner, left: (gap: Gap) => void): Transport {
  return {
    name: node,
    address: node,
    inPod: true,
    async run(script, { signal }) {
      const kept = keeper()
      const task = { node, command: ['sh', '-c', script], seconds: READ_S }
      const end = await runner.run(node, task, signal, kept, left)
      if (end === null) return { stdout: kept.bytes(), stderr: '', end: { kind: 'interrupted' } }
      if (kept.isFull()) return { stdout: kept.bytes(), stderr: '', end: { kind: 'flood' } }
      if (!kept.isComplete()) throw new CannotLook({ subject: node, ...endTrouble(end, kept.lastLine()) })
      return { stdout: kept.bytes(), stderr: '', end: { kind: 'exited', code: 0 } }
    },
  }
}

/** Keeps a log whole, within the bounds of what a host may say. */
function keeper() {
  let pieces: Buffer[] = []
  let bytes = 0
  const all = () => Buffer.concat(pieces)
  return {
    take(piece: Buffer) {
      if (bytes + piece.length <= OUTPUT_LIMIT) pieces.push(piece)
      bytes += piece.length
    },
    restart() {
      pieces = []
      bytes = 0
    },
    /** Both scripts end in such a line; by whose mark is the reader's to judge. */
    isComplete: () => /\n%[\da-f]{32,} complete\s*$/.test(all().subarray(-200).toString('latin1')),
    isFull: () => bytes > OUTPUT_LIMIT,
    bytes: all,
    lastLine: () => all().subarray(-2000).toString().trim().split('\n').at(-1) ?? '',
  }
}
