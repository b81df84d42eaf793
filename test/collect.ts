import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs a command to its end, standard input closed. */
export async function execute([file = '', ...argv]: readonly string[]) {
  return collect(spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Everything a child prints until it ends, and its exit code (null when a signal ended it). */
export async function collect(child: ChildProcess) {
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      text[stream] += chunk
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...text }
}
