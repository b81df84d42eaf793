import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { SNAP_LENGTH } from '../../src/capture/live.js'
import { pcapOfBlocks } from '../../src/capture/ring-blocks.js'
import { PERL_RING_LISTENER, PYTHON_RING_LISTENER } from '../../src/capture/ring-listeners.js'
import { sender } from '../../src/lab/programs.js'
import { buildSegment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'

const [HEADER, RECORD] = [24, 16]
const FRAMES = 150
const REST_MS = 500

function framesIn(pcap: Buffer): number {
  let frames = 0
  for (let at = HEADER; at < pcap.length; at += RECORD + pcap.readUInt32LE(at + 8)) frames += 1
  return frames
}

async function* chunksOf(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

describeLab('a listener with a ring', () => {
  it.each([
    ['perl', ['-e', PERL_RING_LISTENER], process.arch === 'x64' ? ['9', '0', '1'] : ['222', '63', '64']],
    ['python3', ['-c', PYTHON_RING_LISTENER], []],
  ])('reads many frames at once, and at its end all that is left: %s', async (program, code, more) => {
    const segment = await buildSegment({ cable: true, hosts: [{ name: 'node-a' }] })
    try {
      const { namespace } = segment.host('client')
      const [{ ifindex }] = JSON.parse(
        execFileSync('ip', ['-n', namespace, '-j', 'link', 'show', 'eth0'], { encoding: 'utf8' }),
      )
      const argv = [program, ...code, String(ifindex), String(SNAP_LENGTH), '0', String(REST_MS), ...more]
      const listener = segment.spawn('client', argv, {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, PYTHONUNBUFFERED: '1' },
      })
      const chunks: Buffer[] = []
      listener.stdout!.on('data', (chunk) => chunks.push(chunk))
      const closed = once(listener, 'close')
      await once(listener.stdout!, 'data')
      const send = (count: number) => {
        const { mac } = segment.host('node-a')
        return segment.exec('node-a', sender({ kind: 'request', mac, ip: '10.77.0.99', rate: 1000, count }))
      }
      await send(1)
      await sleep(200) // it has read that one, and rests
      await send(FRAMES)
      listener.stdin!.end()
      await closed
      expect(chunks.length).toBeLessThan(FRAMES / 5)
      const pcap: Buffer[] = []
      for await (const piece of pcapOfBlocks(chunksOf(chunks))) pcap.push(Buffer.from(piece))
      expect(framesIn(Buffer.concat(pcap))).toBeGreaterThanOrEqual(FRAMES + 1)
    } finally {
      segment.remove()
    }
  })
})
