import { sh } from '../../../shell.js'
import { type ForPeople, leaseLook } from '../for-people.js'

export const CILIUM_PEOPLE: ForPeople = {
  title: 'Cilium',
  agent: 'Cilium agent',
  pods: 'cilium',
  ofDaemonSet: true,
  listedAs: 'cilium',
  looks: () => [
    leaseLook('Cilium', 'cilium-l2announce-'),
    {
      text: 'Cilium: does a policy select the Service and its nodes?',
      run: sh`kubectl get ciliuml2announcementpolicies -o yaml`,
    },
  ],
  restricts: { valueFor: (name) => `^${name}$` },
  classes: 'Cilium: Services of class io.cilium/l2-announcer, or a serviceSelector in the policy',
}
