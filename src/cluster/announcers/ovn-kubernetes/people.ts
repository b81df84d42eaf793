import { sh } from '../../../shell.js'
import type { ForPeople } from '../for-people.js'

export const OVN_KUBERNETES_PEOPLE: ForPeople = {
  title: 'OVN-Kubernetes',
  agent: 'OVN-Kubernetes node agent',
  pods: 'ovnkube-node',
  looks: () => [
    { text: 'OVN-Kubernetes: which node has which egress address?', run: sh`kubectl get egressips` },
    {
      text: 'OVN-Kubernetes: which nodes may have one?',
      run: sh`kubectl get nodes -l k8s.ovn.org/egress-assignable`,
    },
  ],
  classes: 'OVN-Kubernetes: it announces addresses of EgressIP objects only; take the address out of them',
}
