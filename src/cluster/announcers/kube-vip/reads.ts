import type { Reads } from '../../reads.js'

/** What is read of a cluster for kube-vip's sake; names as in kube-vip `pkg/kubevip/config_envvar.go`. */
export const KUBE_VIP_READS = {
  images: ['kube-vip'],
  pods: true,
  labels: {
    'app.kubernetes.io/name': ['kube-vip', 'kube-vip-ds'],
    app: ['kube-vip', 'kube-vip-ds'],
    name: ['kube-vip', 'kube-vip-ds'],
  },
  variables: [
    'vip_arp',
    'vip_interface',
    'vip_servicesinterface',
    'vip_address',
    'address',
    'vip_leaderelection',
    'vip_leasename',
    'vip_leaseduration',
    'cp_enable',
    'cp_namespace',
    'svc_enable',
    'svc_election',
    'svc_leasename',
    'lb_class_only',
    'lb_class_name',
    'bgp_enable',
  ],
  flags: [
    'interface',
    'servicesInterface',
    'address',
    'vip',
    'serviceLeaseName',
    'leaseName',
    'leaseDuration',
    'lbClassName',
    'namespace',
  ],
  switches: ['arp', 'bgp', 'controlplane', 'services', 'servicesElection', 'leaderElection', 'lbClassOnly'],
  annotations: ['kube-vip.io'],
  wanted: ['kube-vip.io/loadbalancerIPs', 'kube-vip.io/loadbalancerIP'],
  words: `kubevip kube-vip-iptables kube-vip-cloud-provider kube-vip-class plndr viphost hwaddr leasename loadbalancerhostname
    loadbalancerip serviceinterface syncloadbalancerfailed
    vip_arp vip_interface vip_address vip_leaderelection vip_leasename vip_leaseduration cp_enable cp_namespace svc_enable svc_election
    svc_leasename lb_class_only lb_class_name bgp_enable enable_service_security
    controlplane serviceselection serviceleasename leaseduration leaderelection lbclassonly lbclassname svcleasename`,
  derives: ['kubevip-', 'kube-vip-', 'kube-vip-ds-'],
} as const satisfies Reads
