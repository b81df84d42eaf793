import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nodeFolder } from '../../bin/nodes.mjs'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { execute } from '../collect.js'
import { type BareRoot, bareRoot, describeBareWithRegistry, npmFolder, programsIn } from './bare-root.js'
import { parseReport } from './scan-scenario.js'

const VIP = '10.77.0.240'
const NODES = [20, 22, 24] as const
const DEFEAT = /cannot|fail|does not load|missing|instead|not found|warn/i

describeBareWithRegistry('on a bare Debian, without a compiler, python, tcpdump or libpcap', () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-install-'))
  const roots: BareRoot[] = []
  let segment: Segment
  let tgz = ''
  beforeAll(async () => {
    segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
    const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder])
    tgz = join(folder, packed.toString().trim())
  })
  afterAll(() => {
    segment?.remove()
    for (const root of roots) root.remove()
    rmSync(folder, { recursive: true })
  })

  const bare = (shown: Readonly<Record<string, string>>) => {
    const root = bareRoot(shown)
    roots.push(root)
    return root
  }

  /** A scan of a VIP that one machine holds, on the client of the lab. */
  async function scan(...command: readonly string[]) {
    const argv = [...command, 'scan', '--vip', VIP, '--no-kube', '--json']
    const { code, stdout, stderr } = await segment.exec('client', argv, { timeoutMs: 60_000 })
    expect(code, stderr).toBe(0)
    expect(stderr).not.toMatch(DEFEAT)
    const report = parseReport(stdout)
    expect([report.verdict, report.gaps, report.run.source?.engine]).toEqual(['healthy', [], 'socket'])
    expect(report.addresses[0]?.claims).toMatchObject([{ class: 'owner', rounds: 5 }])
  }

  it('there is none of them', async () => {
    const root = bare({})
    expect(await programsIn(root, 'perl', 'cc', 'gcc', 'make', 'python3', 'tcpdump', 'node', 'npm')).toEqual(['perl'])
    expect((await execute([...root.enter, 'sh', '-c', 'ls /usr/lib/*/ | grep libpcap'])).stdout).toBe('')
  })

  it.each(NODES)(
    'Node %i: `npm install --global` of the packed file, install scripts blocked, then a live scan',
    async (major) => {
      const root = bare({ '/opt/node': nodeFolder(major), '/opt/npm': npmFolder(), '/opt/l2doctor.tgz': tgz })
      const env = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/opt/node/bin'
      const install = [
        'node',
        '/opt/npm/bin/npm-cli.js',
        'install',
        '--global',
        '--prefix',
        '/usr/local',
        '--ignore-scripts',
      ]
      const { code, stderr } = await execute([
        ...root.enter,
        env,
        ...install,
        '--no-audit',
        '--no-fund',
        '/opt/l2doctor.tgz',
      ])
      expect(code, stderr).toBe(0)
      const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
      expect(Object.keys(dependencies)).toEqual(['oui-data'])
      await scan(...root.enter, env, 'l2doctor')
    },
    180_000,
  )
})
