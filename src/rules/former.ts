/** A rule that is no more, under an id that operators still name: in `--ignore`, in check files, in their notes. */
export interface FormerRule {
  readonly id: string
  /** The rules that judge now what it judged, the nearest first. */
  readonly successors: readonly string[]
  /** What became of it, in one sentence. */
  readonly note: string
  /** It judged one of several things that its successors judge: it accepts of theirs only what is `formerly` its own. */
  readonly narrow?: true
}

const TABLE = 'what hosts answer is now followed check by check and compared with what was seen'

export const FORMER_RULES: readonly FormerRule[] = [
  {
    id: 'vip/bound-on-host',
    successors: ['answers/unwanted-responder'],
    note: `A host that holds the address is reported only where it answers and should not: ${TABLE}.`,
  },
  {
    id: 'vip/foreign-responder',
    successors: ['answers/unexplained-responder'],
    note: `A MAC of no known node is one of the answers that nothing explains: ${TABLE}.`,
  },
  {
    id: 'sysctl/proxy-arp',
    successors: ['answers/for-other-addresses', 'answers/unwanted-responder'],
    note: `A proxy is reported for the address asked for, and by an audit for all that it answers for: ${TABLE}.`,
    narrow: true,
  },
  {
    id: 'sysctl/proxy-arp-pvlan',
    successors: ['answers/for-other-addresses', 'answers/unwanted-responder'],
    note: `A proxy is reported for the address asked for, and by an audit for all that it answers for: ${TABLE}.`,
    narrow: true,
  },
  {
    id: 'neighbour/static-proxy-entry',
    successors: ['answers/for-other-addresses', 'answers/unwanted-responder'],
    note: `A proxy entry is reported where it makes the host answer: ${TABLE}.`,
    narrow: true,
  },
  {
    id: 'sysctl/arp-flux-multi-nic',
    successors: ['answers/for-other-addresses', 'answers/unwanted-responder'],
    note: `A second interface is reported where it answers for the address asked for, and by an audit for any: ${TABLE}.`,
    narrow: true,
  },
  {
    id: 'sysctl/arp-ignore',
    successors: [
      'answers/for-other-addresses',
      'answers/own-address-silent',
      'answers/unwanted-responder',
      'answers/silent-holder',
    ],
    note: `The setting is reported where it makes a host answer for too much, or keep silent: ${TABLE}.`,
    narrow: true,
  },
  {
    id: 'firewall/arp-filtered',
    successors: ['answers/own-address-silent', 'answers/silent-holder'],
    note: `A packet filter is reported where it keeps a host from answering: ${TABLE}.`,
    narrow: true,
  },
]

/** The ids by which findings of a rule are known: its own, where it is no former one, else those of its successors. */
export function currentIds(id: string): readonly string[] {
  return FORMER_RULES.find((one) => one.id === id)?.successors ?? [id]
}

/** Former ids that a rule has taken over, sorted. */
export function formerIdsOf(id: string): readonly string[] {
  return FORMER_RULES.flatMap((one) => (one.successors.includes(id) ? [one.id] : [])).sort()
}

export function formerRule(id: string): FormerRule | undefined {
  return FORMER_RULES.find((one) => one.id === id)
}
