import { defineRule } from '../define.js'
import { type Rate, rateSize, sustainedRates, tooMany } from './rates.js'
import { findSource } from './sources.js'

export const replies = defineRule({
  id: 'storm/replies',
  title: 'Too many ARP replies or neighbour advertisements',
  severity: 'warning',
  needs: ['wire', 'question'],
  symptom: 'claim',
  docs: {
    what: 'One sender, one target or one VLAN had 10 (information), 15 (warning) or 100 (error) ARP replies a second for three seconds or longer. Gratuitous replies count elsewhere (`storm/gratuitous`).',
    why: 'A machine that answers so often is either asked so often, answers for addresses of others, or sends replies that nobody asked for, which overwrites the ARP tables of its neighbours.',
    confirm: '`tcpdump -p -n -e -i IFACE "arp[6:2] = 2"`; replies without a request before them are unsolicited.',
    falseAlarms:
      'A gateway answers a whole segment, most of all after a power failure. A scan of the network draws one reply from each host.',
    references: ['RFC 826', 'Cisco IOS, `ip arp inspection limit rate` (default: 15 packets a second)'],
  },
  *check({ wire, question }) {
    yield* sustainedRates('replies', wire, question)
  },
  message: (rate: Rate) =>
    `${tooMany(rate)} ${rate.family === 6 ? 'neighbour advertisements' : 'ARP replies'}${rate.ip ? ` about ${rate.ip}` : ''}${rateSize(rate)}`,
  fixes: (rate) => [findSource(rate)],
})
