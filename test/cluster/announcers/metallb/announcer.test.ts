import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EXCLUDE_LABEL, REASON } from '../../../../src/cluster/announcers/metallb/election.js'
import {
  advertisement,
  assignment,
  clusterWith,
  configMap,
  endpoints,
  type KubeObject,
  l2Status,
  metallb,
  node,
  none,
  pod,
  pool,
  service,
  speaker,
} from '../../objects.js'
import { viewOf } from '../../read-yaml.js'

const VIP = '10.77.0.240'
/** For 10.77.0.240 the order is worker-2, worker-1, node-c, node-b, node-a. */
const NODES = ['node-a', 'node-b', 'node-c', 'worker-1', 'worker-2']
const LAN = [pool('lan', ['10.77.0.240-10.77.0.250', 'fd00::240-fd00::250']), advertisement('lan')]
const WEB = [service('web', [VIP]), endpoints('web', ['node-a', 'node-b'])]

const look = (...objects: readonly KubeObject[]) => viewOf(clusterWith(...objects), 'metallb')
const nodes = (names = NODES) => names.map((name) => node(name))
const winner = (...objects: readonly KubeObject[]) => look(...objects).answers[0]?.expected[0]

describe('metallb', () => {
  it('is absent where no speaker runs, unknown where workloads could not be read', () => {
    expect(look(...nodes(), none('apps/v1', 'DaemonSet')).presence).toMatchObject({ known: true, value: null })
    expect(look(...nodes()).presence.known).toBe(false)
  })

  it('elects by the address and names hash and candidates', () => {
    const [answer, ...others] = look(...nodes(), speaker('0.15.2'), ...LAN, ...WEB).answers
    expect(others).toEqual([])
    expect(answer).toMatchObject({ ip: VIP, service: 'default/web', disagreements: [] })
    expect(answer?.expected).toEqual([{ node: 'worker-2', from: 'election', detail: 'sha256 12680359' }])
    expect(answer?.candidates.every(({ eligible }) => eligible)).toBe(true)
  })

  it('lets the first address decide for the second family', () => {
    const { answers } = look(...nodes(), speaker('0.15.2'), ...LAN, service('web', [VIP, 'fd00::241']), WEB[1]!)
    expect(answers.map(({ ip, expected }) => [ip, expected[0]?.node])).toEqual([
      [VIP, 'worker-2'],
      ['fd00::241', 'worker-2'],
    ])
  })

  it('counts only addresses of its pools, of Services that are its own', () => {
    const foreign = [
      service('elsewhere', ['10.99.0.1']),
      service('classed', [VIP], { spec: { loadBalancerClass: 'other' } }),
      service('internal', [VIP], { spec: { type: 'ClusterIP', externalIPs: [VIP] } }),
    ]
    expect(look(...nodes(), speaker('0.15.2'), ...LAN, ...foreign, endpoints('elsewhere', ['node-a'])).answers).toEqual(
      [],
    )
    const classed = look(...nodes(), speaker('0.15.2', { args: ['--lb-class=other'] }), ...LAN, ...foreign, ...WEB)
    expect(classed.answers.map(({ service }) => service)).toEqual(['default/classed'])
  })

  it('leaves pools that only BGP announces alone', () => {
    const bgp = metallb('BGPAdvertisement', 'all', {})
    const objects = [...nodes(), speaker('0.15.2'), LAN[0]!, bgp, none('metallb.io/v1beta1', 'L2Advertisement'), ...WEB]
    expect(look(...objects).answers).toEqual([])
  })

  it('reads the ConfigMap of versions before 0.13, and elects there by the name of the Service', () => {
    const config =
      'address-pools:\n- name: a\n  protocol: layer2\n  addresses: [10.77.0.240/28]\n- name: b\n  protocol: bgp\n  addresses: [10.99.0.0/24]\n'
    const objects = [...nodes(), configMap('metallb-system/config', { config }), ...WEB, service('far', ['10.99.0.1'])]
    const old = look(speaker('0.9.3', { args: ['--config=config'] }), ...objects)
    expect(old.answers.map(({ ip }) => ip)).toEqual([VIP])
    expect(old.answers[0]?.candidates.filter(({ eligible }) => eligible).map(({ node }) => node)).toEqual([
      'node-a',
      'node-b',
    ])
    expect(winner(speaker('0.12.1', { args: ['--config=config'] }), ...objects)?.node).toBe('worker-2')
  })

  it('takes an AddressPool of 0.13 for announced by every node when it says layer2, and leaves bgp ones alone', () => {
    const legacy = metallb('AddressPool', 'old', { protocol: 'layer2', addresses: ['10.77.0.240/28'] })
    const routed = metallb('AddressPool', 'routed', { protocol: 'bgp', addresses: ['10.99.0.0/24'] })
    const objects = [...nodes(), legacy, routed, ...WEB, service('far', ['10.99.0.1'])]
    const crs = [none('metallb.io/v1beta1', 'IPAddressPool'), none('metallb.io/v1beta1', 'L2Advertisement')]
    const { answers } = look(speaker('0.13.12'), ...objects, ...crs)
    expect(answers.map(({ ip, expected }) => [ip, expected[0]?.node])).toEqual([[VIP, 'worker-2']])
    expect(answers[0]?.candidates.every(({ eligible }) => eligible)).toBe(true)
  })

  it('passes over AddressPools that 0.14 and later do not read any more', () => {
    const legacy = metallb('AddressPool', 'old', { protocol: 'layer2', addresses: ['10.77.0.240/28'] })
    const crs = [none('metallb.io/v1beta1', 'IPAddressPool'), none('metallb.io/v1beta1', 'L2Advertisement')]
    expect(look(...nodes(), speaker('0.14.3'), legacy, ...WEB, ...crs).answers).toEqual([])
  })

  it('asks the pods where speakers run, and the scheduler where there are no pods to ask', () => {
    const image = { name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.2' }
    const pods = [
      pod('metallb-system/speaker-1', 'node-a', image, 'speaker'),
      pod('metallb-system/speaker-2', 'worker-2', image, 'speaker', false),
    ]
    const asked = look(...nodes(), speaker('0.15.2'), ...LAN, ...WEB, ...pods).answers[0]
    expect(asked?.expected[0]?.node).toBe('node-a')
    expect(asked?.candidates.find(({ node }) => node === 'worker-2')?.because).toEqual([REASON.speaker])
    const tainted = [...nodes(NODES.slice(0, 4)), node('worker-2', { taint: 'dedicated' })]
    expect(winner(...tainted, speaker('0.15.2'), ...LAN, ...WEB)?.node).toBe('worker-1')
    const tolerant = speaker('0.15.2', {}, { tolerations: [{ operator: 'Exists' }] })
    expect(winner(...tainted, tolerant, ...LAN, ...WEB)?.node).toBe('worker-2')
  })

  it('sets status and the latest event beside the election, and says where they differ', () => {
    const told = [l2Status('web', 'node-a'), assignment('web', 'node-b', 9), assignment('web', 'worker-2', 10)]
    const [answer] = look(...nodes(), speaker('0.15.2'), ...LAN, ...WEB, ...told).answers
    expect(answer?.expected.map(({ node, from }) => [node, from])).toEqual([
      ['worker-2', 'election'],
      ['node-a', 'status'],
      ['worker-2', 'event'],
    ])
    expect(answer?.disagreements).toHaveLength(1)
  })

  it('computes no election without endpoints or nodes, and says what is missing', () => {
    const { answers, gaps } = look(...nodes(), speaker('0.15.2'), ...LAN, WEB[0]!, l2Status('web', 'node-a'))
    expect(answers[0]?.expected.map(({ from }) => from)).toEqual(['status'])
    expect(gaps.map(({ subject }) => subject)).toContain('endpointslices.discovery.k8s.io')
  })

  it('knows its own address by the status where the pools are unknown', () => {
    const { answers } = look(
      ...nodes(),
      speaker('0.15.2'),
      ...WEB,
      service('other', ['10.9.9.9']),
      l2Status('web', 'node-a'),
    )
    expect(answers.map(({ service }) => service)).toEqual(['default/web'])
  })

  it('says that a digest does not tell the version', () => {
    const digest = { image: 'registry.example/metallb/speaker@sha256:0b5f', env: { METALLB_ML_SECRET_KEY_PATH: '/k' } }
    const { presence, gaps } = look(...nodes(), speaker('', digest), ...LAN, ...WEB)
    expect(presence).toMatchObject({ value: { version: null } })
    expect(gaps.map(({ reason }) => reason).join()).toContain('0.13.9 or later')
  })

  it('obeys service selectors since 0.16.0', () => {
    const selected = advertisement('lan', { serviceSelectors: [{ matchLabels: { tier: 'edge' } }] })
    const objects = [...nodes(), LAN[0]!, selected, ...WEB]
    expect(winner(speaker('0.15.2'), ...objects)?.node).toBe('worker-2')
    expect(winner(speaker('0.16.0'), ...objects)).toBeUndefined()
  })
})

const subset = fc.subarray(NODES)

describe('the election of a whole cluster', () => {
  const anyCluster = fc.record({
    labelled: subset,
    unavailable: subset,
    selected: subset,
    preferred: subset,
    serving: subset,
    local: fc.boolean(),
    order: fc.shuffledSubarray(NODES, { minLength: NODES.length }),
  })

  it('takes exactly the nodes that pass label, condition, selector and policy, and the preferred ones first', () => {
    fc.assert(
      fc.property(anyCluster, ({ labelled, unavailable, selected, preferred, serving, local, order }) => {
        const objects = order.map((name) =>
          node(name, {
            unavailable: unavailable.includes(name),
            labels: {
              ...(labelled.includes(name) && { [EXCLUDE_LABEL]: 'false' }),
              ...(selected.includes(name) && { lb: 'yes' }),
              ...(preferred.includes(name) && { edge: 'yes' }),
            },
          }),
        )
        const spec = {
          nodeSelectors: [{ matchLabels: { lb: 'yes' } }],
          preferredNodeSelectors: [{ weight: 50, preference: { matchLabels: { edge: 'yes' } } }],
        }
        const web = service('web', [VIP], { spec: { externalTrafficPolicy: local ? 'Local' : 'Cluster' } })
        const [answer] = look(
          ...objects,
          speaker('0.17.0'),
          LAN[0]!,
          advertisement('lan', spec),
          web,
          endpoints('web', serving),
        ).answers
        const fit = NODES.filter(
          (name) =>
            serving.length > 0 &&
            selected.includes(name) &&
            !labelled.includes(name) &&
            !unavailable.includes(name) &&
            (!local || serving.includes(name)),
        )
        const best = fit.some((name) => preferred.includes(name)) ? fit.filter((name) => preferred.includes(name)) : fit
        const eligible = answer?.candidates.filter((one) => one.eligible).map((one) => one.node)
        expect(eligible?.toSorted()).toEqual(fit)
        expect(answer?.candidates.every((one) => one.eligible === (one.because.length === 0))).toBe(true)
        expect(answer?.expected[0]?.node).toBe(
          ['worker-2', 'worker-1', 'node-c', 'node-b', 'node-a'].find((name) => best.includes(name)),
        )
      }),
      { numRuns: 200 },
    )
  })
})
