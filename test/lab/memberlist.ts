import { resolve } from 'node:path'
import type { Segment } from '../../src/lab/segment.js'
import { ready } from './ready.js'

/** MetalLB's memberlist as a lab knows it: sockets on its port, and a packet filter between them. */

const PORT = 7946
const PROGRAM = resolve('test/lab/memberlist.pl')

/** Each host listens on its own address, as a speaker does. */
export async function serveMemberlist(segment: Segment, hosts: readonly string[]): Promise<void> {
  await Promise.all(
    hosts.map((name) => {
      const argv = ['perl', PROGRAM, 'serve', segment.host(name).address, String(PORT)]
      return ready(segment.spawn(name, argv, { stdio: ['ignore', 'pipe', 'inherit'] }))
    }),
  )
}

/** A host's own firewall that knows nothing of memberlist: nothing of it comes in, nothing goes out. */
export async function cutMemberlist(segment: Segment, host: string): Promise<void> {
  const chain = (hook: string) =>
    `chain ${hook} { type filter hook ${hook} priority filter; meta l4proto { tcp, udp } th dport ${PORT} drop; }`
  const input = `table inet site {\n${chain('input')}\n${chain('output')}\n}\n`
  const { code, stderr } = await segment.exec(host, ['nft', '-f', '-'], { input })
  if (code !== 0) throw new Error(`lab: nft refuses the block on ${host}: ${stderr.trim()}`)
}

/** What gets through from one host to the memberlist port of another. */
export async function hears(segment: Segment, from: string, to: string): Promise<string> {
  const { stdout } = await segment.exec(from, ['perl', PROGRAM, 'ask', segment.host(to).address, String(PORT)])
  return stdout.trim()
}
