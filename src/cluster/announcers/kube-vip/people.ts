import { type ForPeople, leaseLook } from '../for-people.js'

export const KUBE_VIP_PEOPLE: ForPeople = {
  title: 'kube-vip',
  agent: 'kube-vip agent',
  pods: 'kube-vip',
  listedAs: 'kube-vip',
  looks: () => [leaseLook('kube-vip', 'plndr-|kubevip-')],
  classes: 'kube-vip: lb_class_only=true serves only kube-vip.io/kube-vip-class; svc_enable=false serves none',
}
