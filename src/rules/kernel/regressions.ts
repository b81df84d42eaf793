/** How sure we are that these versions are bad: proven by source and reports, or only reported. */
export type Grade = 'proven' | 'reported'

/** A range of kernels with a known fault that can reach a VIP. */
export interface Regression {
  readonly id: string
  readonly affects: (release: string) => boolean
  readonly title: string
  readonly effect: string
  readonly grade: Grade
  /** A kernel-log line which proves that it bit; null when none is known. */
  readonly proof: RegExp | null
  readonly advice: string
  readonly references: readonly string[]
}

/** Ubuntu ABI releases of a series, e.g. `6.8.0-57-generic`. */
function ubuntu(series: string, from: number, to: number, flavour = /^-(?:generic|lowlatency|generic-64k)/) {
  return (release: string): boolean => {
    if (!release.startsWith(`${series}-`)) return false
    const [, abi = '', rest = ''] = /^(\d+)(.*)$/.exec(release.slice(series.length + 1)) ?? []
    return Number(abi) >= from && Number(abi) <= to && flavour.test(rest)
  }
}

/** Releases of kernel.org's stable series: 6.6.57, 6.6.58-… of builders that keep the number. */
function stable(series: string, from: number, to: number) {
  return (release: string): boolean => {
    const [, patch = ''] = new RegExp(`^${series.replace('.', '\\.')}\\.(\\d+)`).exec(release) ?? []
    return patch !== '' && Number(patch) >= from && Number(patch) <= to
  }
}

const IP6TABLES_MARK = [
  ubuntu('6.8.0', 56, 57),
  ubuntu('6.8.0', 1025, 1025, /^-azure/),
  ubuntu('5.15.0', 127, 128),
  stable('6.6', 57, 58),
  stable('6.11', 4, 5),
]

export const REGRESSIONS: readonly Regression[] = [
  {
    id: 'ip6tables-mark',
    affects: ip6tablesMarkRegression,
    title: 'the ip6tables MARK target is not registered for IPv6',
    effect:
      'calico-node, kube-proxy or cilium-agent fail to program IPv6 rules on dual-stack clusters; no effect on ARP is documented',
    grade: 'proven',
    proof: /MARK: bad value for option|unknown option "--(?:set|xor)-x?mark"|Extension MARK revision 0 not supported/,
    advice:
      'Boot another kernel: on Ubuntu the last good ones are 6.8.0-55 and 5.15.0-126, or one newer than the affected range whose changelog names the fix; upstream 6.6.59 and 6.11.6 have it.',
    references: [
      'torvalds/linux@306ed1728e84',
      'LP#2091990',
      'rancher/rke2#8042',
      'canonical/microk8s#4961',
      'kubernetes/kubernetes#129280',
    ],
  },
  {
    id: 'ubuntu-6.8-udp-loss',
    affects: ubuntu('6.8.0', 58, 105),
    title: 'random loss of UDP was reported on some kernels of this series',
    effect:
      'memberlist probes are UDP, so MetalLB speakers could take each other for dead; nobody has shown it, and the first bad version is not known',
    grade: 'reported',
    proof: null,
    advice: 'If speakers log "Suspect … has failed" without a network fault, try 6.8.0-106 or newer, reported good.',
    references: ['LP#2141531'],
  },
]

/** Whether a kernel has the fault in netfilter that keeps `ip6tables … MARK` from loading. */
export function ip6tablesMarkRegression(release: string): boolean {
  return IP6TABLES_MARK.some((affects) => affects(release))
}
