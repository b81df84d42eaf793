import { describe, expect, it } from 'vitest'
import { clusterWith, daemonSet, type KubeObject, lease, node, none, pod, service } from '../../objects.js'
import { viewOf } from '../../read-yaml.js'

const NODES = ['node-a', 'node-b', 'node-c'].map((name) => node(name))
const NO_PODS = none('v1', 'Pod')

function container(version: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = ['manager']) {
  return { name: 'kube-vip', image: `ghcr.io/kube-vip/kube-vip:v${version}`, args, env }
}

function kubeVip(version: string, env: Readonly<Record<string, string>>): KubeObject {
  return daemonSet('kube-system/kube-vip-ds', container(version, { vip_arp: 'true', ...env }))
}

const look = (...objects: readonly KubeObject[]) => viewOf(clusterWith(...NODES, ...objects), 'kube-vip')
const SERVICES = { svc_enable: 'true' }

describe('kube-vip', () => {
  it('is absent in BGP mode: layer 2 has no part in it', () => {
    const bgp = daemonSet('kube-system/kube-vip-ds', container('1.0.1', { vip_arp: 'false', bgp_enable: 'true' }))
    expect(look(bgp, NO_PODS).presence).toMatchObject({ known: true, value: null })
  })

  it.each([
    ['0.6.4', ['10.0.0.9']],
    ['0.7.0', ['10.0.0.7']],
    ['0.8.9', ['10.0.0.7']],
    ['1.0.0', ['10.0.0.9']],
  ])('at %s takes the addresses %j where status and spec differ', (version, ips) => {
    const web = service('web', ['10.0.0.7'], { spec: { loadBalancerIP: '10.0.0.9' } })
    expect(look(kubeVip(version, SERVICES), web, NO_PODS).answers.map(({ ip }) => ip)).toEqual(ips)
  })

  it('prefers the annotation everywhere, and falls back on the status since 0.7.0 only', () => {
    const annotations = { 'kube-vip.io/loadbalancerIPs': '10.0.0.1,10.0.0.2' }
    const annotated = service('web', ['10.0.0.7'], { annotations })
    expect(look(kubeVip('0.6.4', SERVICES), annotated, NO_PODS).answers.map(({ ip }) => ip)).toEqual([
      '10.0.0.1',
      '10.0.0.2',
    ])
    const bare = service('web', ['10.0.0.7'])
    expect(look(kubeVip('0.6.4', SERVICES), bare, NO_PODS).answers).toEqual([])
    expect(look(kubeVip('1.0.1', SERVICES), bare, NO_PODS).answers.map(({ ip }) => ip)).toEqual(['10.0.0.7'])
  })

  it('has each control-plane address of a dual-stack installation, by the one lease', () => {
    const dual = kubeVip('0.8.9', { cp_enable: 'true', address: '10.0.0.5, fd00::5' })
    const { answers } = look(dual, lease('kube-system/plndr-cp-lock', 'node-b'), NO_PODS)
    expect(answers.map(({ ip, expected }) => [ip, expected[0]?.node])).toEqual([
      ['10.0.0.5', 'node-b'],
      ['fd00::5', 'node-b'],
    ])
  })

  it('elects in the namespace of cp_namespace where that is set', () => {
    const env = { vip_arp: 'true', cp_enable: 'true', address: '10.0.0.5', cp_namespace: 'vips' }
    const own = pod('kube-system/kube-vip-node-a', 'node-a', container('0.8.9', env))
    const leases = [lease('kube-system/plndr-cp-lock', 'node-b'), lease('vips/plndr-cp-lock', 'node-a')]
    expect(look(own, ...leases, none('apps/v1', 'DaemonSet')).answers).toMatchObject([
      { expected: [{ node: 'node-a', detail: 'Lease/vips/plndr-cp-lock' }] },
    ])
  })

  it('leaves ignored Services and other classes alone', () => {
    const ignored = service('a', ['10.0.0.1'], { annotations: { 'kube-vip.io/ignore': 'true' } })
    const foreign = service('b', ['10.0.0.2'], { spec: { loadBalancerClass: 'other' } })
    const own = service('c', ['10.0.0.3'], { spec: { loadBalancerClass: 'kube-vip.io/kube-vip-class' } })
    const free = service('d', ['10.0.0.4'])
    const served = (env: Readonly<Record<string, string>>) =>
      look(kubeVip('1.0.1', { ...SERVICES, ...env }), ignored, foreign, own, free, NO_PODS).answers.map(({ ip }) => ip)
    expect(served({})).toEqual(['10.0.0.3', '10.0.0.4'])
    expect(served({ lb_class_only: 'true' })).toEqual(['10.0.0.3'])
  })

  it('expects the holder of the one lease, or of the lease of each Service', () => {
    const web = service('web', ['10.0.0.1'])
    const leases = [lease('kube-system/plndr-svcs-lock', 'node-a'), lease('default/kubevip-web', 'node-b')]
    const holder = (env: Readonly<Record<string, string>>) =>
      look(kubeVip('1.0.1', { ...SERVICES, ...env }), web, ...leases, NO_PODS).answers[0]?.expected
    expect(holder({})).toEqual([{ node: 'node-a', from: 'lease', detail: 'Lease/kube-system/plndr-svcs-lock' }])
    expect(holder({ svc_election: 'true' })).toEqual([
      { node: 'node-b', from: 'lease', detail: 'Lease/default/kubevip-web' },
    ])
  })

  it('does not expect the holder of a lease that has run out', () => {
    const leases = [lease('kube-system/plndr-svcs-lock', 'node-a', 120), lease('default/other', 'node-b')]
    expect(
      look(kubeVip('1.0.1', SERVICES), service('web', ['10.0.0.1']), ...leases, NO_PODS).answers[0]?.expected,
    ).toEqual([])
  })

  it('sets vipHost beside the lease, and says when they differ', () => {
    const web = service('web', ['10.0.0.1'], { annotations: { 'kube-vip.io/vipHost': 'node-c' } })
    const [answer] = look(
      kubeVip('1.0.1', SERVICES),
      web,
      lease('kube-system/plndr-svcs-lock', 'node-a'),
      NO_PODS,
    ).answers
    expect(answer?.expected.map(({ node, from }) => [node, from])).toEqual([
      ['node-a', 'lease'],
      ['node-c', 'annotation'],
    ])
    expect(answer?.disagreements).toHaveLength(1)
  })

  it('reads static pods, by environment or by arguments, as one installation on several nodes', () => {
    const args = ['manager', '--arp', '--controlplane', '--address', '10.0.0.200', '--leaseName=my-lock']
    const pods = ['node-a', 'node-b'].map((name) =>
      pod(`kube-system/kube-vip-${name}`, name, container('0.8.9', {}, args)),
    )
    const { presence, answers } = look(...pods, lease('kube-system/my-lock', 'node-b'), none('apps/v1', 'DaemonSet'))
    expect(presence).toMatchObject({ value: { version: '0.8.9', object: 'Pod/kube-system/kube-vip-node-a' } })
    expect(answers).toHaveLength(1)
    expect(answers[0]).toMatchObject({ ip: '10.0.0.200', service: null, expected: [{ node: 'node-b', from: 'lease' }] })
    expect(answers[0]?.candidates.map(({ node, eligible }) => [node, eligible])).toEqual([
      ['node-a', true],
      ['node-b', true],
      ['node-c', false],
    ])
  })
})
