import { sh } from '../../../shell.js'
import { objectName } from '../../key.js'
import type { ForPeople } from '../for-people.js'

export const KUBE_ROUTER_PEOPLE: ForPeople = {
  title: 'kube-router',
  agent: 'kube-router agent',
  pods: 'kube-router',
  looks: (object) => {
    const { kind, namespace, name } = objectName(object)
    const text = 'kube-router: does it advertise LoadBalancer and external addresses by BGP?'
    return [{ text, run: sh`kubectl -n ${namespace} get ${kind.toLowerCase()} ${name} -o yaml` }]
  },
  classes: 'kube-router: the annotation kube-router.io/service.advertise.loadbalancerip=false on the Service',
}
