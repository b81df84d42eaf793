import { describe, expect, it } from 'vitest'
import type { Announcement, Question } from '../../src/answering/model.js'
import { predict } from '../../src/answering/predict.js'
import { known, unknown } from '../../src/known.js'
import type { Host } from '../../src/node/model.js'
import { nftChains } from '../../src/node/parse/filter-chains.js'
import { MAC0 } from './sample.js'
import { ip6, type SampleHost6, sampleHost6 } from './sample6.js'

const VIP = '2001:db8::240'
const GROUP = 'ff02::1:ff00:240'

const SOCKET: Announcement = {
  ip: ip6(VIP),
  host: 'node-a',
  interfaces: null,
  answers: { broadcast: true, unicast: false, probe: false },
  kernelHasASay: false,
  name: 'MetalLB',
}
const PROGRAM: Announcement = {
  ...SOCKET,
  answers: { broadcast: true, unicast: true, probe: null },
  hearing: 'program',
  name: 'Cilium',
}
const NO_KIND = { broadcast: false, unicast: false, probe: false }

/** A host that holds no VIP, and whose announcer has joined its group on eth0. */
function joinedHost(sample: SampleHost6 = {}): Host {
  const host = sampleHost6(sample)
  const groups = host.sections.solicitedGroups
  const all = groups.known ? [...groups.value, { interface: 'eth0', group: GROUP }] : []
  return { ...host, sections: { ...host.sections, solicitedGroups: known(all, 'sample') } }
}

const unreadGroups: Host = {
  ...sampleHost6(),
  sections: {
    ...sampleHost6().sections,
    solicitedGroups: unknown('node-a: /proc/net/igmp6', 'not permitted'),
  },
}

const ask = (host: Host, announcement: Announcement, more: Partial<Question> = {}) =>
  predict(host, { target: ip6(VIP), asker: ip6('2001:db8::9'), to: null, on: 'eth0', ...more }, [announcement])

const outcome = (host: Host, announcement: Announcement, more: Partial<Question> = {}) => {
  const { answers, because } = ask(host, announcement, more)
  return [answers, because.findLast(({ outcome }) => outcome !== 'passes')?.check]
}

describe('an announcer with a socket', () => {
  it('answers the group it has joined, without override', () => {
    expect(ask(joinedHost(), SOCKET)).toMatchObject({
      answers: 'yes',
      replies: [{ mac: MAC0, interface: 'eth0', path: 'announcer', announcer: 'MetalLB', override: false }],
    })
  })

  it.each<[string, Partial<Question>]>([
    ['a unicast solicitation', { to: MAC0 }],
    ['duplicate address detection', { asker: null }],
  ])('keeps silent by design about %s', (_, more) => {
    expect(outcome(joinedHost(), SOCKET, more)).toEqual(['no', 'announcer kind'])
  })

  it.each<[string, Host, string]>([
    ['the group was not joined', sampleHost6(), 'announcer group'],
    [
      'the interface has no link-local address',
      joinedHost({ addresses: ['2001:db8::1/64 eth0'] }),
      'announcer link-local',
    ],
    ['IPv6 is switched off', joinedHost({ conf: { 'eth0.disable_ipv6': 1 } }), 'disable_ipv6'],
    [
      'the packet filter drops solicitations',
      joinedHost({
        more: {
          ipv6FilterChains: known(
            {
              unread: null,
              chains: nftChains(
                [
                  'table ip6 filter {',
                  ' chain input {',
                  '  type filter hook input priority filter; policy accept;',
                  '  icmpv6 type nd-neighbor-solicit drop',
                  ' }',
                  '}',
                ].join('\n'),
              ),
            },
            'sample',
          ),
        },
      }),
      'packet filter',
    ],
  ])('keeps silent where %s', (_, host, check) => {
    expect(outcome(host, SOCKET)).toEqual(['no', check])
  })

  it('may answer where the groups were not read, and where its kinds are not known', () => {
    expect(ask(unreadGroups, SOCKET)).toMatchObject({
      answers: 'unknown',
      replies: [],
      possible: [{ path: 'announcer', announcer: 'MetalLB' }],
    })
    const open = { ...SOCKET, answers: { broadcast: null, unicast: null, probe: null } }
    expect(outcome(joinedHost(), open)).toEqual(['unknown', 'announcer'])
  })
})

describe('an announcer with a program on the device', () => {
  it('answers what gets to the device, and the group for sure only where it was joined', () => {
    expect(outcome(joinedHost(), PROGRAM)).toEqual(['yes', 'announcer'])
    expect(outcome(sampleHost6(), PROGRAM, { to: MAC0 })).toEqual(['yes', 'announcer'])
    expect(outcome(sampleHost6(), PROGRAM)).toEqual(['unknown', 'announcer'])
    expect(outcome(joinedHost(), PROGRAM, { asker: null })).toEqual(['unknown', 'announcer'])
  })

  it('answers nothing in a version without IPv6', () => {
    expect(outcome(joinedHost(), { ...PROGRAM, answers: NO_KIND })).toEqual(['no', 'announcer version'])
  })
})
