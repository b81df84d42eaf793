import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { PERL_SENDER, PYTHON_SENDER } from '../../src/capture/packet-senders.js'
import { senderIn } from '../../src/capture/pod/ask-script.js'
import { hexLine } from '../../src/capture/sender.js'
import { buildSegment } from '../../src/lab/segment.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { arpRequest } from '../../src/wire/write-arp.js'
import { describeLab } from './describe-lab.js'
import { ready } from './ready.js'

const VIP = '10.77.0.240'
const target = parseIpv4(VIP)!
const DEVICE = { name: 'eth0', index: 2 }

describeLab('a probe that was planned for a host', () => {
  it.each([
    ['perl', '-e', PERL_SENDER],
    ['python3', '-c', PYTHON_SENDER],
  ])('is sent by %s only while that host answers requests', async (program, option, code) => {
    const segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
    try {
      const [us, host] = [segment.host('client'), segment.host('node-a')]
      const { stdout: index } = await segment.exec('client', ['cat', '/sys/class/net/eth0/ifindex'])
      const wire = segment.spawn('client', ['tcpdump', '-p', '-n', '-l', '-i', 'eth0', 'arp'])
      const seen = textOf(wire)
      await once(wire.stderr!, 'data')
      const sender = segment.spawn('client', [program, option, code, index.trim(), '0', 'hears'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const said = textOf(sender)
      await ready(sender)
      const { line } = senderIn({ programs: new Set([program]), machine: 'any' }, DEVICE)!
      const [mac, to] = [macOf(us.mac), macOf(host.mac)]
      const request = line(arpRequest({ mac, ip: parseIpv4('10.77.0.100')! }, target, { to }), null)
      const probe = line(arpRequest({ mac, ip: 0 }, target, { to }), 60_000)
      const write = (text: string | null) => sender.stdin!.write(`${text}\n`)
      const counts = () => ({
        replies: count(seen(), / is-at /g),
        probes: count(seen(), /who-has .* tell 0\.0\.0\.0|ARP, Probe /g),
        withheld: count(said(), /withheld/g),
      })
      const become = (expected: ReturnType<typeof counts>) =>
        vi.waitFor(() => expect(counts()).toEqual(expected), { timeout: 20_000, interval: 50 })

      write(probe)
      await become({ replies: 0, probes: 0, withheld: 1 })
      write(request)
      await become({ replies: 1, probes: 0, withheld: 1 })
      write(probe)
      await become({ replies: 2, probes: 1, withheld: 1 })
      await segment.exec('node-a', ['ip', 'addr', 'del', `${VIP}/32`, 'dev', 'eth0'])
      write(request)
      write(probe)
      await become({ replies: 2, probes: 1, withheld: 2 })
    } finally {
      segment.remove()
    }
  })
})

it('a program that cannot hear gets no planned probe', () => {
  const { line } = senderIn({ programs: new Set(['socat']), machine: 'any' }, DEVICE)!
  const frame = arpRequest({ mac: 0x020000000001, ip: 0 }, target, { to: 0x020000000002 })
  expect([line(frame, 1200), line(frame, null) === null, hexLine(frame).length]).toEqual([null, false, 84])
})

function textOf(child: { stdout: NodeJS.ReadableStream | null }): () => string {
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length
}

function macOf(text: string): number {
  return Number.parseInt(text.replaceAll(':', ''), 16)
}
