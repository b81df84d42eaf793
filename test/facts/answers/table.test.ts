import { describe, expect, it } from 'vitest'
import { answering, tabling } from '../../../src/facts/answers/table.js'
import { attribute } from '../../../src/facts/attribution.js'
import type { Question } from '../../../src/facts/question.js'
import { known } from '../../../src/known.js'
import { Observer } from '../../../src/observe/observer.js'
import { atOnce } from '../../../src/steps.js'
import { parseIpv4 } from '../../../src/wire/ipv4.js'
import { parseMac } from '../../../src/wire/mac.js'
import { loadHosts } from '../../rules/hosts-fixture.js'
import { traceToPcap } from '../../trace.js'

const VIP = parseIpv4('10.0.0.240')!
const HOSTS = `
- name: node-a
  links: [{name: eth0, mac: "02:00:00:00:00:11"}]
  addresses: [eth0 10.0.0.11/24, eth0 10.0.0.240/32]
  routes: [10.0.0.0/24 dev eth0]
`

const NOBODY: Question['own'] = { macs: [], ips: [] }

function tableOf(trace: string, hosts = HOSTS, owners: Parameters<typeof attribute>[0] = [], own = NOBODY) {
  const observer = new Observer({ asked: [VIP], allAddresses: false })
  observer.push(traceToPcap(trace))
  const question = { vips: [VIP], expectedMacs: [], own, probed: true }
  const [table] = atOnce(
    tabling({
      question,
      wire: observer.finish(),
      hosts: loadHosts(hosts),
      attribution: attribute(owners),
    }),
  ).tables
  return table!
}

const ASK = '0.0 ask 01/10.0.0.100 -> 10.0.0.240 repeat 3 every 0.3'

describe('what a run predicts', () => {
  const hosts = (count: number) => {
    const links = Array.from(
      { length: count },
      (_, at) => `{name: eth${at}, mac: "02:00:00:00:${hex(at >> 8)}:${hex(at)}"}`,
    )
    return loadHosts(HOSTS.replace(/links: .*/, `links: [${links.join(', ')}]`))
  }
  const hex = (byte: number) => (byte & 255).toString(16).padStart(2, '0')
  const asked = (vips: number[], all = hosts(1)) =>
    atOnce(
      answering({
        question: known({ vips, expectedMacs: [], own: NOBODY, probed: true }, 'test'),
        hosts: known(all, 'test'),
      }),
    )
  const predictedIn = ({ facts: { answers } }: ReturnType<typeof asked>) => (answers?.known ? answers.value : [])

  it('is a host with hundreds of interfaces on the wire, and not one with more: a gap', () => {
    const [large, larger] = [asked([VIP], hosts(400)), asked([VIP], hosts(600))]
    expect(large.left).toEqual([])
    expect(predictedIn(large)[0]?.predicted).not.toEqual([])
    expect(larger.left).toMatchObject([{ subject: 'node-a: who answers', reason: expect.stringContaining('512') }])
    expect(predictedIn(larger)[0]?.predicted).toEqual([])
  })

  it('are 20,000 addresses, and the rest is counted', () => {
    const { left, ...rest } = asked(Array.from({ length: 20_003 }, (_, at) => VIP + at))
    expect(predictedIn({ left, ...rest })).toHaveLength(20_000)
    expect(left).toMatchObject([{ subject: 'who answers', reason: expect.stringMatching(/for 3 of the addresses/) }])
  })

  it('ends when it is told to, with what there is', () => {
    const steps = answering({
      question: known({ vips: [VIP, VIP + 1], expectedMacs: [], own: NOBODY, probed: true }, 'test'),
      hosts: known(hosts(1), 'test'),
    })
    steps.next(null)
    steps.next(null)
    const end = steps.next('interrupted')
    expect(end).toMatchObject({
      done: true,
      value: { left: [{ reason: expect.stringMatching(/^interrupted; for 1 of/) }] },
    })
  })
})

describe('the table of answers', () => {
  it('asks what the capture shows: kind, asker and destination', () => {
    const { put } = tableOf(`${ASK}\n2.0 probe 01 -> 10.0.0.240\n3.0 ask 01/10.0.0.100 -> 10.0.0.240 at 11`)
    const asker = parseIpv4('10.0.0.100')
    expect(put).toMatchObject([
      { mode: 'broadcast', asker, to: null, sent: 3, answered: 0 },
      { mode: 'probe', asker: null, to: null, sent: 1 },
      { mode: 'unicast', asker, to: parseMac('02:00:00:00:00:11'), sent: 1 },
    ])
  })

  it('explains a MAC by the host that would answer with it, and by nothing else', () => {
    const { responders, broken } = tableOf(
      `${ASK}\n0.0003 answer 11/10.0.0.240 -> 01/10.0.0.100\n0.0005 answer 99/10.0.0.240 -> 01/10.0.0.100`,
    )
    expect(responders.map(({ explanations }) => explanations.map(({ host, reply }) => [host, reply.path]))).toEqual([
      [['node-a', 'local']],
      [],
    ])
    expect(broken).toEqual([])
  })

  it('names the host whose answer is sure and does not come', () => {
    expect(tableOf(ASK).broken).toMatchObject([{ host: 'node-a', sent: 3 }])
  })

  it('finds the node behind a former MAC, though the answer was put down to an earlier request', () => {
    const owners = [{ mac: parseMac('02:00:00:00:00:11')!, node: 'node-a', interface: null, via: 'operator' as const }]
    const trace = `${ASK}
0.0003 answer 99/10.0.0.240 -> 01/10.0.0.100 repeat 3 every 0.3
2.0 ask 01/10.0.0.100 -> 10.0.0.240 at 99
2.1 ask 01/10.0.0.100 -> 10.0.0.240 at 11
2.1002 answer 99/10.0.0.240 -> 01/10.0.0.100`
    expect(tableOf(trace, '[]', owners).responders).toMatchObject([{ behind: ['node-a'], explanations: [] }])
    expect(tableOf(`${trace.replace('2.1 ask', '2.3 ask')}`, '[]', owners).responders).toMatchObject([{ behind: [] }])
  })

  describe('and a table of neighbours', () => {
    const answered = `${ASK}\n0.0003 answer 11/10.0.0.240 -> 01/10.0.0.100 repeat 3 every 0.3`
    const mac = (last: string) => parseMac(`02:00:00:00:00:${last}`)!
    const own = (last: string, states = ['STALE']): Question['own'] => ({
      macs: [mac('01')],
      ips: [],
      neighbours: [{ ip: VIP, interface: 'eth0', mac: mac(last), states }],
    })
    const CLIENT = `
- name: client
  links: [{name: eth0, mac: "02:00:00:00:00:01"}]
  addresses: [eth0 10.0.0.100/24]
  neighbours: [{family: 4, ip: 10.0.0.240, interface: eth0, mac: ${mac('78')}, states: [REACHABLE]}]`

    it('is stale where the asker itself would send to a MAC that does not answer', () => {
      expect(tableOf(answered, '[]', [], own('77')).stale).toEqual([
        {
          host: null,
          interface: 'eth0',
          mac: mac('77'),
          states: ['STALE'],
          answering: [mac('11')],
          rightTo: null,
          open: true,
        },
      ])
      expect(tableOf(answered, '[]', [], own('11')).stale).toEqual([])
      expect(tableOf(answered, '[]', [], own('77', ['FAILED'])).stale).toEqual([])
    })

    it('is not where the MAC is another interface of the host that answers', () => {
      const hosts = HOSTS.replace('links: [', 'links: [{name: eth1, mac: "02:00:00:00:00:77"}, ')
      expect(tableOf(answered, hosts, [], own('77')).stale).toEqual([])
    })

    it('counts once where the asker was read as a host too: as it stood before it asked', () => {
      expect(tableOf(answered, CLIENT, [], own('11')).stale).toEqual([])
      expect(tableOf(answered, CLIENT).stale).toMatchObject([{ host: 'client', mac: mac('78') }])
    })

    it('says nothing of an address on a VLAN of the trunk, nor where nobody answers', () => {
      const tagged = answered.replaceAll(/$/gm, ' vlan 100')
      const { vlans, responders, stale } = tableOf(tagged, '[]', [], own('77'))
      expect([vlans, responders.length, stale]).toEqual([[100], 1, []])
      expect(tableOf(ASK, '[]', [], own('77')).stale).toEqual([])
    })
  })
})
