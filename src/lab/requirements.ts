import { spawnSync } from 'node:child_process'

export type LabAnswer = { readonly ok: true } | { readonly ok: false; readonly why: string }

let answer: LabAnswer | undefined

/** Whether this machine can build a lab, and if not, why in words; found out once by making one namespace with one veth. */
export function requireLab(): LabAnswer {
  answer ??= tryOut()
  return answer
}

function tryOut(): LabAnswer {
  if (process.platform !== 'linux')
    return { ok: false, why: `a lab needs Linux network namespaces, this is ${process.platform}` }
  if (process.getuid?.() !== 0) return { ok: false, why: 'a lab needs root to make network namespaces' }
  const name = `l2d-${process.pid}-0-try`
  const made = ip(`netns add ${name}\nlink add eth0 netns ${name} type veth peer name eth1 netns ${name}`)
  ip(`netns del ${name}`)
  return made.status === 0 ? { ok: true } : { ok: false, why: `network namespaces do not work here: ${reason(made)}` }
}

function ip(lines: string) {
  return spawnSync('ip', ['-batch', '-'], { input: `${lines}\n`, encoding: 'utf8' })
}

function reason(run: ReturnType<typeof ip>): string {
  return run.error ? `${run.error.message} (is iproute2 installed?)` : run.stderr.trim()
}
