import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'

/** Every line is the whole list; when its stdin ends, which our death brings about, the groups of the last line end. */
const PROGRAM = 'while read -r groups; do set -- $groups; done; for group; do kill -s KILL -- "-$group"; done'

const groups = new Set<number>()
let guard: ChildProcess | null = null
let isTold = true

/**
 * Sees to it that a process group ends with us, also when we are killed: an ssh whose host says nothing would notice
 * never. Answers with the function that takes it off the list.
 */
export function guardGroup(pid: number): () => void {
  guard ??= startGuard()
  groups.add(pid)
  tell()
  return () => {
    groups.delete(pid)
    isTold = false
    setImmediate(() => isTold || tell()) // mostly the next one begins at once, and takes the news along
  }
}

/** In a session of its own, so that a Ctrl-C in the terminal does not end it before us. */
function startGuard(): ChildProcess {
  const child = spawn('sh', ['-c', PROGRAM], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  child.on('error', () => {}) // without a shell nothing guards
  child.stdin?.on('error', () => {}) // somebody killed it
  child.unref()
  if (child.stdin instanceof Socket) child.stdin.unref()
  return child
}

function tell(): void {
  isTold = true
  guard?.stdin?.write(`${[...groups].join(' ')}\n`)
}
