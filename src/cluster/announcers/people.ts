import { CALICO_PEOPLE } from './calico/people.js'
import { CILIUM_PEOPLE } from './cilium/people.js'
import type { ForPeople } from './for-people.js'
import { K3S_SERVICELB_PEOPLE } from './k3s-servicelb/people.js'
import { KEEPALIVED_PEOPLE } from './keepalived/people.js'
import { KUBE_ROUTER_PEOPLE } from './kube-router/people.js'
import { KUBE_VIP_PEOPLE } from './kube-vip/people.js'
import { METALLB_PEOPLE } from './metallb/people.js'
import { OPENELB_PEOPLE } from './openelb/people.js'
import { OVN_KUBERNETES_PEOPLE } from './ovn-kubernetes/people.js'
import { PURELB_PEOPLE } from './purelb/people.js'
import type { announcers } from './registry.js'

/** Texts of every announcer in the registry, so that a scan without a cluster has them and loads nothing else. */
const PEOPLE: Readonly<Record<(typeof announcers)[number]['name'], ForPeople>> = {
  metallb: METALLB_PEOPLE,
  'kube-vip': KUBE_VIP_PEOPLE,
  cilium: CILIUM_PEOPLE,
  openelb: OPENELB_PEOPLE,
  purelb: PURELB_PEOPLE,
  'k3s-servicelb': K3S_SERVICELB_PEOPLE,
  keepalived: KEEPALIVED_PEOPLE,
  calico: CALICO_PEOPLE,
  'kube-router': KUBE_ROUTER_PEOPLE,
  'ovn-kubernetes': OVN_KUBERNETES_PEOPLE,
}

/** What people read of an announcer; of a name that nobody registered no more than the name. */
export function peopleOf(name: string): ForPeople {
  const own = Object.hasOwn(PEOPLE, name) ? PEOPLE[name as keyof typeof PEOPLE] : null
  return own ?? { ...NOBODYS, title: name, agent: `${name} agent`, pods: name, listedAs: name }
}

const NOBODYS = { looks: () => [], classes: 'Give each announcer a class of its own' } as const

/** What marks the lines of any announcer in `kubectl get pods -A`. */
export const LISTED_AS: readonly string[] = Object.values(PEOPLE).flatMap(({ listedAs }) => listedAs ?? [])
