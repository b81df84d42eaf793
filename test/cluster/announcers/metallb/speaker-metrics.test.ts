import { expect, it } from 'vitest'
import { readSpeakerMetrics } from '../../../../src/cluster/announcers/metallb/speaker-metrics.js'

/** Lines as a speaker of 0.15.3 writes them. */
const METRICS = `# HELP metallb_k8s_client_config_stale_bool 1 if running on a stale configuration, because the latest config failed to load.
# TYPE metallb_k8s_client_config_stale_bool gauge
metallb_k8s_client_config_stale_bool 0
metallb_layer2_gratuitous_sent{ip="10.77.0.200"} 36
metallb_layer2_requests_received{ip="10.77.0.200"} 12
metallb_layer2_requests_received{ip="10.77.0.203"} 6
metallb_layer2_responses_sent{ip="10.77.0.200"} 1.2e+01
metallb_speaker_announced{ip="10.77.0.200",node="n3",protocol="layer2",service="shop/web"} 1
metallb_speaker_announced{ip="10.77.0.203",node="n3",protocol="layer2",service="shop/pay"} 1
metallb_speaker_announced{ip="10.77.0.204",node="n3",protocol="bgp",service="shop/bgp"} 1
metallb_speaker_announced{ip="10.77.0.205",node="n3",protocol="layer2",service="shop/gone"} 0
`

it('names what the speaker announces in layer 2, and what it counted', () => {
  expect(readSpeakerMetrics(METRICS, 'n3', 'Pod/a/b')).toEqual({
    announcer: 'metallb',
    node: 'n3',
    from: 'Pod/a/b',
    addresses: [
      { ip: '10.77.0.200', received: 12, sent: 12 },
      { ip: '10.77.0.203', received: 6, sent: 0 },
    ],
    tellsIpv6: true,
    staleConfiguration: false,
  })
})

it('knows a speaker that works on with a former configuration', () => {
  const text = METRICS.replace('stale_bool 0', 'stale_bool 1')
  expect(readSpeakerMetrics(text, 'n3', '')?.staleConfiguration).toBe(true)
})

it.each(['', '<html>', 'go_goroutines 12\n'])('takes %j for no metrics of MetalLB', (text) => {
  expect(readSpeakerMetrics(text, 'n3', '')).toBeNull()
})
