import { expect, it } from 'vitest'
import { workloadVersion } from '../../../src/cluster/announcers/version.js'
import type { Container, Workload } from '../../../src/cluster/model-workloads.js'

const labels = { 'app.kubernetes.io/version': '0.8.9', 'helm.sh/chart': 'kube-vip-0.6.4' }
const digest = `sha256:${'0'.repeat(64)}`

it.each([
  ['ghcr.io/kube-vip/kube-vip:v0.8.9', '0.8.9'],
  [`ghcr.io/kube-vip/kube-vip:v0.9.0@${digest}`, '0.9.0'],
  // labels tell of a digest, which stays what it is
  [`ghcr.io/kube-vip/kube-vip@${digest}`, '0.8.9'],
  [`registry:5000/kube-vip@${digest}`, '0.8.9'],
  // and nothing of a tag that moves
  ['ghcr.io/kube-vip/kube-vip:latest', null],
  [`ghcr.io/kube-vip/kube-vip:main@${digest}`, null],
  ['ghcr.io/kube-vip/kube-vip', null],
])('version of %s', (image, version) => {
  expect(workloadVersion({ labels } as unknown as Workload, { image } as Container)).toBe(version)
})
