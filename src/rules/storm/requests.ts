import { defineRule } from '../define.js'
import { isSweep, type Rate, rateSize, sustainedRates, tooMany } from './rates.js'
import { findSource } from './sources.js'

export const requests = defineRule({
  id: 'storm/requests',
  title: 'Too many ARP requests or neighbour solicitations',
  severity: 'warning',
  needs: ['wire', 'question'],
  symptom: 'claim',
  docs: {
    what: 'One sender, one target or one VLAN had 10 (information), 15 (warning) or 100 (error) ARP requests a second for three seconds or longer. Announcements and this machine’s own requests are not counted.',
    why: 'Every host of the segment must look at every broadcast. Above 15 a second switches with ARP inspection shut the port of the sender; at hundreds, answers are lost and addresses seem to flap.',
    confirm: '`tcpdump -p -n -e -i IFACE "arp[6:2] = 1"` and count by source.',
    falseAlarms:
      'A network scan or an inventory tool sweeps many addresses: that is said, and is at most a warning. A router after a restart asks for all its neighbours, for a few seconds. A large flat segment has tens of requests a second by nature; a VLAN as a whole is therefore judged from 100 a second on, as a warning.',
    references: [
      'RFC 5227 section 2.1.1',
      'Cisco IOS, `ip arp inspection limit rate` (default: 15 packets a second)',
      'net/core/neighbour.c (gc_thresh3, "neighbour table overflow")',
    ],
  },
  *check({ wire, question }) {
    yield* sustainedRates('requests', wire, question)
  },
  message: (rate: Rate) =>
    `${tooMany(rate)} ${rate.family === 6 ? 'neighbour solicitations' : 'ARP requests'}${rate.ip ? ` for ${rate.ip}` : isSweep('requests', rate) ? ', to many addresses (a sweep)' : ''}${rateSize(rate)}`,
  fixes: (rate) => [findSource(rate)],
})
