import { sh } from '../../../shell.js'
import type { ForPeople } from '../for-people.js'

export const CALICO_PEOPLE: ForPeople = {
  title: 'Calico',
  agent: 'Calico node agent',
  pods: 'calico-node',
  looks: () => [
    {
      text: 'Calico: which addresses of Services do the nodes advertise by BGP?',
      run: sh`kubectl get bgpconfigurations default -o yaml`,
    },
    {
      text: 'Calico: does Felix answer for LoadBalancer addresses (localSubnetL2Reachability)?',
      run: sh`kubectl get felixconfigurations default -o yaml`,
    },
  ],
  classes:
    'Calico: it assigns addresses to Services of class calico; with localSubnetL2Reachability: Pods it answers for no Service',
}
