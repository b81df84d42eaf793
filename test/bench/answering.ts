import { answerer } from '../../src/answering/answerer.js'
import { predict } from '../../src/answering/predict.js'
import type { Host } from '../../src/node/model.js'
import { formatIpv4, type Ipv4 } from '../../src/wire/ipv4.js'
import { sampleHost } from '../answering/sample.js'
import { type Measured, milliseconds } from './measured.js'

const HOSTS = 5000
const VIPS = 500
const MOST_MS = 2000
const ASKER: Ipv4 = 0x0a_00_ff_fe

/** Who answers for each VIP, on every host of a cluster: a tenth, a half and all of it, to show that it is linear. */
export async function* measure(): AsyncGenerator<Measured> {
  for (const share of [10, 2, 1]) yield cluster(HOSTS / share)
  yield oneHost()
}

function cluster(count: number): Measured {
  const vips = Array.from({ length: VIPS }, (_, at) => 0x0a_64_00_00 + at)
  const hosts = Array.from({ length: count }, (_, at) => node(at, vips))
  const start = performance.now()
  let yes = 0
  for (const host of hosts) {
    const ask = answerer(host, { asker: ASKER, to: null, on: 'eth0' })
    for (const vip of vips) if (ask(vip).answers === 'yes') yes += 1
  }
  const took = performance.now() - start
  if (yes !== Math.min(count, VIPS)) throw new Error(`${yes} answers`)
  if (took > MOST_MS) throw new Error(`${count} hosts took ${milliseconds(took)}, at most ${MOST_MS} ms are promised`)
  return { what: `${count} hosts x ${VIPS} VIPs predicted`, ours: milliseconds(took) }
}

/** Every question with all of its reasons. */
function oneHost(): Measured {
  const host = node(0, [0x0a_64_00_00])
  const start = performance.now()
  for (let at = 0; at < 1000; at++) predict(host, { target: 0x0a_00_00_00 + at, asker: ASKER, to: null, on: 'eth0' })
  return { what: '1,000 questions to one host, with reasons', ours: milliseconds(performance.now() - start) }
}

/** A node with the interfaces and routes of ten pods; it holds the VIP of its number. */
function node(number: number, vips: readonly Ipv4[]): Host {
  const own = `10.0.${number >> 8}.${number & 255}`
  const pods = Array.from({ length: 10 }, (_, at) => `cali${number}x${at}`)
  const vip = vips[number]
  return sampleHost({
    links: [
      { name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 },
      { name: 'eth0' },
      ...pods.map((name) => ({ name, kind: 'veth' })),
    ],
    addresses: ['127.0.0.1/8 lo', `${own}/16 eth0`, ...(vip === undefined ? [] : [`${formatIpv4(vip)}/32 lo`])],
    routes: ['default via 10.0.255.1 dev eth0', ...pods.map((name, at) => `10.244.${number & 255}.${at} dev ${name}`)],
    // as Calico sets it for its pods
    conf: { 'eth0.forwarding': 1, ...Object.fromEntries(pods.map((name) => [`${name}.proxy_arp`, 1])) },
  })
}
