import type { WireFacts } from '../../observe/model.js'
import { certain } from '../certainty.js'
import { defineRule } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { sh } from '../shell.js'
import { segmentSubject } from '../subject.js'
import { counted } from '../wire/evidence.js'

interface Storms {
  readonly count: number
  /** Frame numbers, the first 100. */
  readonly frames: readonly number[]
}

const SHOWN_FRAMES = 10

export const wireshark = defineRule({
  id: 'storm/wireshark',
  title: 'Wireshark would report an ARP packet storm here',
  severity: 'info',
  needs: ['wire'],
  symptom: 'claim',
  docs: {
    what: 'Within 100 ms there were 30 ARP requests or more, by the very count of Wireshark’s detector (`arp.detect_request_storms`), frame for frame.',
    why: 'It shows what a colleague with Wireshark will see. It is no fault by itself: the detector counts all requests of all senders together, and never replies.',
    confirm: '`tshark -o arp.detect_request_storms:TRUE -r FILE -Y arp.packet-storm-detected`',
    falseAlarms:
      'A scan of one subnet, a router that has just started, or a large segment are enough. For what is too much see `storm/requests`.',
    references: ['https://gitlab.com/wireshark/wireshark (epan/dissectors/packet-arp.c, check_for_storm_count)'],
  },
  *check({ wire }) {
    if (wire.wiresharkStorms.count === 0) return
    yield {
      subject: segmentSubject('capture'),
      ...certain('counted in the capture as Wireshark does'),
      data: describe(wire),
      evidence: [
        {
          kind: 'measure',
          name: 'frames at which it speaks',
          value: wire.wiresharkStorms.frames.slice(0, SHOWN_FRAMES).join(', '),
        },
      ],
    }
  },
  message: ({ count, frames }) =>
    `Wireshark's ARP storm detector would speak at ${counted(count, 'frame')}, first at frame ${frames[0]}`,
  fixes: () => [
    {
      summary: 'Look at these frames, and at who sent them',
      risk: 'none',
      where: 'workstation',
      steps: [
        {
          kind: 'look',
          text: 'Show them in Wireshark’s own words: open the capture (`l2doctor scan --write` keeps one) with arp.detect_request_storms on, and filter by arp.packet-storm-detected',
        },
        { kind: 'look', text: 'Which rates are really too high', run: sh`l2doctor explain storm/requests` },
      ],
      verify: 'l2doctor scan --passive --duration 30',
      undo: ONLY_LOOKS,
    },
  ],
})

function describe({ wiresharkStorms }: WireFacts): Storms {
  return { count: wiresharkStorms.count, frames: [...wiresharkStorms.frames] }
}
