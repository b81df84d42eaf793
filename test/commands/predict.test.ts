import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import Predict from '../../commands/predict.js'

const SAVED = 'fixtures/nodes/ubuntu-24.04'

let dir: string
let out: string
let err: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'l2d-predict-'))
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(dir, { recursive: true })
})

async function run(...argv: readonly string[]): Promise<number> {
  process.exitCode = undefined
  await Predict.run([...argv], process.cwd())
  return Number(process.exitCode ?? 0)
}

function questions(...lines: readonly object[]): string {
  const file = join(dir, 'questions.jsonl')
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return file
}

interface Answer {
  readonly question: object
  readonly host: string
  readonly answers: string
  readonly replies: readonly { mac: string; interface: string; path: string }[]
  readonly because: readonly { check: string; setting: string; value: string; from: string; text: string }[]
  readonly missing: readonly string[]
  readonly before?: { readonly answers: string }
}

const predictions = (): Answer[] => JSON.parse(out).predictions

/** An address that the recorded host holds on an interface that faces the wire. */
function held(): { ip: string; device: string; prefix: number } {
  const record = JSON.parse(readFileSync(`${SAVED}/node-a.json`, 'utf8'))
  const links = JSON.parse(record.probes['ip-addr'].stdout) as {
    ifname: string
    addr_info: { family: string; local: string; prefixlen: number }[]
  }[]
  const link = links.find(({ ifname }) => ifname === 'eth0')!
  const info = link.addr_info.find(({ family }) => family === 'inet')!
  return { ip: info.local, device: 'eth0', prefix: info.prefixlen }
}

it('answers questions in their order, with the reasons', async () => {
  const { ip, device } = held()
  const asked = [
    { target: ip, asker: null, on: [device] },
    { target: '203.0.113.9', asker: null, to: null, on: [device] },
  ]
  expect(await run('--questions', questions(...asked), '--nodes-from', SAVED, '--json')).toBe(0)
  const [first, second] = predictions()
  expect(first).toMatchObject({
    question: asked[0],
    host: 'node-a',
    answers: 'yes',
    replies: [{ interface: device, path: 'local' }],
  })
  expect(first?.replies[0]?.mac).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/)
  expect(first?.because.map(({ check }) => check)).toContain('local address')
  expect(second).toMatchObject({ question: asked[1], answers: 'no', replies: [] })
})

it('shows what a change would do, beside what is', async () => {
  const { ip, prefix } = held()
  const change = `node-a:address-del=${ip}/${prefix}@eth0`
  await run('--vip', ip, '--asker', 'probe', '--nodes-from', SAVED, '--set', change, '--json')
  expect(predictions()).toMatchObject([{ answers: 'no', before: { answers: 'yes' } }])
  out = ''
  await run('--vip', ip, '--asker', 'probe', '--nodes-from', SAVED, '--set', change)
  expect(out).toMatch(/HOST +INTERFACE +BEFORE +AFTER +MAC +PATH +BECAUSE\n +node-a +eth0 +yes +no/)
  expect(out).toMatch(/\nNo host answers\.\n$/)
})

it('names what a snapshot lacks', async () => {
  const record = JSON.parse(readFileSync(`${SAVED}/node-a.json`, 'utf8'))
  delete record.probes['ip-route-4']
  const file = join(dir, 'node-a.json')
  writeFileSync(file, JSON.stringify(record))
  await run('--vip', held().ip, '--on', 'eth0', '--nodes-from', file, '--json')
  expect(predictions()).toMatchObject([
    { answers: 'unknown', missing: [expect.stringContaining('ip -4 -j route show table all: not collected')] },
  ])
})

describe('exits 2 and says what there is', () => {
  it.each([
    [['--vip', '10.0.0.1'], 'no host named'],
    [['--nodes-from', SAVED], 'no address asked for'],
    [['--vip', '10.0.0.1', '--nodes-from', SAVED, '--asker', 'somebody'], '--asker somebody: not an IP address'],
    [['--vip', '10.0.0.1', '--nodes-from', SAVED, '--to', 'x'], '--to x: not a MAC'],
    [
      ['--vip', '10.0.0.1', '--nodes-from', SAVED, '--on', 'eth77'],
      /no host has an interface "eth77"; there is .*eth0/,
    ],
    [
      ['--vip', '10.0.0.1', '--nodes-from', SAVED, '--set', 'node-b:link-up=on@eth0'],
      'no host node-b; there is node-a',
    ],
    [['--vip', '10.0.0.1', '--nodes-from', SAVED, '--set', 'node-a:colour=red'], 'write HOST: and one of'],
    [
      ['--vip', '10.0.0.1', '--nodes-from', SAVED, '--set', 'node-a:net.ipv4.conf.eth77.arp_ignore=1'],
      /no interface "eth77"; it has .*eth0/,
    ],
    [
      ['--vip', '10.0.0.1', '--nodes-from', SAVED, '--set', 'node-a:net.ipv4.conf.eth0.arp_colour=1'],
      /key "arp_colour"; it has .*arp_ignore/,
    ],
  ] as const)('%j', async (argv, expected) => {
    expect(await run(...argv)).toBe(2)
    expect(err).toMatch(expected)
  })

  it('for a line that is no question', async () => {
    const file = questions({ target: '10.0.0.1' }, { target: 'here' })
    expect(await run('--questions', file, '--nodes-from', SAVED)).toBe(2)
    expect(err).toMatch(/line 2: .*not an IP address/)
  })
})

it('exits 3 where no host could be read', async () => {
  expect(await run('--vip', '10.0.0.1', '--nodes-from', join(dir, 'nothing'), '--json')).toBe(3)
  expect(predictions()).toMatchObject([{ answers: 'unknown' }])
})
