import { sh } from '../../../shell.js'
import { objectName } from '../../key.js'
import type { ForPeople } from '../for-people.js'

export const METALLB_PEOPLE: ForPeople = {
  title: 'MetalLB',
  agent: 'MetalLB speaker',
  pods: 'speaker',
  ofDaemonSet: true,
  listedAs: 'metallb',
  looks: (object) => [
    {
      text: 'MetalLB: does an L2Advertisement cover the pool?',
      run: sh`kubectl -n ${objectName(object).namespace} get ipaddresspools,l2advertisements -o wide`,
    },
    {
      text: 'MetalLB: are its nodes kept out of load balancing? Since v0.14.2 it skips labelled nodes (kubeadm labels control planes)',
      run: sh`kubectl get nodes -l node.kubernetes.io/exclude-from-external-load-balancers`,
    },
  ],
  restricts: {
    valueFor: (name) => name,
    since: { field: 'L2Advertisement.spec.interfaces', version: '0.13.6' },
  },
  classes: 'MetalLB: start controller and speaker with --lb-class=CLASS (Helm: loadBalancerClass)',
}
