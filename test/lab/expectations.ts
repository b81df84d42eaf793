/** What a scan of a scenario's VIP must say. */
export interface Expectation {
  /** Every MAC that claims the VIP, with its class. */
  readonly responders: Readonly<Record<string, 'owner' | 'proxy-arp' | 'unknown'>>
  /** Rules that must speak. */
  readonly rules: readonly string[]
}

const [MAC_A, MAC_B, MAC_C] = ['02:00:00:00:00:11', '02:00:00:00:00:12', '02:00:00:00:00:13']
const VRRP_MAC = '00:00:5e:00:01:33'

/** By the scenario's name. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'two-owners': { responders: { [MAC_A]: 'owner', [MAC_B]: 'owner' }, rules: ['wire/duplicate-responders'] },
  'three-owners': {
    responders: { [MAC_A]: 'owner', [MAC_B]: 'owner', [MAC_C]: 'owner' },
    rules: ['wire/duplicate-responders'],
  },
  'proxy-arp': {
    responders: { [MAC_A]: 'owner', [MAC_B]: 'proxy-arp' },
    rules: ['wire/duplicate-responders', 'wire/proxy-responder'],
  },
  intermittent: { responders: { [MAC_A]: 'owner' }, rules: ['wire/intermittent-answer'] },
  'hidden-second': { responders: { [MAC_A]: 'owner', [MAC_B]: 'owner' }, rules: ['wire/duplicate-responders'] },
  'flip-flop': { responders: { [MAC_A]: 'owner', [MAC_B]: 'owner' }, rules: ['wire/flip-flop'] },
  silent: { responders: {}, rules: ['wire/no-answer'] },
  deaf: { responders: { [MAC_A]: 'owner' }, rules: ['wire/broadcast-not-answered'] },
  storm: { responders: { [MAC_A]: 'owner' }, rules: ['storm/requests'] },
  healthy: { responders: { [MAC_A]: 'owner' }, rules: [] },
  failover: { responders: { [MAC_A]: 'owner', [MAC_B]: 'owner' }, rules: [] },
  'answers-twice': { responders: { [MAC_A]: 'owner' }, rules: [] },
  vrrp: { responders: { [VRRP_MAC]: 'owner' }, rules: [] },
}
