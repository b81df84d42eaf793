import type { LoopFacts, WireFacts } from '../../observe/model.js'
import { formatIp, resolverOf } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'
import { type Confidence, certain, likely, possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { sh } from '../shell.js'
import { counted, frameEvidence, toAll } from '../wire/evidence.js'
import { vlanSubject } from './rates.js'

interface Loop {
  readonly vlans: readonly number[]
  readonly peakPerSecond: number
  readonly frames: readonly { readonly sender: string; readonly target: string; readonly copies: number }[]
  readonly senders: number
}

/** So many copies a second of one frame, or frames of several senders at once, leave no other reading. */
const CERTAIN_PER_SECOND = 1000
const SHOWN_FRAMES = 5

export const loop = defineRule({
  id: 'storm/loop',
  title: 'Broadcast frames are looping',
  severity: 'error',
  needs: ['wire', 'question'],
  explains: ['storm/requests', 'storm/replies', 'storm/gratuitous', 'storm/wireshark', 'wire/intermittent-answer'],
  symptom: 'claim',
  docs: {
    what: 'Byte-identical ARP broadcasts or multicast neighbour solicitations were seen more than 50 times in one second, far more often than their sender sends them. It is an error where the frames are of several senders, or more than 1000 a second.',
    why: 'A layer 2 loop multiplies each broadcast until links and CPUs are full. Switches see every MAC on the wrong port, and nothing at layer 2 can be trusted while it lasts.',
    confirm:
      'Watch broadcast counters rise on two switch ports at once. On Linux bridges: `journalctl -k | grep "received packet on .* with own address as source"`. Pull one of the redundant links: it stops at once.',
    falseAlarms:
      'A single sender that floods on purpose (`arping -W 0.001` of Habets, a packet generator) looks the same and is a warning only. A mirror port that copies both directions doubles frames, no more.',
    references: [
      'IEEE 802.1D',
      'net/bridge/br_fdb.c ("received packet on %s with own address as source address")',
      'projectcalico/vpp-dataplane#257',
    ],
  },
  *check({ wire, question }) {
    const foreign = wire.loops.filter(({ sender }) => !question.own.macs.includes(sender))
    for (const group of byVlan(foreign).filter((one) => !areAnnouncements(one, wire))) {
      const data = describe(group)
      const several = data.senders > 1
      yield {
        subject: vlanSubject(data.vlans),
        ...weigh(several, data.peakPerSecond),
        severity: several || data.peakPerSecond >= CERTAIN_PER_SECOND ? 'error' : 'warning',
        data,
        evidence: group.slice(0, SHOWN_FRAMES).map((one) => frameEvidence(one.firstFrame, one.firstAt, summary(one))),
      }
    }
  },
  message: ({ vlans, peakPerSecond, frames, senders }) =>
    `${counted(frames.length, kindOf(frames))} of ${counted(senders, 'sender')} repeated up to ${peakPerSecond} times a second on ${vlans.length > 0 ? `VLAN ${vlans.join('.')}` : 'the untagged segment'}: ${senders > 1 ? 'a loop' : 'a loop, or a flood by one sender'}`,
  fixes: () => [
    {
      summary: 'Break the loop, then make it impossible',
      risk: 'disruptive',
      where: 'switch',
      steps: [
        {
          kind: 'look',
          text: 'Which MACs move between ports?',
          run: sh`show mac address-table notification mac-move; show logging | include MACFLAP`,
        },
        {
          kind: 'look',
          text: 'On hosts that bridge: two uplinks in one bridge without STP, or hairpin on an uplink?',
          run: sh`bridge -d link show; ip -d link show type bridge | grep -o "stp_state [01]"`,
        },
        {
          kind: 'runtime',
          text: 'Take one of the redundant links down and see whether it stops; on a host that bridges: ip link set down, of one of its two uplinks',
        },
        {
          kind: 'runtime',
          text: 'Hairpin on an uplink sends such frames back out: turn it off for that port (bridge link set, hairpin off)',
        },
        {
          kind: 'persistent',
          text: 'Run STP wherever there are two paths, with BPDU guard and storm control on host ports; bond the two uplinks rather than bridge them',
        },
      ],
      sideEffects: ['Hosts behind the link that is taken down lose the network.'],
      verify: 'l2doctor scan --passive --duration 30',
      undo: 'Bring the link up again that you took down.',
    },
  ],
})

function byVlan(loops: readonly LoopFacts[]): LoopFacts[][] {
  const groups = new Map<string, LoopFacts[]>()
  for (const one of loops) groups.set(one.vlans.join(), [...(groups.get(one.vlans.join()) ?? []), one])
  return [...groups.values()]
}

/** A master of VRRP that hears another one announces its addresses with each advert: `storm/gratuitous` counts that. */
function areAnnouncements(group: readonly LoopFacts[], { capture: { vrrp } }: WireFacts): boolean {
  const [first] = group
  if (group.some(({ sender, peakPerSecond }) => sender !== first?.sender || peakPerSecond >= CERTAIN_PER_SECOND))
    return false
  const own = vrrp.routers
    .flatMap(({ masters }) => masters)
    .filter(({ macs }) => first !== undefined && macs.includes(first.sender))
  const advertised = new Set(own.flatMap(({ said }) => said.flatMap(({ addresses }) => addresses)))
  return group.every(({ target }) => advertised.has(formatIp(target)))
}

/** `broadcast frame`, `multicast frame`; `frame`, where both are among them. */
function kindOf(frames: Loop['frames']): string {
  const kinds = new Set(frames.map(({ target }) => toAll(target)))
  return kinds.size === 1 ? `${[...kinds][0]} frame` : 'frame'
}

function describe(group: readonly LoopFacts[]): Loop {
  return {
    vlans: [...(group[0]?.vlans ?? [])],
    peakPerSecond: Math.max(...group.map((one) => one.peakPerSecond)),
    frames: group.map(({ sender, target, copies }) => ({
      sender: formatMac(sender),
      target: formatIp(target),
      copies,
    })),
    senders: new Set(group.map(({ sender }) => sender)).size,
  }
}

function summary({ sender, target, copies, peakPerSecond }: LoopFacts): string {
  return `${resolverOf(target)} of ${formatMac(sender)} for ${formatIp(target)}: ${copies} identical copies, at most ${peakPerSecond} a second`
}

function weigh(several: boolean, peakPerSecond: number): Confidence {
  if (!several) return possible('all copies name one sender, which may send them itself')
  return peakPerSecond >= CERTAIN_PER_SECOND
    ? certain(`frames of several senders came back up to ${peakPerSecond} times a second`)
    : likely('frames of several senders came back, but not so often that only a loop explains it')
}
