import { describe, expect, it } from 'vitest'
import { ALL_READS } from '../../../src/cluster/all-reads.js'
import { redactCluster } from '../../../src/cluster/redact/cluster.js'
import { VOCABULARY } from '../../../src/cluster/vocabulary.js'
import { Addresses } from '../../../src/redact/addresses.js'
import { underPseudonyms } from '../../../src/redact/pseudonyms.js'
import { clusterWith, service as inDefault, type KubeObject, node, type ServiceText } from '../objects.js'

function service(key: string, ip: string, more?: ServiceText): KubeObject {
  const [namespace, name = ''] = key.split('/')
  const object = inDefault(name, [ip], more)
  return { ...object, metadata: { ...(object['metadata'] as object), namespace } }
}

const KEY = new Uint8Array(32).fill(3)

function redact(...objects: readonly KubeObject[]) {
  const addresses = new Addresses(KEY, { lowBits: { 4: 8, 6: 0 } })
  const { written, names } = underPseudonyms(addresses, (to) => redactCluster(clusterWith(...objects), to), VOCABULARY)
  return { cluster: written!, names: names.list('node', 'namespace', 'name'), addresses }
}

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  more: object,
  namespace = 'kube-system',
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...more,
})

describe('a cluster under other names', () => {
  it('names nodes in their order, by full and by first name', () => {
    const { names } = redact(node('zeta.acme.example'), node('alpha'), node('midi'))
    expect([...names.entries()].sort().map(([name]) => name)).toEqual(['alpha', 'midi', 'zeta', 'zeta.acme.example'])
    const inOrder = ['alpha', 'midi', 'zeta', 'zeta.acme.example'].map((name) => names.get(name)!)
    expect(inOrder).toEqual([...inOrder].sort())
  })

  it('keeps the words of Kubernetes and of announcers, and takes another mark where a name looks like a pseudonym', () => {
    const { names } = redact(node('node-r1'), object('apps/v1', 'DaemonSet', 'speaker', {}, 'metallb-system'))
    expect([...names]).toEqual([['node-r1', 'node-rr1']])
  })

  it('keeps every annotation by which a Service asks for addresses', () => {
    const wanted = ALL_READS.flatMap((reads) => reads.wanted ?? [])
    const annotations = { ...Object.fromEntries(wanted.map((name) => [name, '10.0.0.240'])), 'acme.example/owner': 'x' }
    const { services } = redact(service('acme/shop', '10.0.0.240', { annotations })).cluster
    const [kept] = services.known ? services.value : []
    expect(Object.keys(kept?.annotations ?? {}).sort()).toEqual([...wanted].sort())
  })

  it('renames what announcers derive from names', () => {
    const web = service('acme/shop', '10.0.0.240')
    const { names } = redact(
      node('alpha'),
      web,
      ...['kubevip-shop', 'cilium-l2announce-acme-shop', 'purelb-node-alpha', 'plndr-svcs-lock'].map((name) =>
        object('coordination.k8s.io/v1', 'Lease', name, { spec: { holderIdentity: 'alpha_7c1f' } }),
      ),
    )
    const [shop, acme, alpha] = ['shop', 'acme', 'alpha'].map((name) => names.get(name))
    expect(names.get('kubevip-shop')).toBe(`kubevip-${shop}`)
    expect(names.get('cilium-l2announce-acme-shop')).toBe(`cilium-l2announce-${acme}-${shop}`)
    expect(names.get('purelb-node-alpha')).toBe(`purelb-node-${alpha}`)
    expect(names.has('plndr-svcs-lock')).toBe(false)
  })

  it('keeps the label keys that it knows and replaces what somebody chose, the same one for the same one', () => {
    const { cluster } = redact(
      node('alpha', {
        labels: {
          'acme.example/rack': 'r12',
          'kubernetes.io/os': 'linux',
          zone: 'r12',
          'kubernetes.io/hostname': 'alpha',
        },
      }),
    )
    const labels = cluster.nodes.known ? cluster.nodes.value[0]!.labels : {}
    expect(labels).toEqual({
      'value-r1/value-r3': 'value-r2',
      'kubernetes.io/os': 'linux',
      zone: 'value-r2',
      'kubernetes.io/hostname': 'node-r1',
    })
  })

  it('drops annotations that no rule reads, and replaces the words in the others', () => {
    const annotations = {
      'acme.example/owner': 'jane',
      'metallb.io/allow-shared-ip': 'jane',
      'kube-vip.io/loadbalancerIPs': '10.0.0.240',
      'kube-vip.io/ignore': 'true',
    }
    const { cluster, addresses } = redact(service('acme/shop', '10.0.0.240', { annotations }))
    expect(cluster.services.known && cluster.services.value[0]!.annotations).toEqual({
      'metallb.io/allow-shared-ip': 'value-r1',
      'kube-vip.io/loadbalancerIPs': addresses.ip('10.0.0.240'),
      'kube-vip.io/ignore': 'true',
    })
  })

  it('keeps of configurations what is read of them', () => {
    const config = [
      'peers:',
      '- peer-address: 10.0.0.1',
      '  password: hunter2',
      'address-pools:',
      '- {name: acme-lan, protocol: layer2, addresses: [10.0.0.240-10.0.0.250]}',
      '# ask jane',
    ]
    const { cluster } = redact(
      object('v1', 'ConfigMap', 'config', { data: { config: config.join('\n'), notes: 'jane' } }),
    )
    const text = JSON.stringify(cluster.configMaps)
    expect(text).toMatch(/address-pools.*protocol: layer2/)
    expect(text).not.toMatch(/hunter2|jane|peers|10\.0\.0\.24/)
  })

  it('names no registry but the public ones', () => {
    const daemonSet = (image: string) =>
      object('apps/v1', 'DaemonSet', 'speaker', {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'speaker', image, args: ['--lb-class=acme.example/lan', '--ml-bindport=7472'] }],
            },
          },
        },
      })
    const read = (image: string) => {
      const { workloads } = redact(daemonSet(image)).cluster
      return workloads.known ? workloads.value[0]!.containers[0] : null
    }
    expect(read('registry.acme.example:5000/mirror/metallb/speaker:v0.14.9')).toMatchObject({
      image: 'registry.example/value-r3/metallb/speaker:v0.14.9',
      args: ['--lb-class=value-r1/value-r2', '--ml-bindport=7472'],
    })
    expect(read('quay.io/metallb/speaker:v0.14.9')?.image).toBe('quay.io/metallb/speaker:v0.14.9')
  })

  it('takes the order of MetalLB digests along, and of nothing else', () => {
    const { cluster, addresses, names } = redact(
      ...['node-a', 'node-b', 'node-c'].map((name) => node(name)),
      service('acme/shop', '172.16.11.42'),
    )
    // node-a 51dd3305 < node-b 60e21fa8 < node-c 83aa1325
    expect(cluster.elections?.[addresses.ip('172.16.11.42')]).toEqual(
      ['node-a', 'node-b', 'node-c'].map((name) => names.get(name)),
    )
    expect(JSON.stringify(cluster)).not.toMatch(/51dd3305|shop|acme/)
  })

  it('says so when there are too many elections', () => {
    const nodes = Array.from({ length: 1000 }, (_, at) => node(`n${at}`))
    const services = Array.from({ length: 600 }, (_, at) => service(`acme/s${at}`, `10.0.${at >> 8}.${at & 255}`))
    expect(redact(...nodes, ...services).cluster).toBeNull()
  })
})

it('never keeps a password that stands in a configuration or a variable', () => {
  const speaker = {
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: 'speaker',
              image: 'quay.io/metallb/speaker:v0.9.6',
              env: [
                { name: 'METALLB_ML_SECRET_KEY', value: 'hunter2' },
                { name: 'METALLB_ML_SECRET_KEY_PATH', value: '/etc/key' },
              ],
            },
          ],
        },
      },
    },
  }
  const text = JSON.stringify(
    clusterWith(
      object('v1', 'ConfigMap', 'config', { data: { config: 'peers:\n- password: hunter2\n  peer-asn: 1\n' } }),
      object('apps/v1', 'DaemonSet', 'speaker', speaker, 'metallb-system'),
    ),
  )
  expect(text).not.toContain('hunter2')
  expect(text).toContain('peer-asn: 1')
  expect(text).toContain('/etc/key')
})
