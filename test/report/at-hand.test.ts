import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { atHand } from '../../src/report/at-hand.js'
import type { Report, ReportedNode } from '../../src/report/report.js'

const folder = mkdtempSync(join(tmpdir(), 'l2d-at-hand-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Fix = Report['findings'][number]['fixes'][number]

const fix = (steps: Fix['steps'], more: Partial<Fix> = {}): Fix => ({
  summary: '',
  risk: 'none',
  where: 'node',
  node: 'node-b',
  steps,
  verify: 'ip neigh',
  undo: 'Put it back.',
  ...more,
})

function shown(one: Fix, nodes: readonly Partial<ReportedNode>[] = []): Fix {
  const report = { nodes, findings: [{ fixes: [one] }], suppressed: [] } as unknown as Report
  return atHand(report).findings[0]!.fixes[0]!
}

const runOf = (run: string, nodes?: readonly Partial<ReportedNode>[]) =>
  shown(fix([{ kind: 'runtime', text: '', run }]), nodes).steps[0]!.run

describe('a command for people', () => {
  it('goes to the node as one word', () => {
    expect(runOf('sysctl -w a=1 && sysctl -w b=1')).toBe("ssh node-b -- 'sysctl -w a=1 && sysctl -w b=1'")
  })

  it('goes to the address that ssh reached', () => {
    expect(runOf('ip neigh', [{ name: 'node-b', address: '10.0.0.12' }])).toBe("ssh 10.0.0.12 -- 'ip neigh'")
    expect(runOf('ip neigh', [{ name: 'node-b', address: 'admin@node-b' }])).toBe("ssh admin@node-b -- 'ip neigh'")
  })

  it('has sudo where the audit had it, and a shell for what sudo does not take', () => {
    const nodes = [{ name: 'node-b', address: 'node-b', sudo: true }]
    expect(runOf('ip neigh', nodes)).toBe("ssh node-b -- 'sudo ip neigh'")
    expect(runOf("printf '%s\\n' 'a = 1' >> /etc/x", nodes)).toBe(
      `ssh node-b -- 'sudo sh -c '\\''printf '\\''\\'\\'''\\''%s\\n'\\''\\'\\'''\\'' '\\''\\'\\'''\\''a = 1'\\''\\'\\'''\\'' >> /etc/x'\\'''`,
    )
  })

  it.each(["echo 'a b'", 'printf "%s" "$(id -u)" | cat', "printf '%s\\n' 'it'\\''s' && echo \\;"])(
    'means at the other end what it meant here: %s',
    (command) => {
      const fakes = { ssh: 'shift; [ "$1" = -- ] && shift; exec sh -c "$*"', sudo: 'exec "$@"' }
      for (const [name, body] of Object.entries(fakes)) {
        writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
        chmodSync(join(folder, name), 0o755)
      }
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` }
      const run = (line: string) => spawnSync('sh', ['-c', line], { env, encoding: 'utf8' }).stdout
      const nodes = [{ name: 'node-b', address: 'node-b', sudo: true }]
      expect(run(runOf(command)!)).toBe(run(command))
      expect(run(runOf(command, nodes)!)).toBe(run(command))
    },
  )

  it('stays bare on the machine that the reader sits at, for the cluster, on a switch, and without a node', () => {
    expect(runOf('ip neigh', [{ name: 'node-b', address: 'local' }])).toBe('ip neigh')
    expect(runOf('kubectl get nodes')).toBe('kubectl get nodes')
    expect(runOf('l2doctor scan --vip 10.0.0.240')).toBe('l2doctor scan --vip 10.0.0.240')
    const onSwitch = fix([{ kind: 'look', text: '', run: 'show mac', where: 'switch' }])
    expect(shown(onSwitch).steps[0]!.run).toBe('show mac')
    const { node: _, ...nowhere } = fix([{ kind: 'look', text: '', run: 'ip neigh' }])
    expect(shown(nowhere).steps[0]!.run).toBe('ip neigh')
  })

  it('covers verification and undo, but no sentence', () => {
    expect(shown(fix([]))).toMatchObject({ verify: "ssh node-b -- 'ip neigh'", undo: 'Put it back.' })
  })
})
