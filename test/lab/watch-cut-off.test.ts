import { execFileSync } from 'node:child_process'
import { it, vi } from 'vitest'
import { buildSegment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'
import { type Line, Watching } from './watching.js'

const [VIP, LISTEN] = ['10.77.0.240', '10.77.0.100:9797']

vi.setConfig({ testTimeout: 120_000 })

describeLab('watch on a machine that is cut off', () => {
  it('calls no address silent while its gateway does not answer either, and does while that answers', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await buildSegment({
      client: { setup: ['ip route add default via 10.77.0.12'] },
      hosts: [{ name: 'node-a', vips: [VIP] }, { name: 'node-b' }],
    })
    onTestFinished(() => segment.remove())
    const port = (...more: readonly string[]) =>
      execFileSync('ip', ['-n', `${segment.name}-switch`, 'link', 'set', 'port0', ...more])
    const responders = async () => {
      const get = `fetch('http://${LISTEN}/metrics').then((page) => page.text()).then((text) => process.stdout.write(text))`
      const { stdout } = await segment.exec('client', [process.execPath, '-e', get])
      return /^l2doctor_vip_responders\{.*\} (\d+)$/m.exec(stdout)?.[1]
    }
    const watching = new Watching(segment, ['--vip', VIP, '--listen', LISTEN])
    await watching.heard('owner-first-seen')
    port('nomaster')
    const { because } = await watching.heard('vip-unknown')
    expect(because).toContain('this machine may be cut off')
    expect(await responders()).toBeUndefined()
    const before = watching.lines.length
    port('master', 'br0')
    await watching.heard('vip-known', before)
    expect(await responders()).toBe('1')
    expect(watching.rules('finding-began')).toEqual([])

    execFileSync('ip', ['-n', segment.host('node-a').namespace, 'addr', 'del', `${VIP}/32`, 'dev', 'eth0'])
    await watching.heard('finding-began', before, ({ finding }) => (finding as Line)['rule'] === 'wire/no-answer')
    expect(await responders()).toBe('0')
    expect(await watching.end()).toBe(0)
  })
})
