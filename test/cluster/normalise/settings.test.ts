import { describe, expect, it } from 'vitest'
import { keptArguments, keptNodeArguments } from '../../../src/cluster/normalise/settings.js'
import { clusterWith, type KubeObject, node } from '../objects.js'

const SECRETS = [
  '--password=hunter2',
  '--token',
  'hunter2',
  '--from-literal=key=hunter2',
  'hunter2',
  '-c',
  'echo hunter2',
]
const ENV = ['PASSWORD', 'DB_URL', 'AWS_ACCESS', 'METALLB_ML_SECRET_KEY', 'vip_arp_pass', 'PGPASSFILE']

function daemonSet(): KubeObject {
  const env = [...ENV.map((name) => ({ name, value: 'hunter2' })), { name: 'METALLB_NODE_NAME', value: 'a' }]
  const args = [
    '/speaker',
    '--port=7472',
    '--log-level=debug',
    ...SECRETS,
    '--services',
    'hunter2',
    '--lb-class',
    'mine',
  ]
  const containers = [{ name: 'speaker', image: 'quay.io/metallb/speaker:v0.14.9', command: SECRETS, args, env }]
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'speaker', namespace: 'metallb-system' },
    spec: { template: { spec: { containers } } },
  }
}

function staticPod(): KubeObject {
  const env = [{ name: 'vip_arp', value: 'true' }, ...ENV.map((name) => ({ name, value: 'hunter2' }))]
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-vip-a', namespace: 'kube-system' },
    spec: { containers: [{ name: 'kube-vip', image: 'ghcr.io/kube-vip/kube-vip:v0.8.0', args: SECRETS, env }] },
  }
}

describe('arguments and variables of pods', () => {
  it('hold no secret once they are read, whatever it is called', () => {
    const annotations = {
      'k3s.io/node-args': JSON.stringify(['server', '--token', 'hunter2', '--datastore-endpoint=hunter2']),
    }
    const cluster = clusterWith(node('a', { annotations }), daemonSet(), staticPod())
    expect(cluster.workloads.known && cluster.workloads.value).toHaveLength(1)
    expect(cluster.pods.known && cluster.pods.value).toHaveLength(1)
    expect(JSON.stringify(cluster)).not.toContain('hunter2')
    const [speaker] = cluster.workloads.known ? cluster.workloads.value : []
    expect(speaker?.containers[0]?.args).toEqual(['--services', '--lb-class', 'mine'])
    expect(speaker?.containers[0]?.env.map(({ name }) => name)).toEqual(['METALLB_ML_SECRET_KEY', 'METALLB_NODE_NAME'])
  })

  it('keep what is read of them', () => {
    const args = ['--arp', '--bgp', '--interface', 'eth0', '--proxy-mode=ipvs', '--ml-bindaddr=$(METALLB_ML_BIND_ADDR)']
    expect(keptArguments(args)).toEqual(args)
    const ofNode = ['--kube-proxy-arg', 'proxy-mode=ipvs', '--kube-proxy-arg=ipvs-strict-arp']
    expect(keptNodeArguments(JSON.stringify(['server', '--token', 'x', ...ofNode]))).toBe(JSON.stringify(ofNode))
    expect(keptNodeArguments('proxy-mode=ipvs --token x')).toBe('[]')
  })
})
