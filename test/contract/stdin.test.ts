import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CLI } from '../lab/scan-scenario.js'

/** What comes on stdin is input where `-` stands for it, and never an argument that nobody gave. */
const [node, entry] = CLI
const run = (argv: readonly string[], input: string | Buffer) => {
  const { status, stdout, stderr } = spawnSync(node, [entry, ...argv], { input, encoding: 'utf8' })
  return { status, stdout, stderr }
}
const capture = 'fixtures/demo/healthy.pcap'

it.each([['--vip', '10.77.0.240'], []])('scan --read - %s: a capture that is there at once', (...vips) => {
  const piped = run(['scan', ...vips, '--read', '-', '--no-kube', '--json'], readFileSync(capture))
  expect(piped.stderr).not.toContain('not an address')
  expect(piped.status).toBe(run(['scan', ...vips, '--read', capture, '--no-kube', '--json'], '').status)
})

it('predict --questions -', () => {
  const question = '{"target":"10.0.0.1","asker":null}\n'
  const argv = ['predict', '--questions', '-', '--nodes-from', 'fixtures/nodes/ubuntu-24.04', '--json']
  const { status, stdout, stderr } = run(argv, question)
  expect(status, stderr).toBe(0)
  expect(JSON.parse(stdout).predictions).toHaveLength(1)
})

it('an address on stdin, as the list that a loop reads, is not asked for', () => {
  const { stdout, stderr } = run(
    ['scan', '--vip', '10.77.0.240', '--read', capture, '--no-kube', '--json'],
    '10.77.0.241\n',
  )
  expect(
    JSON.parse(stdout).addresses.map(({ ip }: { ip: string }) => ip),
    stderr,
  ).toEqual(['10.77.0.240'])
})

it('explain takes no rule from stdin', () => {
  expect(run(['explain'], 'wire/no-answer\n').status).toBe(2)
})
