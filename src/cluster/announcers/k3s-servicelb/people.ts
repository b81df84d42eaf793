import type { ForPeople } from '../for-people.js'

export const K3S_SERVICELB_PEOPLE: ForPeople = {
  title: 'k3s servicelb',
  agent: 'k3s servicelb pod',
  pods: 'svclb-',
  listedAs: 'svclb',
  looks: () => [],
  classes: 'k3s: start the servers with --disable servicelb',
}
